// The Predictor that uses a Koina server. It is made by open_koina (koina.h).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/intensity_spline.h"
#include "koina/exchange.h"
#include "koina/koina.h"
#include "koina/koina_answer.h"
#include "koina/koina_cache.h"
#include "koina/koina_models.h"

namespace overland::koina {

class KoinaPredictor final : public predict::Predictor {
 public:
  // A model may be null; its kind of prediction then fails. The cache may be null.
  KoinaPredictor(KoinaOptions options, const Model* fragments, const Model* retention,
                 std::unique_ptr<KoinaCache> cache);

  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] predict::IntensityMeaning intensity_meaning() const override;
  [[nodiscard]] Result<void> predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const override;
  [[nodiscard]] Result<void> predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const predict::SpectrumRequest> requests,
                                             predict::PredictedSpectra& spectra) const override;

 private:
  // The distinct queries of a call, and the number of the query of each request (or kOutside).
  struct Plan;
  [[nodiscard]] Plan plan_of(const Model& model, std::span<const Peptide> peptides,
                             std::span<const predict::SpectrumRequest> requests) const;
  // Fills the plan's records from the cache or the service.
  [[nodiscard]] Result<void> answer(const Model& model, Exchange& exchange,
                                    std::span<const Peptide> peptides, Plan& plan) const;
  [[nodiscard]] Result<void> take_answer(const Model& model, std::span<const Peptide> peptides,
                                         std::span<const std::size_t> batch, const Reply& reply,
                                         const std::string& where, Plan& plan) const;
  [[nodiscard]] Result<void> keep_knots(const Model& model, const kernel::SplineKnots& knots,
                                        const std::string& where) const;
  [[nodiscard]] Result<void> check_energies(
      std::span<const predict::SpectrumRequest> requests) const;

  KoinaOptions options_;
  const Model* fragments_;
  const Model* retention_;
  std::unique_ptr<KoinaCache> cache_;
  std::unique_ptr<Exchange> fragment_exchange_, retention_exchange_;
  mutable std::mutex knots_mutex_;
  mutable std::optional<kernel::SplineKnots> knots_;  // knots of all splines, cached and received
};

}  // namespace overland::koina
