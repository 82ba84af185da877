#include "quant/smooth_curve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/cholesky.h"

namespace overland::quant {
namespace {

constexpr std::size_t kOrder = 4;    // cubic B-splines
constexpr double kPenalty = 0.1;     // weight of squared second differences, per point
constexpr double kRidge = 1e-9;      // keeps empty segments solvable
constexpr double kBisquare = 4.685;  // 95 % efficiency for normal errors
constexpr int kCurveRounds = 8;

// Values of the four cubic B-splines that are nonzero in a segment, at t in [0, 1].
std::array<double, kOrder> basis(double t) {
  const double s = 1 - t;
  return {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6,
          t * t * t / 6};
}

double bisquare(double deviation) {
  const double u = deviation / kBisquare;
  return std::abs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0;
}

struct SplinePosition {
  std::size_t segment;
  std::array<double, kOrder> values;
};

SplinePosition position_of(double x, double low, double high, std::size_t segments) {
  const double range = high - low;
  const double at =
      range > 0 ? std::clamp((x - low) / range, 0.0, 1.0) * static_cast<double>(segments) : 0;
  const std::size_t segment = std::min(static_cast<std::size_t>(at), segments - 1);
  return {segment, basis(at - static_cast<double>(segment))};
}

double value_at(const SplinePosition& position, std::span<const double> coefficients) {
  double sum = 0;
  for (std::size_t k = 0; k < kOrder; ++k) {
    sum += position.values[k] * coefficients[position.segment + k];
  }
  return sum;
}

// Weighted least squares with the penalty on second differences.
std::vector<double> solve(std::span<const SplinePosition> positions, std::span<const double> y,
                          std::span<const double> weight, std::size_t n) {
  std::vector<double> a(n * n, 0), b(n, 0);
  double total = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const SplinePosition& p = positions[i];
    total += weight[i];
    for (std::size_t j = 0; j < kOrder; ++j) {
      b[p.segment + j] += weight[i] * p.values[j] * y[i];
      for (std::size_t k = 0; k <= j; ++k) {
        a[(p.segment + j) * n + p.segment + k] += weight[i] * p.values[j] * p.values[k];
      }
    }
  }
  const double penalty = kPenalty * total / static_cast<double>(n);
  constexpr std::array kDifference{1.0, -2.0, 1.0};
  for (std::size_t i = 0; i + 2 < n; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        a[(i + j) * n + i + k] += penalty * kDifference[j] * kDifference[k];
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) a[i * n + i] += kRidge * (total + 1);
  if (!kernel::solve_cholesky(a, b)) std::fill(b.begin(), b.end(), 0);
  return b;
}

}  // namespace

double SmoothCurve::at(double x) const {
  return value_at(position_of(x, low, high, coefficients.size() + 1 - kOrder), coefficients);
}

SmoothCurve fit_smooth_curve(const CurvePoints& points, std::size_t segments, double scale) {
  SmoothCurve curve;
  const auto [low, high] = std::minmax_element(points.x.begin(), points.x.end());
  curve.low = *low;
  curve.high = *high;
  std::vector<SplinePosition> positions;
  for (const double v : points.x) {
    positions.push_back(position_of(v, curve.low, curve.high, segments));
  }
  std::vector<double> now(points.start.begin(), points.start.end());
  std::vector<double> weight(points.y.size());
  for (int round = 0; round < kCurveRounds; ++round) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      weight[i] = bisquare((points.y[i] - now[i]) / scale);
    }
    curve.coefficients = solve(positions, points.y, weight, segments + kOrder - 1);
    for (std::size_t i = 0; i < now.size(); ++i) {
      now[i] = value_at(positions[i], curve.coefficients);
    }
  }
  return curve;
}

double fit_constant(std::span<const double> y, double start, double scale) {
  double now = start;
  for (int round = 0; round < kCurveRounds; ++round) {
    double sum = 0, total = 0;
    for (const double v : y) {
      const double w = bisquare((v - now) / scale);
      sum += w * v;
      total += w;
    }
    if (total > 0) now = sum / total;
  }
  return now;
}

}  // namespace overland::quant
