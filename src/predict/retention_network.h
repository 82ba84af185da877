// Network for retention time from the peptide: the trunk, its mean and sum over the cleavage sites,
// and two dense layers. Several retention scales share all layers but the last, in which each scale
// is a column.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/machine.h"
#include "predict/batch_training.h"
#include "predict/trunk.h"

namespace overland::predict {

inline constexpr std::size_t kRetentionScales = 8;  // columns of the last layer

class RetentionNetwork {
 public:
  struct State {
    Trunk::State trunk;
    Activations pooled, hidden_before, hidden;
    Activations output;  // peptides x kRetentionScales, standardised
    Activations output_gradient, hidden_gradient, pooled_gradient, trunk_gradient;
    std::vector<float> scratch;
  };

  explicit RetentionNetwork(const TrunkShape& shape);
  [[nodiscard]] const ParameterPlan& plan() const { return plan_; }
  void forward(const float* weights, std::span<const PeptideTokens* const> peptides,
               State& state) const;
  // Precondition: state.output_gradient is the gradient with respect to state.output.
  void backward(const float* weights, float* gradient,
                std::span<const PeptideTokens* const> peptides, State& state) const;

 private:
  ParameterPlan plan_;
  std::size_t channels_;
  Trunk trunk_;
  Dense hidden_, output_;
};

// Retention times of peptides on up to kRetentionScales scales, standardised by the caller; NaN if
// not measured.
struct RetentionExamples {
  std::vector<PeptideTokens> peptides;
  std::vector<float> time;  // peptides x scales
  std::size_t scales = 1;
};

// Trains with a Huber loss: squared error up to kLinearFrom standard deviations, absolute error
// beyond, so that outliers have little influence.
void train_retention(const RetentionNetwork& network, const RetentionExamples& examples,
                     std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                     std::vector<float>& weights, const ReportPass& report);

// Standardised predictions of the chosen peptides, peptides x scales.
[[nodiscard]] std::vector<float> evaluate_retention(const RetentionNetwork& network,
                                                    const RetentionExamples& examples,
                                                    std::span<const std::uint32_t> chosen,
                                                    std::span<const float> weights,
                                                    const Machine& machine);

}  // namespace overland::predict
