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

namespace overland {

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

// Fragments of all requests, one after the other; inside a spectrum in no particular order.
struct PredictedSpectra {
  std::vector<std::uint64_t> begin;  // requests + 1 offsets
  std::vector<PredictedFragment> fragments;
  // Of a predictor that answers with splines over the collision energy (Altimeter): four cubic
  // B-spline coefficients per fragment and the eight knots they share; else empty.
  std::vector<std::array<float, 4>> splines;
  std::vector<float> knots;
  [[nodiscard]] std::span<const PredictedFragment> of(std::size_t request) const {
    return std::span(fragments).subspan(begin[request], begin[request + 1] - begin[request]);
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

}  // namespace overland
