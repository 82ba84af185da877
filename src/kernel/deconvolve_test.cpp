#include "kernel/deconvolve.h"

#include <gtest/gtest.h>

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

double loss(const DesignMatrix& matrix, double delta, std::span<const float> weights) {
  std::vector<double> r(matrix.row_count());
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = -static_cast<double>(matrix.observed()[i]);
  for (std::size_t j = 0; j < weights.size(); ++j) {
    for (std::size_t k = 0; k < matrix.rows(j).size(); ++k) {
      r[matrix.rows(j)[k]] +=
          static_cast<double>(matrix.values(j)[k]) * static_cast<double>(weights[j]);
    }
  }
  double sum = 0;
  for (const double x : r) sum += delta * delta * (std::sqrt(1 + x * x / delta / delta) - 1);
  return sum;
}

// Optimality (Karush-Kuhn-Tucker): gradient 0 where w > 0, >= 0 where w = 0.
TEST(Deconvolver, solution_satisfies_optimality_conditions) {
  Rng rng(4, 0);
  for (int round = 0; round < 100; ++round) {
    RandomScan scan(rng, 1 + rng.below(15), 40, 12);
    const double delta = round % 2 == 0 ? 3e3 : 1e6;
    Deconvolver solver;
    std::vector<float> weights(scan.matrix.column_count(), round % 3 == 0 ? 1e4F : 0.0F);
    SolverSettings settings{.delta = static_cast<float>(delta), .relative_tolerance = 1e-6F};
    settings.max_sweeps = 20000;
    solver.solve(scan.matrix, settings, weights);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      double gradient = 0;
      double scale = 0;
      for (std::size_t k = 0; k < scan.matrix.rows(j).size(); ++k) {
        const double r = static_cast<double>(solver.residuals()[scan.matrix.rows(j)[k]]);
        const double a = static_cast<double>(scan.matrix.values(j)[k]);
        gradient += a * r / std::sqrt(1 + r * r / delta / delta);
        scale += a * std::abs(r) / std::sqrt(1 + r * r / delta / delta);
      }
      EXPECT_GE(weights[j], 0);
      if (weights[j] > 0) {
        EXPECT_LT(std::abs(gradient), 2e-3 * scale + 1e-3) << round;
      } else {
        EXPECT_GE(gradient, -1e-3 * scale) << round;
      }
    }
  }
}

TEST(Deconvolver, loss_never_rises_and_warm_start_agrees_with_cold) {
  Rng rng(6, 0);
  for (int round = 0; round < 30; ++round) {
    RandomScan scan(rng, 10, 30, 12);
    Deconvolver solver;
    SolverSettings settings{.delta = 1e4F, .relative_tolerance = 1e-6F};
    std::vector<float> cold(10, 0);
    std::vector<float> warm(10, 5e4F);
    double last = loss(scan.matrix, 1e4, warm);
    settings.max_sweeps = 1;
    for (int sweep = 0; sweep < 20; ++sweep) {
      solver.solve(scan.matrix, settings, warm);
      const double now = loss(scan.matrix, 1e4, warm);
      EXPECT_LE(now, last * (1 + 1e-5));
      last = now;
    }
    settings.max_sweeps = 20000;
    solver.solve(scan.matrix, settings, warm);
    solver.solve(scan.matrix, settings, cold);
    EXPECT_NEAR(loss(scan.matrix, 1e4, warm) / loss(scan.matrix, 1e4, cold), 1, 1e-4);
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
