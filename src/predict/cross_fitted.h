// Predictors tuned on parts of the data, each asked only about peptides that it has not seen: so
// that no precursor is judged by a model that was trained on it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "predict/network_predictor.h"

namespace overland::predict {

// Part of a peptide: by a hash of its residues with I = L, so that all its forms, charges and runs
// stand on one side.
[[nodiscard]] std::size_t fold_of(std::string_view residues, std::size_t folds);

class CrossFittedPredictor : public Predictor {
 public:
  // models[f] was tuned without the peptides of fold f; at least one.
  explicit CrossFittedPredictor(std::vector<PredictorModel> models);
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] Result<void> predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const override;
  [[nodiscard]] Result<void> predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const SpectrumRequest> requests,
                                             PredictedSpectra& spectra) const override;

 private:
  std::vector<std::unique_ptr<NetworkPredictor>> folds_;
};

}  // namespace overland::predict
