// Network for the intensities of b and y ions of charges 1 and 2, from the peptide, the precursor's
// charge and the collision energy. The trunk is computed once per peptide; two small convolutions,
// modulated by charge and energy (feature-wise linear modulation, Perez et al. 2018), are computed
// once per request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "predict/trunk.h"

namespace overland::predict {

inline constexpr std::size_t kSeries = 4;       // b+, y+, b2+, y2+: the columns of a site
inline constexpr std::size_t kOutputs = 8;      // columns of the last layer: kSeries, padded
inline constexpr std::size_t kConditions = 16;  // inputs that describe charge and energy

struct SpectrumQuery {
  std::uint32_t peptide = 0;  // index in the batch
  std::uint8_t charge = 2;
  float nce = 30;
};

class SpectrumNetwork {
 public:
  struct State {
    Trunk::State trunk;
    SegmentRows rows;  // one segment per query
    Activations conditions, hidden_before, hidden, modulation;
    Activations modulated_1, before_1, level_1, modulated_2, before_2, level_2;
    Activations output;  // rows x kOutputs; positive_root gives square roots of intensities
    Activations output_gradient, gradient, modulation_gradient, hidden_gradient, trunk_gradient;
    std::vector<float> scratch;
  };

  explicit SpectrumNetwork(const TrunkShape& shape);
  [[nodiscard]] const ParameterPlan& plan() const { return plan_; }
  void forward(const float* weights, std::span<const PeptideTokens* const> peptides,
               std::span<const SpectrumQuery> queries, State& state) const;
  // Precondition: state.output_gradient is the gradient with respect to state.output, and zero in
  // gap rows and padding columns.
  void backward(const float* weights, float* gradient,
                std::span<const PeptideTokens* const> peptides,
                std::span<const SpectrumQuery> queries, State& state) const;

 private:
  void modulate(const State& state, std::size_t part, const Activations& in,
                Activations& out) const;
  void modulate_gradient(State& state, std::size_t part, const Activations& in) const;
  void spread(std::span<const SpectrumQuery> queries, State& state) const;
  void gather(std::span<const SpectrumQuery> queries, State& state) const;

  ParameterPlan plan_;
  std::size_t channels_;
  Trunk trunk_;
  Dense condition_, modulation_;
  ConvolutionBlock first_, second_;
  Dense output_;
};

// Maps an output of the network to the square root of an intensity: positive, and nearly linear for
// outputs above 0.
[[nodiscard]] float positive_root(float output);
[[nodiscard]] float positive_root_slope(float output);

}  // namespace overland::predict
