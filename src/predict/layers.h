// The parts that the networks are made of, forward and backward. Activations are row-major,
// rows x channels. "Backward" takes the gradient of the loss by a part's output, adds to the
// gradient of its weights and gives (or adds to) that by its input.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "predict/parameters.h"
#include "predict/peptide_tokens.h"

namespace overland::predict {

using Activations = std::vector<float>;

// x clamp(x + 3, 0, 6) / 6: smooth enough to learn, without an exponential (Howard et al. 2019).
[[nodiscard]] inline float hard_swish(float x) {
  const float gate = x + 3 < 0 ? 0.0F : (x + 3 > 6 ? 6.0F : x + 3);
  return x * gate * (1.0F / 6);
}
[[nodiscard]] inline float hard_swish_slope(float x) {
  return x <= -3 ? 0.0F : (x >= 3 ? 1.0F : (2 * x + 3) * (1.0F / 6));
}

// out = in W + b for each row. `weight`: inputs x outputs, `bias`: 1 x outputs.
struct Dense {
  ParameterBlock weight, bias;
  void forward(const float* weights, const float* in, std::size_t rows, float* out) const;
  // `in_gradient` may be null; it is overwritten. `scratch` grows as needed.
  void backward(const float* weights, float* gradient, const float* in, const float* out_gradient,
                std::size_t rows, float* in_gradient, std::vector<float>& scratch) const;
};

// A residual block: out = in + hard_swish(window(in) W + b), where window is `width` rows around
// each (1 < width <= 5, odd). `weight`: (width channels) x channels.
struct ConvolutionBlock {
  ParameterBlock weight, bias;
  std::size_t width = 0, channels = 0;
  // `before` receives window(in) W + b. Gap rows of `in` must be zero, those of `out` become so.
  void forward(const float* weights, const SegmentRows& rows, const float* in, float* before,
               float* out) const;
  // `gradient_io`: by `out` on entry, by `in` on return. Gap rows must be zero and stay so.
  void backward(const float* weights, float* gradient, const SegmentRows& rows, const float* in,
                const float* before, float* gradient_io, std::vector<float>& scratch) const;
};

[[nodiscard]] Dense plan_dense(ParameterPlan& plan, std::size_t inputs, std::size_t outputs,
                               double deviation);
[[nodiscard]] ConvolutionBlock plan_convolution(ParameterPlan& plan, std::size_t width,
                                                std::size_t channels);

void clear_gaps(const SegmentRows& rows, std::size_t channels, float* values);

}  // namespace overland::predict
