// Cross-fitted predictors: each is tuned on a part of the data and used only for peptides that are
// not in this part, so that no precursor is scored with a model that was trained on it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "predict/network_predictor.h"

namespace overland::predict {

// Fold of a peptide, from a hash of its residues with I = L, so that all forms and charges of a
// peptide are in the same fold in all runs.
[[nodiscard]] std::size_t fold_of(std::string_view residues, std::size_t folds);

class CrossFittedPredictor : public Predictor {
 public:
  // models[f] was tuned without the peptides of fold f. Precondition: at least one model.
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
