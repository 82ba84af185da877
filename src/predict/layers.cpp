#include "predict/layers.h"

#include <algorithm>
#include <cmath>

#include "predict/matrix_product.h"

namespace overland::predict {
namespace {

void transpose(const float* from, std::size_t rows, std::size_t columns, float* to) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
}

void add_columns(const float* values, std::size_t rows, std::size_t columns, float* sums) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) sums[c] += values[r * columns + c];
}

// Kernel of the backward convolution: the taps in reverse order, each transposed.
void turn_around(const float* weight, std::size_t width, std::size_t channels, float* to) {
  for (std::size_t tap = 0; tap < width; ++tap)
    transpose(weight + (width - 1 - tap) * channels * channels, channels, channels,
              to + tap * channels * channels);
}

}  // namespace

void Dense::forward(const float* weights, const float* in, std::size_t rows, float* out) const {
  multiply({.rows = rows,
            .columns = weight.columns,
            .depth = weight.rows,
            .left = in,
            .left_row = weight.rows,
            .left_step = 1,
            .right = weight.in(weights),
            .start = bias.in(weights),
            .out = out});
}

void Dense::backward(const float* weights, float* gradient, const float* in,
                     const float* out_gradient, std::size_t rows, float* in_gradient,
                     std::vector<float>& scratch) const {
  add_columns(out_gradient, rows, weight.columns, bias.in(gradient));
  multiply({.rows = weight.rows,
            .columns = weight.columns,
            .depth = rows,
            .left = in,
            .left_row = 1,
            .left_step = weight.rows,
            .right = out_gradient,
            .start = nullptr,
            .out = weight.in(gradient)});
  if (in_gradient == nullptr) return;
  scratch.resize(weight.size() + weight.rows);
  transpose(weight.in(weights), weight.rows, weight.columns, scratch.data());
  std::fill(scratch.begin() + static_cast<std::ptrdiff_t>(weight.size()), scratch.end(), 0.0F);
  multiply({.rows = rows,
            .columns = weight.rows,
            .depth = weight.columns,
            .left = out_gradient,
            .left_row = weight.columns,
            .left_step = 1,
            .right = scratch.data(),
            .start = scratch.data() + weight.size(),
            .out = in_gradient});
}

void ConvolutionBlock::forward(const float* weights, const SegmentRows& rows, const float* in,
                               float* before, float* out) const {
  const std::size_t skip = SegmentRows::kGap;
  const std::size_t inner = rows.total() - 2 * skip;
  multiply({.rows = inner,
            .columns = channels,
            .depth = width * channels,
            .left = in + (skip - width / 2) * channels,
            .left_row = channels,
            .left_step = 1,
            .right = weight.in(weights),
            .start = bias.in(weights),
            .out = before + skip * channels});
  for (std::size_t i = skip * channels; i < (skip + inner) * channels; ++i)
    out[i] = in[i] + hard_swish(before[i]);
  clear_gaps(rows, channels, out);
}

void ConvolutionBlock::backward(const float* weights, float* gradient, const SegmentRows& rows,
                                const float* in, const float* before, float* gradient_io,
                                std::vector<float>& scratch) const {
  const std::size_t skip = SegmentRows::kGap;
  const std::size_t inner = rows.total() - 2 * skip;
  scratch.resize(rows.total() * channels + weight.size());
  float* const slope = scratch.data();
  float* const turned = slope + rows.total() * channels;
  std::fill(slope, slope + skip * channels, 0.0F);
  std::fill(slope + (skip + inner) * channels, turned, 0.0F);
  for (std::size_t i = skip * channels; i < (skip + inner) * channels; ++i)
    slope[i] = gradient_io[i] * hard_swish_slope(before[i]);
  clear_gaps(rows, channels, slope);
  add_columns(slope + skip * channels, inner, channels, bias.in(gradient));
  multiply({.rows = width * channels,
            .columns = channels,
            .depth = inner,
            .left = in + (skip - width / 2) * channels,
            .left_row = 1,
            .left_step = channels,
            .right = slope + skip * channels,
            .start = nullptr,
            .out = weight.in(gradient)});
  turn_around(weight.in(weights), width, channels, turned);
  multiply({.rows = inner,
            .columns = channels,
            .depth = width * channels,
            .left = slope + (skip - width / 2) * channels,
            .left_row = channels,
            .left_step = 1,
            .right = turned,
            .start = nullptr,
            .out = gradient_io + skip * channels});
  clear_gaps(rows, channels, gradient_io);
}

Dense plan_dense(ParameterPlan& plan, std::size_t inputs, std::size_t outputs, double deviation) {
  return {plan.add(inputs, outputs, deviation), plan.add(1, outputs, 0)};
}

ConvolutionBlock plan_convolution(ParameterPlan& plan, std::size_t width, std::size_t channels) {
  const double deviation = std::sqrt(1.0 / static_cast<double>(width * channels));
  ConvolutionBlock block;
  block.weight = plan.add(width * channels, channels, deviation);
  block.bias = plan.add(1, channels, 0);
  block.width = width;
  block.channels = channels;
  return block;
}

void clear_gaps(const SegmentRows& rows, std::size_t channels, float* values) {
  std::size_t gap = 0;
  for (std::size_t s = 0; s <= rows.count(); ++s) {
    std::fill_n(values + gap * channels, SegmentRows::kGap * channels, 0.0F);
    if (s < rows.count()) gap = rows.end(s);
  }
}

}  // namespace overland::predict
