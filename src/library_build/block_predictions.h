// Predictions for the peptides of a block, each at several charges, requested together.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "predict/predictor.h"

namespace overland::library_build {

class BlockPredictions {
 public:
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(peptides_.size()); }
  void add(Peptide peptide, std::span<const std::uint8_t> charges, float nce);
  // Predicts spectra and retention of all peptides. Errors of the predictor.
  [[nodiscard]] Result<void> run(const predict::Predictor& predictor);
  // Predicts peptides without a prediction again, without their uncommon modifications.
  [[nodiscard]] Result<void> guess_unknown(const predict::Predictor& predictor);
  [[nodiscard]] bool is_guessed(std::uint32_t peptide) const {
    return !guess_of_.empty() && guess_of_[peptide] != kNone;
  }
  // NaN if there is no prediction.
  [[nodiscard]] float irt(std::uint32_t peptide) const { return irt_[peptide]; }
  // Empty if there is no prediction.
  [[nodiscard]] predict::PredictedSpectrum spectrum(std::uint32_t peptide, int charge) const;
  // Knots of the predicted splines; empty if intensities are plain.
  [[nodiscard]] std::span<const float> knots() const;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  [[nodiscard]] bool has_answer(std::uint32_t peptide) const;

  std::vector<Peptide> peptides_;
  std::vector<std::size_t> first_request_;
  std::vector<predict::SpectrumRequest> requests_;
  std::vector<float> irt_;
  predict::PredictedSpectra spectra_;
  std::vector<std::uint32_t> guess_of_;  // index in guesses_; empty without guesses
  std::unique_ptr<BlockPredictions> guesses_;
};

}  // namespace overland::library_build
