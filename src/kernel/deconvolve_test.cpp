#include "kernel/deconvolve.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/rng.h"

namespace overland::kernel {
namespace {

struct RandomScan {
  std::vector<float> peaks;
  std::vector<std::vector<float>> templates;
  std::vector<std::vector<std::int32_t>> peak_index;
  DesignMatrix matrix;
  RandomScan(Rng& rng, std::size_t columns, std::size_t peak_count, std::size_t fragments) {
    for (std::size_t i = 0; i < peak_count; ++i) {
      peaks.push_back(static_cast<float>(1e4 * pinned::exp(1.5 * rng.normal())));
    }
    matrix.reserve({columns, columns * fragments, peak_count});
    matrix.begin_scan(peak_count);
    for (std::size_t j = 0; j < columns; ++j) {
      auto& values = templates.emplace_back();
      auto& index = peak_index.emplace_back();
      for (std::size_t f = 0; f < fragments; ++f) {
        values.push_back(static_cast<float>(rng.uniform()));
        index.push_back(rng.below(3) == 0 ? -1 : static_cast<std::int32_t>(rng.below(peak_count)));
      }
      matrix.add_column(values, index, peaks);
    }
  }
};

TEST(DesignMatrix, equals_dense_construction) {
  Rng rng(3, 0);
  for (int round = 0; round < 50; ++round) {
    const std::size_t peak_count = 1 + rng.below(20);
    RandomScan scan(rng, 1 + rng.below(8), peak_count, 12);
    for (std::size_t j = 0; j < scan.matrix.column_count(); ++j) {
      // Dense twin: intensity of the template on each peak, and the list of missed fragments.
      std::vector<float> dense(peak_count, 0);
      float missed = 0;
      for (std::size_t f = 0; f < 12; ++f) {
        const std::int32_t peak = scan.peak_index[j][f];
        (peak < 0 ? missed : dense[static_cast<std::size_t>(peak)]) += scan.templates[j][f];
      }
      float on_peaks = 0;
      float off_peaks = 0;
      const auto rows = scan.matrix.rows(j);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        const float x = scan.matrix.observed()[rows[k]];
        const float value = scan.matrix.values(j)[k];
        (x == 0 ? off_peaks : on_peaks) += value;
        if (x == 0) continue;
        const auto peak = static_cast<std::size_t>(
            std::find(scan.peaks.begin(), scan.peaks.end(), x) - scan.peaks.begin());
        EXPECT_FLOAT_EQ(value, dense[peak]);
        for (std::size_t other = k + 1; other < rows.size(); ++other)
          EXPECT_NE(rows[k], rows[other]);
      }
      EXPECT_NEAR(off_peaks, missed, 1e-4);
    }
  }
}

constexpr std::array kLosses{Loss::huber, Loss::squared, Loss::poisson};

double background_of(const DesignMatrix& matrix) {
  float largest = 0;
  for (const float x : matrix.observed()) largest = std::max(largest, x);
  return static_cast<double>(largest * kPoissonBackground);
}

// Slow twins in double precision: the loss of one row and its derivative, from fit and observation.
double row_loss(Loss kind, double fit, double x, double delta, double background) {
  const double r = fit - x;
  if (kind == Loss::squared) return r * r / 2;
  if (kind == Loss::huber) return delta * delta * (std::sqrt(1 + r * r / delta / delta) - 1);
  return fit + background - (x > 0 ? x * std::log(fit + background) : 0);
}

double row_slope(Loss kind, double fit, double x, double delta, double background) {
  const double r = fit - x;
  if (kind == Loss::squared) return r;
  if (kind == Loss::huber) return r / std::sqrt(1 + r * r / delta / delta);
  return 1 - x / (fit + background);
}

std::vector<double> fit_of(const DesignMatrix& matrix, std::span<const float> weights) {
  std::vector<double> fit(matrix.row_count());
  for (std::size_t j = 0; j < weights.size(); ++j) {
    for (std::size_t k = 0; k < matrix.rows(j).size(); ++k) {
      fit[matrix.rows(j)[k]] +=
          static_cast<double>(matrix.values(j)[k]) * static_cast<double>(weights[j]);
    }
  }
  return fit;
}

double loss(const DesignMatrix& matrix, Loss kind, double delta, std::span<const float> weights) {
  const std::vector<double> fit = fit_of(matrix, weights);
  double sum = 0;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    sum += row_loss(kind, fit[i], static_cast<double>(matrix.observed()[i]), delta,
                    background_of(matrix));
  }
  return sum;
}

// Optimality (Karush-Kuhn-Tucker): gradient 0 where w > 0, >= 0 where w = 0. With a convex loss
// this certifies the minimum.
void expect_certificate(const DesignMatrix& matrix, Loss kind, double delta,
                        std::span<const float> weights) {
  const std::vector<double> fit = fit_of(matrix, weights);
  for (std::size_t j = 0; j < weights.size(); ++j) {
    double gradient = 0;
    double scale = 0;
    for (std::size_t k = 0; k < matrix.rows(j).size(); ++k) {
      const std::uint32_t i = matrix.rows(j)[k];
      const double term = static_cast<double>(matrix.values(j)[k]) *
                          row_slope(kind, fit[i], static_cast<double>(matrix.observed()[i]), delta,
                                    background_of(matrix));
      gradient += term;
      scale += std::abs(term);
    }
    EXPECT_GE(weights[j], 0);
    EXPECT_GE(gradient, -2e-3 * scale - 1e-3) << j;
    if (weights[j] > 0) {
      EXPECT_LE(gradient, 2e-3 * scale + 1e-3) << j;
    }
  }
}

TEST(Deconvolver, solution_of_every_loss_satisfies_optimality_conditions) {
  Rng rng(4, 0);
  for (const Loss kind : kLosses) {
    for (int round = 0; round < 100; ++round) {
      SCOPED_TRACE(testing::Message() << "loss " << static_cast<int>(kind) << " round " << round);
      RandomScan scan(rng, 1 + rng.below(15), 40, 12);
      const double delta = round % 2 == 0 ? 3e3 : 1e6;
      Deconvolver solver;
      std::vector<float> weights(scan.matrix.column_count(), round % 3 == 0 ? 1e4F : 0.0F);
      const SolverSettings settings{.loss = kind,
                                    .delta = static_cast<float>(delta),
                                    .relative_tolerance = 1e-6F,
                                    .max_sweeps = 20000};
      solver.solve(scan.matrix, settings, weights);
      expect_certificate(scan.matrix, kind, delta, weights);
      if (HasFailure()) return;
    }
  }
}

// No random move away from the solution makes the loss smaller.
TEST(Deconvolver, no_neighbour_of_a_solution_is_better) {
  Rng rng(7, 0);
  for (const Loss kind : kLosses) {
    for (int round = 0; round < 20; ++round) {
      RandomScan scan(rng, 1 + rng.below(6), 20, 8);
      Deconvolver solver;
      std::vector<float> weights(scan.matrix.column_count(), 0);
      const SolverSettings settings{
          .loss = kind, .delta = 1e4F, .relative_tolerance = 1e-6F, .max_sweeps = 20000};
      solver.solve(scan.matrix, settings, weights);
      const double least = loss(scan.matrix, kind, 1e4, weights);
      for (int move = 0; move < 100; ++move) {
        std::vector<float> other = weights;
        for (float& w : other) {
          w = std::max(0.0F, w * static_cast<float>(1 + 0.1 * rng.normal()) +
                                 static_cast<float>(10 * rng.normal()));
        }
        EXPECT_GE(loss(scan.matrix, kind, 1e4, other), least - 1e-6 * std::abs(least));
      }
    }
  }
}

TEST(Deconvolver, poisson_loss_leaves_out_a_template_without_peaks) {
  DesignMatrix matrix;
  const std::vector<float> peaks{100, 50};
  matrix.begin_scan(2);
  matrix.add_column(std::vector<float>{0.5F, 0.5F}, std::vector<std::int32_t>{-1, -1}, peaks);
  matrix.add_column(std::vector<float>{0.5F, 0.25F}, std::vector<std::int32_t>{0, 1}, peaks);
  std::vector<float> weights{30, 0};
  Deconvolver().solve(matrix, {.loss = Loss::poisson, .relative_tolerance = 1e-6F}, weights);
  EXPECT_EQ(weights[0], 0);
  EXPECT_NEAR(weights[1], 200, 0.1);
}

TEST(Deconvolver, loss_does_not_rise_beyond_rounding_and_warm_start_agrees_with_cold) {
  Rng rng(6, 0);
  for (int round = 0; round < 30; ++round) {
    const Loss kind = kLosses[static_cast<std::size_t>(round) % kLosses.size()];
    RandomScan scan(rng, 10, 30, 12);
    Deconvolver solver;
    SolverSettings settings{.loss = kind, .delta = 1e4F, .relative_tolerance = 1e-6F};
    std::vector<float> cold(10, 0);
    std::vector<float> warm(10, 5e4F);
    double last = loss(scan.matrix, kind, 1e4, warm);
    settings.max_sweeps = 1;
    for (int sweep = 0; sweep < 20; ++sweep) {
      solver.solve(scan.matrix, settings, warm);
      const double now = loss(scan.matrix, kind, 1e4, warm);
      EXPECT_LE(now, last + 1e-5 * std::abs(last));
      last = now;
    }
    settings.max_sweeps = 20000;
    solver.solve(scan.matrix, settings, warm);
    solver.solve(scan.matrix, settings, cold);
    EXPECT_NEAR(loss(scan.matrix, kind, 1e4, warm) / loss(scan.matrix, kind, 1e4, cold), 1, 1e-4);
  }
}

TEST(Deconvolver, recovers_known_weights_without_noise) {
  DesignMatrix matrix;
  const std::vector<float> a{0.5F, 0.3F, 0.2F};
  const std::vector<float> b{0.1F, 0.9F};
  const std::vector<float> peaks{500, 300 + 100, 200, 900};  // 1000 a + 1000 b, sharing peak 1
  matrix.begin_scan(4);
  matrix.add_column(a, std::vector<std::int32_t>{0, 1, 2}, peaks);
  matrix.add_column(b, std::vector<std::int32_t>{1, 3}, peaks);
  std::vector<float> weights(2, 0);
  Deconvolver solver;
  solver.solve(matrix, {.delta = 1e6F, .relative_tolerance = 1e-6F}, weights);
  EXPECT_NEAR(weights[0], 1000, 0.5);
  EXPECT_NEAR(weights[1], 1000, 0.5);
}

}  // namespace
}  // namespace overland::kernel
