// Interface of all predictors of peptide properties: the embedded network, a tuned copy of it, or a
// prediction service.
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
  std::uint32_t peptide = 0;  // index into the peptides of the call; requests ascend by it
  std::uint8_t charge = 2;    // 1..8
  float nce = 27;             // normalised collision energy, %
};

struct PredictedFragment {
  FragmentIon ion;
  float intensity = 0;  // relative to the spectrum's most intense fragment, (0, 1]
};

// Meaning of a predictor's intensities, equal for all its predictions.
struct IntensityMeaning {
  bool has_splines = false;  // with spline coefficients over the collision energy
  bool is_total = false;     // true: sum of a fragment's isotopes; false: monoisotopic peak
  double low_nce = 20, high_nce = 40;  // range of the splines, %
};

// The spline coefficients of one fragment.
using PredictedSpline = std::array<float, 4>;

// One predicted spectrum.
struct PredictedSpectrum {
  std::span<const PredictedFragment> fragments;
  std::span<const PredictedSpline> splines = {};  // one per fragment, or empty
};

// Fragments of all requests, in the order of the requests; unordered within a spectrum.
struct PredictedSpectra {
  std::vector<std::uint64_t> begin;  // requests + 1 offsets
  std::vector<PredictedFragment> fragments;
  // For predictors of splines over the collision energy (Altimeter): four cubic B-spline
  // coefficients per fragment, and the eight knots of all splines; otherwise empty.
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

// Predictions do not depend on how requests are grouped into calls. All functions may be called by
// several threads at the same time.
class Predictor {
 public:
  virtual ~Predictor() = default;
  // Name and version of the model and a hash of its weights, for provenance and caches.
  [[nodiscard]] virtual std::string identity() const = 0;
  [[nodiscard]] virtual IntensityMeaning intensity_meaning() const { return {}; }
  // Retention on the predictor's own scale. Precondition: one element of `irt` per peptide.
  [[nodiscard]] virtual Result<void> predict_retention(std::span<const Peptide> peptides,
                                                       std::span<float> irt) const = 0;
  // Overwrites `spectra`. A peptide that the model does not support gets no fragments.
  [[nodiscard]] virtual Result<void> predict_spectra(std::span<const Peptide> peptides,
                                                     std::span<const SpectrumRequest> requests,
                                                     PredictedSpectra& spectra) const = 0;

 protected:
  Predictor() = default;
  Predictor(const Predictor&) = default;
  Predictor& operator=(const Predictor&) = default;
};

}  // namespace overland::predict
