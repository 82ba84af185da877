// What a predictor of peptide properties does, whoever answers: the embedded network, a tuned copy
// of it, or a prediction service.
//
//   PredictedSpectra spectra;
//   predictor.predict_spectra(peptides, requests, spectra);
//   spectra.of(i)  // the fragments of requests[i]
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "chemistry/peptide.h"

namespace overland::predict {

struct SpectrumRequest {
  std::uint32_t peptide =
      0;  // index into the peptides of the call; ascending: charges stand together
  std::uint8_t charge = 2;  // 1..8
  float nce = 27;           // normalised collision energy, per cent
};

struct PredictedFragment {
  FragmentIon ion;
  float intensity = 0;  // relative to the spectrum's most intense fragment, (0, 1]
};

// What the intensities of a predictor are, the same in all its answers.
struct IntensityMeaning {
  bool has_splines = false;  // coefficients over the collision energy beside them
  bool is_total = false;     // of all isotopes of a fragment; else of the monoisotopic peak
  double low_nce = 20, high_nce = 40;  // where the splines hold
};

// The coefficients of one fragment.
using PredictedSpline = std::array<float, 4>;

// One answer.
struct PredictedSpectrum {
  std::span<const PredictedFragment> fragments;
  std::span<const PredictedSpline> splines = {};  // one per fragment, or none
};

// Fragments of all requests, one after the other; inside a spectrum in no particular order.
struct PredictedSpectra {
  std::vector<std::uint64_t> begin;  // requests + 1 offsets
  std::vector<PredictedFragment> fragments;
  // Of a predictor that answers with splines over the collision energy (Altimeter): four cubic
  // B-spline coefficients per fragment and the eight knots they share; else empty.
  std::vector<PredictedSpline> splines;
  std::vector<float> knots;
  [[nodiscard]] std::span<const PredictedFragment> of(std::size_t request) const {
    return std::span(fragments).subspan(begin[request], begin[request + 1] - begin[request]);
  }
  [[nodiscard]] PredictedSpectrum spectrum(std::size_t request) const {
    if (splines.empty()) return {of(request)};
    const std::uint64_t count = begin[request + 1] - begin[request];
    return {of(request), std::span(splines).subspan(begin[request], count)};
  }
  void clear() {
    begin.clear();
    fragments.clear();
    splines.clear();
    knots.clear();
  }
};

// Predictions do not depend on how requests are grouped into calls. Calls from several threads are
// allowed at the same time.
class Predictor {
 public:
  virtual ~Predictor() = default;
  // Name and version of the model with a hash of its weights: for provenance and caches.
  [[nodiscard]] virtual std::string identity() const = 0;
  [[nodiscard]] virtual IntensityMeaning intensity_meaning() const { return {}; }
  // Retention on the predictor's own scale; `irt` has the peptides' length.
  [[nodiscard]] virtual Result<void> predict_retention(std::span<const Peptide> peptides,
                                                       std::span<float> irt) const = 0;
  // Replaces what `spectra` held. A peptide that the model cannot take gets no fragments.
  [[nodiscard]] virtual Result<void> predict_spectra(std::span<const Peptide> peptides,
                                                     std::span<const SpectrumRequest> requests,
                                                     PredictedSpectra& spectra) const = 0;

 protected:
  Predictor() = default;
  Predictor(const Predictor&) = default;
  Predictor& operator=(const Predictor&) = default;
};

}  // namespace overland::predict
