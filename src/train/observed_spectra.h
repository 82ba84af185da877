// Observed fragment intensities of confidently identified precursors in a run, from which the
// predictor is tuned.
#pragma once

#include <cstdint>
#include <vector>

#include "base/machine.h"
#include "identify/score.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::train {

struct ObservedSpectrum {
  std::uint32_t precursor = 0;
  float score = 0;
  float irt = 0;                     // retention time of the apex on the library's scale
  std::vector<std::uint16_t> roots;  // all b and y ions, charges 1 and 2 (SpectrumExamples::roots)
  std::size_t seen = 0;              // ions with signal
};

// One spectrum for each of `rows` with sufficient chromatograms. The intensity of an ion is the
// projection of its chromatogram over the peak onto the profile of the library's fragments. An ion
// is not measured if its chromatogram has another shape (cosine below 0.85), which indicates
// interference, or if its m/z is outside the scan range.
[[nodiscard]] std::vector<ObservedSpectrum> observe_spectra(
    const search::RunView& view, const search::RunModels& models,
    const std::vector<identify::ScoredRow>& rows, const Machine& machine);

}  // namespace overland::train
