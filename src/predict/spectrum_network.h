// Fragment intensities of b and y ions, charges 1 and 2, from the peptide, its charge and the
// collision energy. The trunk is computed once per peptide; two small convolutions, modulated by
// charge and energy (feature-wise linear modulation, Perez et al. 2018), once per request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "predict/trunk.h"

namespace overland::predict {

inline constexpr std::size_t kSeries = 4;       // b+, y+, b2+, y2+: columns of a site
inline constexpr std::size_t kOutputs = 8;      // of the last layer: kSeries, padded
inline constexpr std::size_t kConditions = 16;  // numbers that describe charge and energy

struct SpectrumQuery {
  std::uint32_t peptide = 0;  // of the batch
  std::uint8_t charge = 2;
  float nce = 30;
};

class SpectrumNetwork {
 public:
  struct State {
    Trunk::State trunk;
    SegmentRows rows;  // a segment per query
    Activations conditions, hidden_before, hidden, modulation;
    Activations modulated_1, before_1, level_1, modulated_2, before_2, level_2;
    Activations output;  // rows x kOutputs: roots of intensity before they are made positive
    Activations output_gradient, gradient, modulation_gradient, hidden_gradient, trunk_gradient;
    std::vector<float> scratch;
  };

  explicit SpectrumNetwork(const TrunkShape& shape);
  [[nodiscard]] const ParameterPlan& plan() const { return plan_; }
  void forward(const float* weights, std::span<const PeptideTokens* const> peptides,
               std::span<const SpectrumQuery> queries, State& state) const;
  // The gradient by state.output stands in state.output_gradient, zero in gap rows and in the
  // padding.
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

// The network's output to the root of an intensity: positive, linear above 0.
[[nodiscard]] float positive_root(float output);
[[nodiscard]] float positive_root_slope(float output);

}  // namespace overland::predict
