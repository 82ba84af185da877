// Overland's own predictor: the spectrum and retention networks behind the Predictor interface.
#pragma once

#include <memory>
#include <string>

#include "base/machine.h"
#include "predict/predictor.h"
#include "predict/predictor_model.h"
#include "predict/retention_network.h"
#include "predict/spectrum_network.h"

namespace overland::predict {

// Supports peptides of 2 to kLongestPeptide residues with no modifications but carbamidomethylated
// C and oxidised M; other peptides get no fragments and retention NaN.
class NetworkPredictor : public Predictor {
 public:
  // A cancelled machine ends a call: it throws Cancelled.
  explicit NetworkPredictor(PredictorModel model, const Machine& machine = {});
  [[nodiscard]] std::string identity() const override { return identity_; }
  [[nodiscard]] Result<void> predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const override;
  // Energies outside the model's range are replaced by the nearest limit.
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
  Machine machine_;
};

// The predictor with the weights embedded in the program.
[[nodiscard]] Result<std::unique_ptr<NetworkPredictor>> embedded_predictor();

}  // namespace overland::predict
