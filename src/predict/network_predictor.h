// Overland's own predictor: the two networks behind the interface that all predictors share.
#pragma once

#include <memory>
#include <string>

#include "predict/predictor.h"
#include "predict/predictor_model.h"
#include "predict/retention_network.h"
#include "predict/spectrum_network.h"

namespace overland::predict {

// Takes peptides of 2 to kLongestPeptide residues whose only modifications are carbamidomethylated
// C and oxidised M; others get no fragments and NaN as retention.
class NetworkPredictor : public Predictor {
 public:
  explicit NetworkPredictor(PredictorModel model);
  [[nodiscard]] std::string identity() const override { return identity_; }
  [[nodiscard]] Result<void> predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const override;
  // Energies outside the model's range are taken at its edge.
  [[nodiscard]] Result<void> predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const SpectrumRequest> requests,
                                             PredictedSpectra& spectra) const override;
  [[nodiscard]] const PredictorModel& model() const { return model_; }

 private:
  struct Batch;
  void predict_batch(Batch& batch, PredictedSpectra& spectra) const;

  PredictorModel model_;
  SpectrumNetwork spectrum_;
  RetentionNetwork retention_;
  std::string identity_;
};

// The predictor with the weights that the program carries.
[[nodiscard]] Result<std::unique_ptr<NetworkPredictor>> embedded_predictor();

}  // namespace overland::predict
