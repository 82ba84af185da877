// The part of a network that depends on the peptide only. It computes a vector of channels for each
// cleavage site from the neighbouring residues and the distances to both termini, by residual
// convolutions along the sequence and one exchange over the whole peptide.
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
  // Activations of a forward pass; the memory is reused for the next batch.
  struct State {
    SegmentRows rows;                 // one segment per peptide, one row per cleavage site
    std::vector<Activations> level;   // input of each block, and the output of the last
    std::vector<Activations> before;  // values before each block's activation function
    Activations mean, shared;         // input and output of the exchange, peptides x channels
    Activations gradient_mean, gradient_shared;
    std::vector<float> scratch;
    [[nodiscard]] const Activations& output() const { return level.back(); }
  };

  Trunk(ParameterPlan& plan, const TrunkShape& shape);
  void forward(const float* weights, std::span<const PeptideTokens* const> peptides,
               State& state) const;
  // `output_gradient` is overwritten. Precondition: its gap rows are zero.
  void backward(const float* weights, float* gradient,
                std::span<const PeptideTokens* const> peptides, State& state,
                Activations& output_gradient) const;
  [[nodiscard]] std::size_t channels() const { return channels_; }

 private:
  void embed(const float* weights, std::span<const std::uint8_t> tokens, float* rows) const;
  void embed_gradient(float* gradient, std::span<const std::uint8_t> tokens,
                      const float* rows) const;
  // Adds to each row of a peptide a vector computed from the mean of the peptide's rows.
  void exchange(const float* weights, State& state, Activations& rows) const;
  void exchange_gradient(const float* weights, float* gradient, State& state,
                         Activations& rows) const;

  std::size_t channels_;
  ParameterBlock pair_, from_n_, from_c_, basic_n_, basic_c_;
  Dense exchange_;
  std::size_t exchange_before_;  // index of the block that follows the exchange
  std::vector<ConvolutionBlock> blocks_;
};

}  // namespace overland::predict
