// What the fragments of surely identified precursors look like in a run: the examples on which the
// predictor is tuned.
#pragma once

#include <cstdint>
#include <vector>

#include "identify/score.h"
#include "search/run_context.h"
#include "search/run_models.h"

namespace overland::train {

struct ObservedSpectrum {
  std::uint32_t precursor = 0;
  float score = 0;
  float irt = 0;                     // of the apex, on the library's scale
  std::vector<std::uint16_t> roots;  // all b and y ions, charges 1 and 2 (SpectrumExamples::roots)
  std::size_t seen = 0;              // ions with signal
};

// One for each of `rows` whose traces allow it. An ion's intensity is its trace over the peak
// projected on the profile of the library's fragments; a trace of another shape (cosine below 0.85)
// belongs to something else and counts as not measured, and so does an ion outside the scans' m/z
// range.
[[nodiscard]] std::vector<ObservedSpectrum> observe_spectra(
    const search::RunContext& context, const search::RunModels& models,
    const std::vector<identify::ScoredRow>& rows);

}  // namespace overland::train
