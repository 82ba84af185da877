// Layers of the networks, forward and backward. Activations are row-major, rows x channels.
// backward() takes the gradient of the loss with respect to the layer's output, adds to the
// gradient with respect to the layer's weights, and computes the gradient with respect to the
// layer's input.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "predict/parameters.h"
#include "predict/peptide_tokens.h"

namespace overland::predict {

using Activations = std::vector<float>;

// x clamp(x + 3, 0, 6) / 6: a smooth activation without an exponential (Howard et al. 2019).
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

// Residual block: out = in + hard_swish(window(in) W + b), where window(in) contains the `width`
// rows centred on each row (1 < width <= 5, odd). `weight`: (width channels) x channels.
struct ConvolutionBlock {
  ParameterBlock weight, bias;
  std::size_t width = 0, channels = 0;
  // `before` receives window(in) W + b. Precondition: gap rows of `in` are zero. Gap rows of `out`
  // are set to zero.
  void forward(const float* weights, const SegmentRows& rows, const float* in, float* before,
               float* out) const;
  // `gradient_io`: gradient with respect to `out` on entry, to `in` on return. Precondition: its
  // gap rows are zero; they remain zero.
  void backward(const float* weights, float* gradient, const SegmentRows& rows, const float* in,
                const float* before, float* gradient_io, std::vector<float>& scratch) const;
};

[[nodiscard]] Dense plan_dense(ParameterPlan& plan, std::size_t inputs, std::size_t outputs,
                               double deviation);
[[nodiscard]] ConvolutionBlock plan_convolution(ParameterPlan& plan, std::size_t width,
                                                std::size_t channels);

void clear_gaps(const SegmentRows& rows, std::size_t channels, float* values);

}  // namespace overland::predict
