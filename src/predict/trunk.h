// The part of a network that sees the peptide alone: for each cleavage site a vector of channels,
// made from the residues beside it and the places of both termini by residual convolutions along
// the sequence, with one exchange over the whole peptide.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "predict/layers.h"

namespace overland::predict {

struct TrunkShape {
  std::size_t channels = 96;
  std::size_t blocks = 3;
  std::size_t width = 5;
};

class Trunk {
 public:
  // What a forward pass leaves behind; reused from batch to batch.
  struct State {
    SegmentRows rows;                 // a segment per peptide, a row per site
    std::vector<Activations> level;   // input of each block and, last, the output
    std::vector<Activations> before;  // of each block's activation
    Activations mean, shared;         // of the exchange, peptides x channels
    Activations gradient_mean, gradient_shared;
    std::vector<float> scratch;
    [[nodiscard]] const Activations& output() const { return level.back(); }
  };

  Trunk(ParameterPlan& plan, const TrunkShape& shape);
  void forward(const float* weights, std::span<const PeptideTokens* const> peptides,
               State& state) const;
  // `output_gradient` is used up; its gap rows must be zero.
  void backward(const float* weights, float* gradient,
                std::span<const PeptideTokens* const> peptides, State& state,
                Activations& output_gradient) const;
  [[nodiscard]] std::size_t channels() const { return channels_; }

 private:
  void embed(const float* weights, std::span<const std::uint8_t> tokens, float* rows) const;
  void embed_gradient(float* gradient, std::span<const std::uint8_t> tokens,
                      const float* rows) const;
  // Adds to each row of a peptide a vector made from the mean over its rows.
  void exchange(const float* weights, State& state, Activations& rows) const;
  void exchange_gradient(const float* weights, float* gradient, State& state,
                         Activations& rows) const;

  std::size_t channels_;
  ParameterBlock pair_, from_n_, from_c_, basic_n_, basic_c_;
  Dense exchange_;
  std::size_t exchange_before_;  // this block
  std::vector<ConvolutionBlock> blocks_;
};

}  // namespace overland::predict
