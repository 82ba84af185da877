#include "kernel/area_errors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::kernel {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

struct Trace {
  Vector t, raw, smoothed, weight, counting, residual;
  [[nodiscard]] TraceErrors view() const { return {t, raw, smoothed, weight, counting, residual}; }
};

// A Gaussian of two scans SD at unit distances, with noise in proportion to its square root.
Trace peak_with_noise(Rng& rng, std::size_t points, double height, double noise) {
  Trace trace;
  const double middle = std::floor(static_cast<double>(points) / 2);
  for (std::size_t k = 0; k < points; ++k) {
    const double x = static_cast<double>(k);
    const double z = height * std::exp(-0.125 * (x - middle) * (x - middle));
    trace.t.push_back(x);
    trace.counting.push_back(std::sqrt(z));
    trace.raw.push_back(z + noise * std::sqrt(z) * rng.normal());
    trace.weight.push_back(0.5 + 0.5 * rng.uniform());
    trace.residual.push_back(0.1 * z * rng.uniform());
  }
  trace.smoothed.resize(points);
  return trace;
}

IntegratedPeak smooth_and_integrate(Trace& trace, const WhittakerSettings& settings) {
  WhittakerSmoother().smooth(trace.t, trace.raw, trace.weight, settings, trace.smoothed);
  return integrate_peak(trace.t, trace.raw, trace.smoothed,
                        static_cast<std::uint32_t>(trace.t.size() / 2),
                        {.before_apex = 4.5, .after_apex = 4.5});
}

// The smoother as a dense matrix: its answer to each unit vector.
Matrix smoother_of(const Trace& trace, const WhittakerSettings& settings) {
  const std::size_t n = trace.t.size();
  WhittakerSmoother smoother;
  smoother.factor(trace.t, trace.weight, settings);
  Matrix s(n, Vector(n));
  for (std::size_t j = 0; j < n; ++j) {
    Vector unit(n, 0);
    unit[j] = trace.weight[j];
    smoother.solve(unit);
    for (std::size_t i = 0; i < n; ++i) s[i][j] = unit[i];
  }
  return s;
}

// values - S values.
Vector rough_part(const Matrix& s, const Vector& values) {
  Vector rest = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) rest[i] -= s[i][j] * values[j];
  }
  return rest;
}

// The formulas of area_errors.h, term by term.
AreaErrors naive(const Trace& trace, const IntegratedPeak& peak,
                 const WhittakerSettings& settings) {
  const std::size_t n = trace.t.size();
  const Matrix s = smoother_of(trace, settings);
  Vector c(n), unit(n, 0);
  area_coefficients(trace.t, peak, c);
  unit[peak.apex] = 1;
  const Vector rest = rough_part(s, rough_part(s, trace.raw));
  double left = 0;
  for (const double value : rough_part(s, rough_part(s, unit))) left += value * value;
  AreaErrors errors;
  errors.own = 0;
  for (std::size_t k = 0; k < n; ++k) {
    double effect = 0;  // of raw[k] on the area
    for (std::size_t i = 0; i < n; ++i) effect += c[i] * s[i][k];
    errors.counting += std::pow(effect * trace.counting[k], 2);
    errors.proportional += std::pow(effect * trace.smoothed[k], 2);
    errors.own += std::pow(effect * rest[k], 2) / left;
    errors.residual += c[k] * trace.residual[k];
    if (k >= peak.left && k <= peak.right) {
      errors.roughness.roughness += rest[k] * rest[k] / left;
    }
  }
  errors.edge = std::hypot(trace.smoothed[peak.left], trace.smoothed[peak.right]);
  return errors;
}

TEST(AreaErrors, equal_the_dense_formulas) {
  Rng rng(11, 0);
  AreaErrorEstimator estimator;
  for (const int differences : {2, 3}) {
    for (const std::size_t points : {5U, 12U, 31U}) {
      const WhittakerSettings settings{0.05, differences};
      Trace trace = peak_with_noise(rng, points, 1e4, 3);
      const IntegratedPeak peak = smooth_and_integrate(trace, settings);
      const AreaErrors slow = naive(trace, peak, settings);
      const AreaErrors fast = estimator.estimate(trace.view(), trace.t, peak, settings);
      EXPECT_NEAR(fast.counting, slow.counting, 1e-9 * slow.counting);
      EXPECT_NEAR(fast.proportional, slow.proportional, 1e-9 * slow.proportional);
      EXPECT_NEAR(fast.own, slow.own, 1e-6 * slow.own);
      EXPECT_NEAR(fast.residual, slow.residual, 1e-9 * slow.residual);
      EXPECT_NEAR(fast.edge, slow.edge, 1e-9 * slow.edge);
      EXPECT_NEAR(fast.roughness.roughness, slow.roughness.roughness,
                  1e-6 * slow.roughness.roughness);
    }
  }
}

// Repeats of one peak that only counting disturbs: the estimate is near what they scatter.
TEST(AreaErrors, follow_the_scatter_of_repeats) {
  Rng rng(12, 0);
  const WhittakerSettings settings{0.05, 2};
  AreaErrorEstimator estimator;
  for (const double noise : {1.0, 10.0}) {
    double sum = 0, squares = 0, variance = 0, own = 0, counting = 0;
    constexpr int kRepeats = 400;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      Trace trace = peak_with_noise(rng, 31, 1e4, noise);
      std::fill(trace.weight.begin(), trace.weight.end(), 1);
      std::fill(trace.residual.begin(), trace.residual.end(), 0);
      const IntegratedPeak peak = smooth_and_integrate(trace, settings);
      const AreaErrors errors = estimator.estimate(trace.view(), trace.t, peak, settings);
      sum += peak.area / kRepeats;
      squares += peak.area * peak.area / kRepeats;
      variance += area_variance(errors, {noise * noise, 0}) / kRepeats;
      own += errors.own / kRepeats;
      counting += noise * noise * errors.counting / kRepeats;
    }
    const double scatter = std::sqrt(squares - sum * sum);
    EXPECT_GT(std::sqrt(variance), 0.7 * scatter) << noise;
    EXPECT_GT(std::sqrt(counting), 0.85 * scatter) << noise;
    EXPECT_LT(std::sqrt(counting), 1.3 * scatter) << noise;
    EXPECT_NEAR(std::sqrt(own / counting), 1, 0.35) << noise;
  }
}

TEST(AreaErrors, grow_with_each_of_their_causes) {
  const AreaErrors none{
      .roughness = {}, .counting = 4, .proportional = 9, .own = 2, .residual = 1, .edge = 1};
  const NoiseModel noise{2, 0.1};
  const double before = area_variance(none, noise);
  for (double AreaErrors::* cause : {&AreaErrors::counting, &AreaErrors::proportional,
                                     &AreaErrors::own, &AreaErrors::residual, &AreaErrors::edge}) {
    AreaErrors more = none;
    more.*cause *= 2;
    EXPECT_GT(area_variance(more, noise), before);
  }
  // Without an estimate from the trace, the run's noise counts in full.
  AreaErrors alone;
  alone.counting = 4;
  EXPECT_DOUBLE_EQ(area_variance(alone, noise), kScanShare * 2 * 4);
}

TEST(AreaErrors, short_and_unsmoothed_traces_have_finite_errors) {
  Rng rng(13, 0);
  AreaErrorEstimator estimator;
  for (std::size_t points = 1; points < 7; ++points) {
    for (const double lambda : {0.0, 0.002}) {
      const WhittakerSettings settings{lambda, 2};
      Trace trace = peak_with_noise(rng, points, 1e4, 1);
      const IntegratedPeak peak = smooth_and_integrate(trace, settings);
      const AreaErrors errors = estimator.estimate(trace.view(), trace.t, peak, settings);
      EXPECT_EQ(errors.own >= 0, points > 2) << points << " " << lambda;
      EXPECT_TRUE(std::isfinite(area_variance(errors, {1, 0.1})));
    }
  }
}

}  // namespace
}  // namespace overland::kernel
