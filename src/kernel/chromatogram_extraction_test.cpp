#include "kernel/chromatogram_extraction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/allocation_counter.h"
#include "base/rng.h"

namespace overland::kernel {
namespace {

TEST(ShortFloat, keeps_order_zero_and_relative_precision) {
  EXPECT_EQ(to_short_float(0), 0);
  EXPECT_EQ(to_short_float(-3), 0);
  EXPECT_EQ(to_short_float(std::numeric_limits<float>::quiet_NaN()), 0);
  EXPECT_EQ(from_short_float(0), 0);
  EXPECT_EQ(to_short_float(1e30F), 255);
  for (int code = 1; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    EXPECT_EQ(to_short_float(from_short_float(byte)), byte);
    EXPECT_GT(from_short_float(byte), from_short_float(static_cast<std::uint8_t>(code - 1)));
  }
  Rng rng(31, 0);
  for (int round = 0; round < 10000; ++round) {
    const auto x = static_cast<float>(std::pow(2.0, -3 + 31.5 * rng.uniform()));
    EXPECT_NEAR(from_short_float(to_short_float(x)) / x, 1, 1.0 / 16) << x;
  }
}

// Few distinct m/z, so that candidates contest each other's peaks.
struct Task {
  std::vector<std::vector<float>> mz, intensity;
  TraceLayout layout;  // ascending by first scan
  std::vector<TraceInterval> intervals;
  std::uint32_t longest = 0;

  Task(Rng& rng, std::uint32_t scan_count, std::size_t traces) {
    for (std::uint32_t k = 0; k < scan_count; ++k) {
      std::set<float> peaks;
      for (std::size_t i = rng.below(60); i > 0; --i) {
        peaks.insert(static_cast<float>(200 + 10 * static_cast<double>(rng.below(60)) +
                                        0.001 * rng.normal()));
      }
      mz.emplace_back(peaks.begin(), peaks.end());
      intensity.emplace_back();
      for (std::size_t i = 0; i < peaks.size(); ++i) {
        intensity.back().push_back(static_cast<float>(std::exp(8 + 2 * rng.normal())));
      }
    }
    std::vector<std::uint32_t> first(traces);
    for (std::uint32_t& f : first) f = static_cast<std::uint32_t>(rng.below(scan_count));
    std::sort(first.begin(), first.end());
    layout.clear();
    std::uint64_t place = 0;
    for (std::size_t t = 0; t < traces; ++t) {
      std::vector<float> m, x;
      for (std::size_t f = 1 + rng.below(kTraceFragments); f > 0; --f) {
        m.push_back(static_cast<float>(200 + 10 * static_cast<double>(rng.below(60))));
        x.push_back(static_cast<float>(0.05 + rng.uniform()));
      }
      const auto length = static_cast<std::uint32_t>(1 + rng.below(scan_count - first[t]));
      const CandidateId id(static_cast<std::uint32_t>(t));
      const WindowScan begin(first[t]);
      layout.add(PrecursorId(id.index()), begin, begin + length, m);
      layout.set_template(id, x, {});
      intervals.push_back({begin, begin + length, place});
      place += length;
      longest = std::max(longest, length);
    }
  }
  [[nodiscard]] WindowTraces traces() const {
    return {intervals, layout.fragment_mz, layout.fragment_intensity, layout.fragment_count,
            longest};
  }
  [[nodiscard]] ScanPeaks scan(std::size_t k) const { return {mz[k], intensity[k]}; }
  [[nodiscard]] std::vector<ScanPeaks> scans() const {
    std::vector<ScanPeaks> views;
    for (std::size_t k = 0; k < mz.size(); ++k) views.push_back(scan(k));
    return views;
  }
  [[nodiscard]] ChromatogramExtraction::Capacity capacity() const {
    ChromatogramExtraction::Capacity capacity{layout.size(), 0};
    for (const auto& m : mz) capacity.peaks = std::max(capacity.peaks, m.size());
    return capacity;
  }
};

TraceSettings settings_of(int min_matched) {
  TraceSettings settings;
  settings.min_matched = static_cast<std::uint8_t>(min_matched);
  settings.solver = {.delta = 3e3F, .relative_tolerance = 1e-6F, .max_sweeps = 20000};
  return settings;
}

// In blocks of `length` scans.
std::vector<TracePoint> points_of(const Task& task, const TraceSettings& settings,
                                  std::uint32_t length) {
  std::vector<TracePoint> arena(task.layout.point_count());
  ChromatogramExtraction pass;
  pass.reserve(task.capacity());
  for (std::uint32_t k = 0; k < task.mz.size(); ++k) {
    if (k % length == 0) pass.begin(task.traces(), WindowScan(k));
    pass.add_scan(task.traces(), task.scan(k), settings, arena);
  }
  return arena;
}

TEST(ChromatogramExtraction, weights_are_those_of_the_scoring) {
  Rng rng(32, 0);
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const auto scan_count = static_cast<std::uint32_t>(1 + rng.below(20));
    Task task(rng, scan_count, rng.below(15));
    const TraceSettings settings = settings_of(1 + round % 3);
    const std::vector<TracePoint> arena = points_of(task, settings, scan_count);
    CandidateScoring twin;
    const auto scans = task.scans();
    ScoringScratch scratch;
    twin.run(task.layout, scans, settings, scratch);
    for (std::size_t t = 0; t < task.layout.size(); ++t) {
      DenseTrace expected;
      twin.load(*twin.find_kept(CandidateId(static_cast<std::uint32_t>(t))), 0,
                task.layout.last_scan[t] - task.layout.first_scan[t], expected);
      for (std::size_t k = 0; k < expected.points.size(); ++k) {
        const TracePoint& got = arena[task.layout.point_begin[t] + k];
        const float least = 1e-3F * expected.points[k].weight + 1;
        ASSERT_NEAR(got.weight, expected.points[k].weight, least);
        ASSERT_NEAR(got.purity / 255.0, static_cast<double>(expected.points[k].purity), 0.004);
        ASSERT_EQ(got.matched, expected.matched[k]);
      }
    }
  }
}

TEST(ChromatogramExtraction, scan_blocks_give_the_weights_of_the_whole) {
  Rng rng(33, 0);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    const Task task(rng, 24, 10);
    const auto whole = points_of(task, settings_of(2), 24);
    const auto parts =
        points_of(task, settings_of(2), static_cast<std::uint32_t>(1 + rng.below(9)));
    float largest = 1;
    for (const TracePoint& p : whole) largest = std::max(largest, p.weight);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      ASSERT_NEAR(parts[i].weight, whole[i].weight, 0.02F * largest) << i;
    }
  }
}

// A trace without a place changes the others' weights as one with a place does.
TEST(ChromatogramExtraction, traces_without_a_place_take_part_and_leave_nothing) {
  Rng rng(34, 0);
  Task task(rng, 12, 9);
  const auto all = points_of(task, settings_of(1), 12);
  task.intervals[4].arena_index = kNotStored;
  const auto without = points_of(task, settings_of(1), 12);
  const std::uint64_t begin = task.layout.point_begin[4], end = task.layout.point_begin[5];
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_own = i >= begin && i < end;
    EXPECT_EQ(without[i].weight, is_own ? 0 : all[i].weight) << i;
  }
}

TEST(ChromatogramExtraction, does_not_allocate_after_reserve) {
  Rng rng(35, 0);
  const Task task(rng, 200, 100);
  std::vector<TracePoint> arena(task.layout.point_count());
  ChromatogramExtraction pass;
  const std::uint64_t cold = allocation_count();
  pass.reserve(task.capacity());
  EXPECT_GT(allocation_count(), cold);
  const std::uint64_t before = allocation_count();
  const TraceSettings settings = settings_of(1);
  for (int repeat = 0; repeat < 2; ++repeat) {
    pass.begin(task.traces(), WindowScan());
    for (std::uint32_t k = 0; k < 200; ++k) {
      pass.add_scan(task.traces(), task.scan(k), settings, arena);
    }
  }
  EXPECT_EQ(allocation_count(), before);
}

// The formula of the header, over dense arrays.
ColumnErrors::Of errors_slowly(const DesignMatrix& matrix, std::span<const float> r, double delta,
                               std::size_t column) {
  std::vector<std::vector<double>> a(matrix.column_count(),
                                     std::vector<double>(matrix.row_count(), 0));
  for (std::size_t j = 0; j < a.size(); ++j) {
    for (std::size_t k = 0; k < matrix.rows(j).size(); ++k) {
      a[j][matrix.rows(j)[k]] = static_cast<double>(matrix.values(j)[k]);
    }
  }
  const auto s = [&](std::size_t i) {
    return 1 / std::sqrt(1 + std::pow(static_cast<double>(r[i]) / delta, 2));
  };
  const auto curvature = [&](std::size_t j) {
    double sum = 0;
    for (std::size_t i = 0; i < r.size(); ++i) sum += a[j][i] * a[j][i] * s(i);
    return sum;
  };
  double left = 0, counting = 0, residual = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    double others = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      if (j != column) others += a[j][i] * a[j][i] * s(i) / curvature(j);
    }
    const double push = a[column][i] * s(i);
    const auto x = static_cast<double>(matrix.observed()[i]), e = static_cast<double>(r[i]);
    left += a[column][i] * push * std::max(0.0, 1 - others);
    counting += push * push * std::max(x, x + e);
    residual += push * push * e * e;
  }
  left = std::max(left, 0.1 * curvature(column));
  return {static_cast<float>(std::sqrt(counting) / left),
          static_cast<float>(std::sqrt(residual) / left)};
}

TEST(ColumnErrors, equal_the_dense_formula) {
  Rng rng(36, 0);
  for (int round = 0; round < 200; ++round) {
    DesignMatrix matrix;
    std::vector<float> intensity(20);
    for (float& x : intensity) x = static_cast<float>(1e4 * rng.uniform());
    matrix.begin_scan(20);
    std::vector<float> weights;
    for (std::size_t j = 1 + rng.below(6); j > 0; --j) {
      std::vector<float> value(1 + rng.below(8));
      std::vector<std::int32_t> peak(value.size());
      for (std::size_t f = 0; f < value.size(); ++f) {
        value[f] = static_cast<float>(0.05 + rng.uniform());
        peak[f] = static_cast<std::int32_t>(rng.below(21)) - 1;
      }
      matrix.add_column(value, peak, intensity);
      weights.push_back(0);
    }
    Deconvolver solver;
    solver.solve(matrix, {.delta = 3e3F}, weights);
    ColumnErrors errors;
    errors.update(matrix, solver.residuals(), 3e3F);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      const auto expected = errors_slowly(matrix, solver.residuals(), 3e3, j);
      EXPECT_NEAR(errors.of(matrix, j).counting, expected.counting, 1e-3 * expected.counting);
      EXPECT_NEAR(errors.of(matrix, j).residual, expected.residual, 1e-3 * expected.residual);
    }
  }
}

// Alone in a scan, a weight has the error of a least-squares fit: checked by repeating the noise.
TEST(ColumnErrors, counting_error_is_that_of_repeated_noise) {
  Rng rng(37, 0);
  const std::vector<float> shape{0.4F, 0.3F, 0.2F, 0.1F};
  const std::vector<std::int32_t> peak{0, 1, 2, 3};
  constexpr double kGain = 20, kWeight = 1e5;
  double sum = 0, square = 0, predicted = 0;
  constexpr int kRepeats = 4000;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    std::vector<float> x;
    for (const float h : shape) {
      const double mean = kWeight * static_cast<double>(h);
      x.push_back(static_cast<float>(mean + std::sqrt(kGain * mean) * rng.normal()));
    }
    DesignMatrix matrix;
    matrix.begin_scan(4);
    matrix.add_column(shape, peak, x);
    std::vector<float> w(1, 0);
    Deconvolver solver;
    solver.solve(matrix, {.delta = 1e9F}, w);
    ColumnErrors errors;
    errors.update(matrix, solver.residuals(), 1e9F);
    sum += static_cast<double>(w[0]);
    square += static_cast<double>(w[0]) * static_cast<double>(w[0]);
    predicted += std::sqrt(kGain) * static_cast<double>(errors.of(matrix, 0).counting) / kRepeats;
  }
  const double sd = std::sqrt(square / kRepeats - std::pow(sum / kRepeats, 2));
  EXPECT_NEAR(predicted / sd, 1, 0.05);
}

}  // namespace
}  // namespace overland::kernel
