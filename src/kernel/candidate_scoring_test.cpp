#include "kernel/candidate_scoring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/allocation_counter.h"
#include "base/rng.h"
#include "support/slow_match.h"

namespace overland::kernel {
namespace {

constexpr PpmWindow kTolerance{-9, 11};

// Scans and candidates that share a small pool of m/z values, so that peaks are contested.
struct RandomTask {
  std::vector<std::vector<float>> mz, intensity;
  TraceLayout layout;

  RandomTask(Rng& rng, std::size_t scan_count, std::size_t candidates) {
    std::vector<double> pool(50);
    for (double& m : pool) m = 200 + 1000 * rng.uniform();
    for (std::size_t k = 0; k < scan_count; ++k) add_scan(rng, pool);
    layout.clear();
    for (std::size_t c = 0; c < candidates; ++c) {
      const auto first = static_cast<std::uint32_t>(c == 0 ? 0 : rng.below(scan_count));
      const std::uint64_t longest = scan_count - first;
      const auto length = static_cast<std::uint32_t>(c == 1 ? longest : 1 + rng.below(longest));
      std::vector<float> fragment_mz(1 + rng.below(14));  // more than kTraceFragments now and then
      std::vector<float> fragment_intensity(fragment_mz.size());
      for (std::size_t f = 0; f < fragment_mz.size(); ++f) {
        fragment_mz[f] = static_cast<float>(pool[rng.below(pool.size())]);
        fragment_intensity[f] = static_cast<float>(0.05 + rng.uniform());
      }
      const CandidateId id(static_cast<std::uint32_t>(c));
      layout.add(PrecursorId(id.index()), WindowScan(first), WindowScan(first + length),
                 fragment_mz);
      layout.set_template(id, fragment_intensity, {});
    }
  }

  void add_scan(Rng& rng, const std::vector<double>& pool) {
    std::map<float, float> peaks;
    const bool is_empty = rng.below(6) == 0;
    for (const double m : pool) {
      if (is_empty || rng.below(4) == 0) continue;
      const double ppm = 30 * rng.uniform() - 15;
      peaks[static_cast<float>(m * (1 + 1e-6 * ppm))] =
          static_cast<float>(1e3 * pinned::exp(2 * rng.normal()));
      if (rng.below(3) == 0) peaks[static_cast<float>(m * (1 + 4e-6))] = 77;  // a rival nearby
    }
    mz.emplace_back();
    intensity.emplace_back();
    for (const auto& [m, x] : peaks) {
      mz.back().push_back(m);
      intensity.back().push_back(x);
    }
  }

  [[nodiscard]] const std::vector<ScanPeaks>& scans() const {
    views.clear();
    for (std::size_t k = 0; k < mz.size(); ++k) views.push_back({mz[k], intensity[k]});
    return views;
  }
  mutable std::vector<ScanPeaks> views;  // a pass reads them until its results are read
};

bool is_in_interval(const TraceLayout& layout, CandidateId c, std::size_t scan) {
  return scan >= layout.first_scan[c.index()].index() && scan < layout.last_scan[c.index()].index();
}

// One scan as a dense problem in double precision.
struct DenseScan {
  std::vector<CandidateId> owner;              // of each column
  std::vector<std::vector<double>> templates;  // per column, one value per row
  std::vector<std::vector<bool>> has_entry;    // per column and row
  std::vector<double> observed;                // rows: all peaks, then missed fragments

  DenseScan(const RandomTask& task, std::size_t scan, std::uint8_t min_matched) {
    const auto& peaks = task.mz[scan];
    for (const float x : task.intensity[scan]) observed.push_back(static_cast<double>(x));
    for (CandidateId c; c.index() < task.layout.size(); ++c) {
      if (!is_in_interval(task.layout, c, scan)) continue;
      std::map<std::size_t, double> entries;
      std::vector<double> missed;
      int matched = 0;
      for (std::size_t f = 0; f < task.layout.template_mz(c).size(); ++f) {
        const auto value = static_cast<double>(task.layout.template_intensity(c)[f]);
        const std::int32_t peak =
            support::nearest_slowly(peaks, task.layout.template_mz(c)[f], kTolerance);
        if (peak >= 0) {
          entries[static_cast<std::size_t>(peak)] += value;
          ++matched;
        } else {
          missed.push_back(value);
        }
      }
      if (matched < min_matched) continue;
      for (const double value : missed) {
        entries[observed.size()] = value;
        observed.push_back(0);
      }
      owner.push_back(c);
      templates.emplace_back();
      has_entry.emplace_back();
      for (const auto& [row, value] : entries) {
        templates.back().resize(row + 1, 0);
        has_entry.back().resize(row + 1, false);
        templates.back()[row] = value;
        has_entry.back()[row] = true;
      }
    }
    for (auto& column : templates) column.resize(observed.size(), 0);
    for (auto& column : has_entry) column.resize(observed.size(), false);
  }

  [[nodiscard]] std::vector<double> residuals(std::span<const double> weights) const {
    std::vector<double> r(observed.size());
    for (std::size_t i = 0; i < r.size(); ++i) {
      r[i] = -observed[i];
      for (std::size_t j = 0; j < weights.size(); ++j) r[i] += templates[j][i] * weights[j];
    }
    return r;
  }

  [[nodiscard]] double loss(std::span<const double> weights, double delta) const {
    double sum = 0;
    for (const double r : residuals(weights)) {
      sum += delta * delta * (std::sqrt(1 + r * r / delta / delta) - 1);
    }
    return sum;
  }

  // A fresh solve from 0, by the same majorised steps but dense and in double precision.
  [[nodiscard]] std::vector<double> solve(double delta) const {
    std::vector<double> w(owner.size(), 0);
    std::vector<double> r = residuals(w);
    for (int sweep = 0; sweep < 3000; ++sweep) {
      for (std::size_t j = 0; j < w.size(); ++j) {
        double gradient = 0;
        double curvature = 0;
        for (std::size_t i = 0; i < r.size(); ++i) {
          const double s = templates[j][i] / std::sqrt(1 + r[i] * r[i] / delta / delta);
          gradient += s * r[i];
          curvature += s * templates[j][i];
        }
        const double updated = std::max(0.0, w[j] - gradient / curvature);
        for (std::size_t i = 0; i < r.size(); ++i) r[i] += templates[j][i] * (updated - w[j]);
        w[j] = updated;
      }
    }
    return w;
  }
};

TraceSettings tight_settings() {
  TraceSettings settings;
  settings.tolerance = kTolerance;
  settings.min_matched = 3;
  settings.solver = {.delta = 3e3F, .relative_tolerance = 1e-6F, .max_sweeps = 20000};
  return settings;
}

DenseTrace whole_trace(const CandidateScoring& pass, const TraceLayout& layout, CandidateId c) {
  DenseTrace trace;
  pass.load(*pass.find_kept(c), 0, layout.last_scan[c.index()] - layout.first_scan[c.index()],
            trace);
  return trace;
}

void expect_matches(const RandomTask& task, const CandidateScoring& pass) {
  for (CandidateId c; c.index() < task.layout.size(); ++c) {
    const DenseTrace trace = whole_trace(pass, task.layout, c);
    for (std::size_t point = 0; point < trace.points.size(); ++point) {
      const std::size_t k = task.layout.first_scan[c.index()].index() + point;
      int matched = 0;
      for (std::size_t f = 0; f < kTraceFragments; ++f) {
        float expected = 0;
        std::int32_t expected_peak = -1;
        if (f < task.layout.fragment_count[c.index()]) {
          expected_peak =
              support::nearest_slowly(task.mz[k], task.layout.template_mz(c)[f], kTolerance);
          if (expected_peak >= 0) {
            expected = task.intensity[k][static_cast<std::size_t>(expected_peak)];
            ++matched;
          }
        }
        ASSERT_EQ(trace.intensity[point * kTraceFragments + f], expected)
            << c.index() << ' ' << k << ' ' << f;
        ASSERT_EQ(trace.peaks[point][f], expected_peak);
      }
      ASSERT_EQ(trace.matched[point], matched) << c.index() << ' ' << k;
    }
  }
}

// Formulas of PointScores from the dense problem and the weights of the pass.
PointScores scores_slowly(const DenseScan& dense, std::span<const double> weights, std::size_t j) {
  const std::vector<double> r = dense.residuals(weights);
  double dot = 0, left_norm = 0, norm = 0, residual = 0, fitted_sum = 0, own = 0, seen = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!dense.has_entry[j][i]) continue;
    const double a = dense.templates[j][i];
    const double fitted = a * weights[j];
    const double left = std::max(0.0, fitted - r[i]);
    dot += a * left;
    left_norm += left * left;
    norm += a * a;
    residual += std::abs(r[i]);
    fitted_sum += fitted;
    seen += dense.observed[i];
    if (dense.observed[i] > 0) own += std::min(fitted, dense.observed[i]);
  }
  PointScores s;
  s.weight = static_cast<float>(weights[j]);
  s.fitted_cosine = static_cast<float>(left_norm > 0 ? dot / std::sqrt(left_norm * norm) : 0);
  s.residual_fraction =
      static_cast<float>(fitted_sum > 0 ? std::min(residual / fitted_sum, 100.0) : 100);
  s.purity = static_cast<float>(seen > 0 ? own / seen : 0);
  return s;
}

// Karush-Kuhn-Tucker: gradient 0 where w > 0, not negative where w = 0.
void expect_optimal(const DenseScan& dense, std::span<const double> weights, double delta) {
  const std::vector<double> r = dense.residuals(weights);
  for (std::size_t j = 0; j < weights.size(); ++j) {
    double gradient = 0;
    double scale = 0;
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double force = r[i] / std::sqrt(1 + r[i] * r[i] / delta / delta);
      gradient += dense.templates[j][i] * force;
      scale += dense.templates[j][i] * std::abs(force);
    }
    EXPECT_GE(weights[j], 0);
    EXPECT_GE(gradient, -2e-3 * scale - 1e-3) << j;
    if (weights[j] > 0) {
      EXPECT_LE(gradient, 2e-3 * scale + 1e-3) << j;
    }
  }
}

// One scan of a pass against the dense twin; returns its number of columns.
std::size_t expect_scan(const RandomTask& task, const CandidateScoring& pass, std::uint32_t scan,
                        const TraceSettings& settings) {
  const DenseScan dense(task, scan, settings.min_matched);
  const auto delta = static_cast<double>(settings.solver.delta);
  const std::vector<double> fresh = dense.solve(delta);
  std::vector<double> weights;
  for (const CandidateId c : dense.owner) {
    const DenseTrace trace = whole_trace(pass, task.layout, c);
    weights.push_back(
        static_cast<double>(trace.points[scan - task.layout.first_scan[c.index()].index()].weight));
  }
  expect_optimal(dense, weights, delta);
  EXPECT_NEAR(dense.loss(weights, delta), dense.loss(fresh, delta),
              1e-4 * dense.loss(fresh, delta) + 1e-3);
  double largest = 1;
  for (const double w : fresh) largest = std::max(largest, w);
  for (std::size_t j = 0; j < weights.size(); ++j) {
    EXPECT_NEAR(weights[j], fresh[j], 2e-2 * largest) << "scan " << scan << " column " << j;
    const CandidateId c = dense.owner[j];
    const DenseTrace trace = whole_trace(pass, task.layout, c);
    const PointScores& got = trace.points[scan - task.layout.first_scan[c.index()].index()];
    const PointScores expected = scores_slowly(dense, weights, j);
    EXPECT_NEAR(got.fitted_cosine, expected.fitted_cosine, 2e-3);
    EXPECT_NEAR(got.residual_fraction, expected.residual_fraction,
                2e-3 * static_cast<double>(expected.residual_fraction));
    EXPECT_NEAR(got.purity, expected.purity, 1e-3);
  }
  for (CandidateId c; c.index() < task.layout.size(); ++c) {  // all others are 0
    if (!is_in_interval(task.layout, c, scan)) continue;
    if (std::find(dense.owner.begin(), dense.owner.end(), c) != dense.owner.end()) continue;
    const DenseTrace trace = whole_trace(pass, task.layout, c);
    const PointScores& got = trace.points[scan - task.layout.first_scan[c.index()].index()];
    EXPECT_EQ(got.weight + got.fitted_cosine + got.residual_fraction + got.purity, 0);
  }
  return dense.owner.size();
}

SolverCounts run(CandidateScoring& pass, const RandomTask& task, const TraceSettings& settings) {
  ScoringScratch scratch;
  return pass.run(task.layout, task.scans(), settings, scratch);
}

TEST(CandidateScoring, equals_a_fresh_dense_solve_of_every_scan) {
  Rng rng(11, 0);
  CandidateScoring pass;  // one for all tasks: what it kept from the last must not matter
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE(round);
    const std::size_t scan_count = round == 0 ? 1 : 1 + rng.below(20);
    RandomTask task(rng, scan_count, 1 + rng.below(9));
    const TraceSettings settings = tight_settings();
    const SolverCounts counts = run(pass, task, settings);
    expect_matches(task, pass);
    std::uint64_t columns = 0;
    for (std::uint32_t k = 0; k < scan_count; ++k) columns += expect_scan(task, pass, k, settings);
    EXPECT_EQ(counts.columns, columns);
    if (HasFailure()) break;
  }
}

TEST(CandidateScoring, a_pass_does_not_depend_on_the_one_before) {
  Rng rng(12, 0);
  CandidateScoring reused;
  for (int round = 0; round < 10; ++round) {
    RandomTask task(rng, 1 + rng.below(15), rng.below(12));
    CandidateScoring fresh;
    run(reused, task, tight_settings());
    run(fresh, task, tight_settings());
    for (CandidateId c; c.index() < task.layout.size(); ++c) {
      const DenseTrace before = whole_trace(reused, task.layout, c);
      const DenseTrace now = whole_trace(fresh, task.layout, c);
      for (std::size_t k = 0; k < now.points.size(); ++k) {
        EXPECT_EQ(before.points[k].weight, now.points[k].weight);
      }
    }
  }
}

TEST(CandidateScoring, no_scans_and_no_candidates_are_fine) {
  CandidateScoring pass;
  TraceLayout layout;
  ScoringScratch scratch;
  EXPECT_EQ(pass.run(layout, {}, tight_settings(), scratch).scans, 0U);
  layout.clear();
  const std::vector<float> mz{300};
  const std::vector<float> intensity{5};
  const std::vector<ScanPeaks> scans{{mz, intensity}};
  EXPECT_EQ(pass.run(layout, scans, tight_settings(), scratch).scans, 0U);
  EXPECT_EQ(pass.chunk_count(), 0U);
}

// With groups asked for, candidates are dropped that have none, and of the others the scans
// outside.
TEST(CandidateScoring, keeps_what_belongs_to_peak_groups) {
  Rng rng(15, 0);
  std::size_t kept = 0;
  std::size_t dropped = 0;
  for (int round = 0; round < 20; ++round) {
    RandomTask task(rng, 1 + rng.below(40), 1 + rng.below(12));
    TraceSettings settings = tight_settings();
    CandidateScoring all;
    run(all, task, settings);
    settings.groups = {4, 1.5F};
    CandidateScoring pass;
    run(pass, task, settings);
    std::size_t next = 0;
    for (CandidateId c; c.index() < task.layout.size(); ++c) {
      const DenseTrace whole = whole_trace(all, task.layout, c);
      const PeakGroups groups = find_peak_groups(
          {whole.intensity, whole.matched, whole.points, task.layout.template_intensity(c)},
          settings.groups);
      if (groups.count == 0) {
        EXPECT_EQ(pass.find_kept(c), nullptr);
        ++dropped;
        continue;
      }
      ASSERT_LT(next, pass.found(0).size());
      const FoundCandidate& found = pass.found(0)[next++];
      ASSERT_EQ(found.candidate, c);
      ASSERT_EQ(found.groups.count, groups.count);
      for (std::size_t g = 0; g < groups.count; ++g) {
        const PeakGroup& group = groups.group[g];
        EXPECT_EQ(found.groups.group[g].apex, group.apex);
        EXPECT_EQ(found.groups.group[g].left, group.left);
        const std::uint32_t first = group.left > 0 ? group.left - 1 : 0;
        const auto last = std::min<std::uint32_t>(group.right + 2,
                                                  static_cast<std::uint32_t>(whole.matched.size()));
        DenseTrace part;
        pass.load(found, first, last, part);
        for (std::uint32_t k = first; k < last; ++k) {
          EXPECT_EQ(part.peaks[k - first], whole.peaks[k]);
          EXPECT_EQ(part.matched[k - first], whole.matched[k]);
          EXPECT_EQ(part.points[k - first].residual_fraction > 0, whole.matched[k] >= 3);
        }
        ++kept;
      }
    }
    EXPECT_EQ(next, pass.found(0).size());
  }
  EXPECT_GT(kept, 20U);
  EXPECT_GT(dropped, 20U);
}

TEST(CandidateScoring, candidates_that_are_not_found_need_no_template) {
  Rng rng(16, 0);
  std::size_t shaped = 0;
  std::size_t candidates = 0;
  for (int round = 0; round < 20; ++round) {
    const RandomTask task(rng, 1 + rng.below(20), 1 + rng.below(12));
    TraceSettings settings = tight_settings();
    settings.groups = {4, 1.5F};
    TraceLayout bare;
    bare.clear();
    for (CandidateId c; c.index() < task.layout.size(); ++c) {
      bare.add(task.layout.precursor[c.index()], task.layout.first_scan[c.index()],
               task.layout.last_scan[c.index()], task.layout.template_mz(c));
    }
    CandidateScoring all;
    run(all, task, settings);
    CandidateScoring when_found;
    ScoringScratch scratch;
    when_found.begin(bare, task.scans(), settings);
    for (CandidateId c; c.index() < bare.size(); ++c) {
      if (!when_found.find(c, scratch)) continue;
      bare.set_template(c, task.layout.template_intensity(c), {});
      when_found.keep(c, scratch);
      ++shaped;
    }
    candidates += bare.size();
    ASSERT_EQ(when_found.found(0).size(), all.found(0).size());
    for (const FoundCandidate& found : all.found(0)) {
      const FoundCandidate* other = when_found.find_kept(found.candidate);
      ASSERT_NE(other, nullptr);
      EXPECT_NEAR(other->groups.group[0].match_score, found.groups.group[0].match_score, 1e-5);
    }
  }
  EXPECT_GT(shaped, 20U);
  EXPECT_LT(shaped, candidates);
}

// Scans of 200 peaks, 20 candidates active at any time.
struct LongTask {
  std::vector<std::vector<float>> mz, intensity;
  std::vector<ScanPeaks> scans;
  TraceLayout layout;
  explicit LongTask(std::uint32_t scan_count) {
    Rng rng(14, 0);
    layout.clear();
    for (std::uint32_t k = 0; k < scan_count; ++k) {
      mz.emplace_back(200);
      intensity.emplace_back(200);
      for (std::size_t i = 0; i < 200; ++i) {
        mz.back()[i] = 200 + static_cast<float>(i) * 3;
        intensity.back()[i] = static_cast<float>(1 + 1e4 * rng.uniform());
      }
    }
    for (std::uint32_t k = 0; k < scan_count; ++k) scans.push_back({mz[k], intensity[k]});
    for (std::uint32_t first = 0; first + 20 <= scan_count; ++first) {
      std::vector<float> fragment_mz;
      for (int f = 0; f < 12; ++f) {
        fragment_mz.push_back(200 + 3 * static_cast<float>(rng.below(220)));
      }
      layout.add(PrecursorId(first), WindowScan(first), WindowScan(first + 20), fragment_mz);
      layout.set_template(CandidateId(first), std::vector<float>(12, 1.0F), {});
    }
  }
};

std::uint64_t allocations_of(CandidateScoring& pass, ScoringScratch& scratch,
                             const LongTask& task) {
  const std::uint64_t before = allocation_count();
  pass.run(task.layout, task.scans, {}, scratch);
  return allocation_count() - before;
}

TEST(CandidateScoring, a_warm_pass_allocates_nothing) {
  for (const std::uint32_t scans : {50U, 500U}) {
    const LongTask task(scans);
    CandidateScoring pass;
    ScoringScratch scratch;
    EXPECT_GT(allocations_of(pass, scratch, task), 0U) << "the counter does not count";
    EXPECT_EQ(allocations_of(pass, scratch, task), 0U) << scans;
  }
}

// Which scratch serves which chunk, and when, must not matter.
TEST(CandidateScoring, chunks_may_be_done_in_any_order_with_any_scratch) {
  const LongTask task(3000);
  const TraceSettings settings;
  CandidateScoring in_order;
  CandidateScoring other;
  std::array<ScoringScratch, 3> scratch;
  const SolverCounts counts = in_order.run(task.layout, task.scans, settings, scratch[0]);
  other.begin(task.layout, task.scans, settings);
  ASSERT_GT(other.chunk_count(), 2U);
  for (std::size_t i = other.chunk_count(); i-- > 0;) {
    const auto [first, last] = other.candidates_of(i);
    for (CandidateId c = first; c < last; ++c) {
      if (other.find(c, scratch[i % 3])) other.keep(c, scratch[i % 3]);
    }
  }
  SolverCounts others;
  const std::size_t parts = other.gather_columns();
  ASSERT_GT(parts, 2U);
  for (std::size_t i = parts; i-- > 0;) others += other.solve(i, scratch[(i + 1) % 3].solver);
  for (std::uint32_t c = 0; c < task.layout.size(); ++c) {
    const DenseTrace a = whole_trace(in_order, task.layout, CandidateId(c));
    const DenseTrace b = whole_trace(other, task.layout, CandidateId(c));
    ASSERT_EQ(a.peaks, b.peaks);
    for (std::size_t k = 0; k < a.points.size(); ++k) {
      ASSERT_EQ(a.points[k].weight, b.points[k].weight);
    }
  }
  EXPECT_EQ(counts.sweeps, others.sweeps);
  EXPECT_EQ(counts.columns, others.columns);
}

}  // namespace
}  // namespace overland::kernel
