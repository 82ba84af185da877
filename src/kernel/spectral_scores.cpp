#include "kernel/spectral_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/pinned_math.h"

namespace overland::kernel {
namespace {

float sum_of(std::span<const float> v) {
  float sum = 0;
  for (const float x : v) sum += x;
  return sum;
}

double entropy_term(double v) {
  return v > 0 ? -v * pinned::log(v) : 0;
}

}  // namespace

float sqrt_cosine(std::span<const float> predicted, std::span<const float> observed) {
  float dot = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) dot += std::sqrt(predicted[i] * observed[i]);
  const float norm = std::sqrt(sum_of(predicted)) * std::sqrt(sum_of(observed));
  return norm > 0 ? std::min(dot / norm, 1.0F) : 0;
}

float cosine(std::span<const float> predicted, std::span<const float> observed) {
  float dot = 0;
  float predicted_norm = 0;
  float observed_norm = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    dot += predicted[i] * observed[i];
    predicted_norm += predicted[i] * predicted[i];
    observed_norm += observed[i] * observed[i];
  }
  const float norm = std::sqrt(predicted_norm) * std::sqrt(observed_norm);
  return norm > 0 ? std::min(dot / norm, 1.0F) : 0;
}

float entropy_similarity(std::span<const float> predicted, std::span<const float> observed) {
  const double predicted_sum = static_cast<double>(sum_of(predicted));
  const double observed_sum = static_cast<double>(sum_of(observed));
  if (!(predicted_sum > 0) || !(observed_sum > 0)) return 0;
  double mixed = 0;
  double separate = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const double h = static_cast<double>(predicted[i]) / predicted_sum;
    const double x = static_cast<double>(observed[i]) / observed_sum;
    mixed += entropy_term(0.5 * (h + x));
    separate += entropy_term(h) + entropy_term(x);
  }
  constexpr double kLn4 = 1.3862943611198906;
  return static_cast<float>(std::clamp(1 - (2 * mixed - separate) / kLn4, 0.0, 1.0));
}

float manhattan_similarity(std::span<const float> predicted, std::span<const float> observed) {
  const float predicted_sum = sum_of(predicted);
  const float observed_sum = sum_of(observed);
  if (!(predicted_sum > 0) || !(observed_sum > 0)) return 0;
  float distance = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    distance += std::abs(predicted[i] / predicted_sum - observed[i] / observed_sum);
  }
  return std::max(0.0F, 1 - distance / 2);
}

float pearson(std::span<const float> a, std::span<const float> b) {
  const auto n = static_cast<float>(a.size());
  if (a.size() < 2) return 0;
  const float mean_a = sum_of(a) / n;
  const float mean_b = sum_of(b) / n;
  float covariance = 0;
  float variance_a = 0;
  float variance_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float da = a[i] - mean_a;
    const float db = b[i] - mean_b;
    covariance += da * db;
    variance_a += da * da;
    variance_b += db * db;
  }
  const float norm = std::sqrt(variance_a) * std::sqrt(variance_b);
  return norm > 0 ? std::clamp(covariance / norm, -1.0F, 1.0F) : 0;
}

}  // namespace overland::kernel
