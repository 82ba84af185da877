// The parts of a search of one isolation window, and the search of windows with few scans.
#include "search/window_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/rng.h"
#include "support/view_example.h"

namespace overland::search {
namespace {

using support::example_apex;
using support::example_models;
using support::example_run;
using support::example_targets;
using support::hand_run;
using support::HandScan;
using support::ViewExample;

run::IsolationWindow window_of(std::size_t scans) {
  run::IsolationWindow window{.low_mz = 420, .high_mz = 440, .scans = {}};
  for (std::uint32_t scan = 0; scan < scans; ++scan) window.scans.push_back(RunScan(scan));
  return window;
}

std::vector<HandScan> empty_scans(const std::vector<float>& minutes) {
  std::vector<HandScan> scans;
  for (const float t : minutes)
    scans.push_back({.rt_minutes = t, .low_mz = 420, .high_mz = 440, .peaks = {}});
  return scans;
}

TEST(CorrectedScans, are_corrected_by_the_mass_error_of_their_time) {
  const ViewExample example(
      example_targets(1),
      hand_run({{.rt_minutes = 1, .low_mz = 420, .high_mz = 440, .peaks = {{500, 3}, {1000, 4}}},
                {.rt_minutes = 2, .low_mz = 420, .high_mz = 440, .peaks = {}},
                {.rt_minutes = 3, .low_mz = 420, .high_mz = 440, .peaks = {{500, 10}}}}));
  RunModels models;
  models.mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({1, 3}, {10, 20});
  CorrectedScans scans;
  scans.assign(example.view(), models, window_of(3));
  ASSERT_EQ(scans.scans().size(), 3U);
  EXPECT_NEAR(scans.scans()[0].mz[0], 500 * (1 - 10e-6), 1e-4);
  EXPECT_NEAR(scans.scans()[0].mz[1], 1000 * (1 - 10e-6), 1e-4);
  EXPECT_NEAR(scans.scans()[2].mz[0], 500 * (1 - 20e-6), 1e-4);
  EXPECT_EQ(scans.scans()[1].size(), 0U);
  EXPECT_EQ(scans.total(WindowScan(0)), 7);
  EXPECT_EQ(scans.total(WindowScan(1)), 0);
  EXPECT_EQ(scans.scans()[2].intensity[0], 10);
  scans.assign(example.view(), models, window_of(0));
  EXPECT_TRUE(scans.scans().empty()) << "of an earlier window nothing is left";
}

TEST(ScanTimes, never_fall_where_the_model_does) {
  const ViewExample example(example_targets(1), hand_run(empty_scans({1, 2, 3, 4})));
  calibrate::RtModel model;
  model.irt_of_rt = calibrate::PiecewiseLinear({1, 2, 3, 4}, {0, 10, 5, 12});
  ScanTimes times;
  times.assign(example.view(), model, window_of(4));
  EXPECT_EQ(times.irt, (std::vector<double>{0, 10, 10, 12}));
  EXPECT_EQ(times.rt_minutes, (std::vector<float>{1, 2, 3, 4}));
}

// From the first scan that reaches up to the iRT to the last one that reaches down to it.
RtIntervals::Scans scans_slowly(const calibrate::RtModel& model, const ScanTimes& times,
                                double irt) {
  RtIntervals::Scans scans{WindowScan(static_cast<std::uint32_t>(times.irt.size())), WindowScan(0)};
  for (std::uint32_t k = 0; k < times.irt.size(); ++k) {
    const double tolerance = model.tolerance_at(static_cast<double>(times.rt_minutes[k]));
    if (irt <= times.irt[k] + tolerance) scans.first = std::min(scans.first, WindowScan(k));
    if (irt >= times.irt[k] - tolerance) scans.last = WindowScan(k + 1);
  }
  scans.last = std::max(scans.first, scans.last);
  return scans;
}

TEST(RtIntervals, is_that_of_a_plain_loop) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Rng rng(seed, 0);
    calibrate::RtModel model;
    model.irt_of_rt = calibrate::PiecewiseLinear({0, 10}, {0, 100});
    model.tolerance_of_rt =
        calibrate::PiecewiseLinear({0, 5, 10}, {1 + 9 * rng.uniform(), 1, 1 + 20 * rng.uniform()});
    ScanTimes times;
    double t = 0;
    for (std::size_t k = 0; k < 40; ++k) {
      t += 0.5 * rng.uniform();
      times.rt_minutes.push_back(static_cast<float>(t));
      times.irt.push_back(10 * t);
    }
    RtIntervals reach;
    reach.assign(model, times);
    for (double irt = -30; irt < 150; irt += 0.7) {
      const auto got = reach.scans_of(irt);
      const auto want = scans_slowly(model, times, irt);
      ASSERT_EQ(got.first, want.first) << "seed " << seed << ", iRT " << irt;
      ASSERT_EQ(got.last, want.last) << "seed " << seed << ", iRT " << irt;
    }
  }
}

TEST(RtIntervals, includes_both_ends_of_the_tolerance) {
  calibrate::RtModel model;
  model.tolerance = 5;
  ScanTimes times{.rt_minutes = {1, 2, 3}, .irt = {10, 20, 30}};
  RtIntervals reach;
  reach.assign(model, times);
  const auto scans = [&](double irt) {
    const auto s = reach.scans_of(irt);
    return std::pair(s.first.index(), s.last.index());
  };
  EXPECT_EQ(scans(15), std::pair(0U, 2U)) << "5 from both scans";
  EXPECT_EQ(scans(14.9), std::pair(0U, 1U));
  EXPECT_EQ(scans(5), std::pair(0U, 1U));
  EXPECT_EQ(scans(4.9).first, scans(4.9).second) << "before the run";
  EXPECT_EQ(scans(35), std::pair(2U, 3U));
  EXPECT_EQ(scans(35.1).first, scans(35.1).second) << "after the run";
}

TEST(RtIntervals, without_a_model_is_the_whole_window_and_without_scans_nothing) {
  calibrate::RtModel model;
  model.tolerance = std::numeric_limits<double>::infinity();
  ScanTimes times{.rt_minutes = {1, 2}, .irt = {0, 0}};
  RtIntervals reach;
  reach.assign(model, times);
  EXPECT_EQ(reach.scans_of(1e6).first, WindowScan(0));
  EXPECT_EQ(reach.scans_of(1e6).last, WindowScan(2));
  reach.assign(model, {});
  EXPECT_EQ(reach.scans_of(0).first, reach.scans_of(0).last);
}

TEST(TraceSettings, take_delta_from_the_peaks_of_the_run) {
  RunModels models;
  models.median_peak_intensity = 2000;
  models.mass.tolerance = {-4, 6};
  params::SecondPassParameters config;
  config.second_pass.huber_delta_factor = 0.5;
  config.second_pass.min_matched = 4;
  const kernel::TraceSettings settings = trace_settings(models, config);
  EXPECT_EQ(settings.solver.delta, 1000);
  EXPECT_EQ(settings.min_matched, 4);
  EXPECT_EQ(settings.tolerance.low, -4);
  EXPECT_EQ(settings.tolerance.high, 6);
  config.calibration.huber = false;
  EXPECT_EQ(trace_settings(models, config).solver.delta, 1e4F);
  config.calibration.huber = true;
  models.median_peak_intensity = 0;
  EXPECT_EQ(trace_settings(models, config).solver.delta, 1e-3F) << "of an empty run, above 0";
}

TEST(WindowCenter, is_between_the_limits) {
  EXPECT_EQ(window_center({.low_mz = 420, .high_mz = 441, .scans = {}}), 430.5);
}

class SearchOfWindow : public ::testing::Test {
 protected:
  std::vector<PsmRow> rows_of(const ViewExample& example, std::uint16_t window) {
    return WindowSearch(example.view(), models_, config_, 1).run(WindowId(window), work_, pool_);
  }
  RunModels models_ = example_models();
  params::SecondPassParameters config_;
  WindowWorkspace work_;
  ScoringPool pool_;
};

TEST_F(SearchOfWindow, finds_what_elutes_where_it_elutes) {
  const auto targets = example_targets(60);
  const ViewExample example(targets, example_run(targets, {.noise_peaks = 200}));
  std::size_t present = 0, found = 0;
  for (std::uint16_t w = 0; w < example.view().windows.size(); ++w) {
    const auto rows = rows_of(example, w);
    for (std::size_t i = 1; i < rows.size(); ++i)
      EXPECT_LE(std::pair(rows[i - 1].precursor, rows[i - 1].rank),
                std::pair(rows[i].precursor, rows[i].rank));
    for (std::size_t t = 0; t < targets.size(); ++t) {
      const PrecursorId p = example.row_of(targets[t]);
      const float mz = example.view().library.precursor_mz[p.index()];
      const bool is_here = example.view().windows[w].isolates(Mz{static_cast<double>(mz)});
      if (!is_here || !support::is_present(t, {})) continue;
      ++present;
      for (const PsmRow& row : rows)
        if (row.precursor == p && row.rank == 0 &&
            std::abs(static_cast<double>(row.rt_minutes) - example_apex(targets[t])) < 0.06) {
          ++found;
          EXPECT_EQ(row.window, WindowId(w));
          EXPECT_LE(row.rt_start, row.rt_minutes);
          EXPECT_GE(row.rt_stop, row.rt_minutes);
          EXPECT_EQ(row.precursor_mz, mz);
          EXPECT_EQ(example.view().rt_of(row.apex_scan), row.rt_minutes);
          EXPECT_TRUE(std::isnan(row.other_window_cosine)) << "set once all windows are known";
        }
    }
  }
  EXPECT_GT(present, 30U);
  EXPECT_GT(found, present * 3 / 4);
}

TEST_F(SearchOfWindow, match_scores_are_those_of_the_best_peak_groups) {
  const auto targets = example_targets(60);
  const ViewExample example(targets, example_run(targets, {.noise_peaks = 200}));
  const WindowSearch pass(example.view(), models_, config_, 1);
  const auto best = pass.match_scores(WindowId(1), work_, pool_);
  WindowWorkspace other;
  std::map<PrecursorId, float> want;
  for (const PsmRow& row : pass.run(WindowId(1), other, pool_))
    want[row.precursor] = std::max(want[row.precursor], row.group.match_score);
  ASSERT_FALSE(want.empty());
  ASSERT_EQ(best.size(), want.size());
  for (const CandidateScore& candidate : best)
    EXPECT_NEAR(candidate.match_score, want.at(candidate.precursor), 1e-4F);
}

TEST_F(SearchOfWindow, a_floor_leaves_out_the_groups_below_it) {
  const auto targets = example_targets(60);
  const ViewExample example(targets, example_run(targets, {}));
  const auto all = rows_of(example, 0);
  ASSERT_GT(all.size(), 4U);
  std::vector<float> match_score;
  for (const PsmRow& row : all) match_score.push_back(row.group.match_score);
  std::ranges::sort(match_score);
  const float floor = match_score[match_score.size() / 2];
  const auto kept =
      WindowSearch(example.view(), models_, config_, 1, floor).run(WindowId(0), work_, pool_);
  EXPECT_LT(kept.size(), all.size());
  EXPECT_FALSE(kept.empty());
  for (const PsmRow& row : kept) EXPECT_GE(row.group.match_score, floor);
}

TEST_F(SearchOfWindow, without_isotopes_or_ms1_their_features_are_as_unknown) {
  const auto targets = example_targets(60);
  const ViewExample example(targets, example_run(targets, {.has_ms1 = false}));
  config_.second_pass.isotopes = false;
  const auto rows = rows_of(example, 0);
  ASSERT_FALSE(rows.empty());
  for (const PsmRow& row : rows) {
    EXPECT_TRUE(std::isnan(row.ms1.correlation));
    EXPECT_TRUE(std::isnan(row.ms1.lighter_ratio));
    EXPECT_EQ(row.transmitted, 0);
    EXPECT_EQ(row.isotope_cosine, 0);
  }
}

// All fragments of a target in one scan at its time.
HandScan scan_of(const library::LibraryPrecursor& target, float low, float high) {
  HandScan scan{.rt_minutes = static_cast<float>(example_apex(target)),
                .low_mz = low,
                .high_mz = high,
                .peaks = {}};
  for (const auto& fragment : target.fragments)
    scan.peaks.emplace_back(
        static_cast<float>(fragment_mz(target.peptide, fragment.ion).value * (1 + 1e-6)),
        fragment.intensity);
  std::ranges::sort(scan.peaks);
  const auto repeated = std::ranges::unique(
      scan.peaks, [](const auto& a, const auto& b) { return a.first == b.first; });
  scan.peaks.erase(repeated.begin(), repeated.end());
  return scan;
}

TEST_F(SearchOfWindow, a_window_of_one_scan_can_be_searched) {
  const auto targets = example_targets(1);
  const ViewExample example(targets, hand_run({scan_of(targets[0], 420, 500)}));
  ASSERT_EQ(example.view().windows.size(), 1U);
  const auto rows = rows_of(example, 0);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].apex_scan, RunScan(0));
  EXPECT_EQ(rows[0].rt_start, rows[0].rt_stop);
  EXPECT_GT(rows[0].group.sqrt_cosine, 0.95F);
  for (const PsmFeature& feature : psm_features())
    EXPECT_FALSE(std::isinf(feature.value(rows[0]))) << feature.name;
}

TEST_F(SearchOfWindow, a_precursor_at_a_limit_belongs_to_the_window_that_begins_there) {
  const auto targets = example_targets(1);
  const auto mz = static_cast<float>(precursor_mz(targets[0].peptide, targets[0].charge).value);
  config_.second_pass.min_transmitted = 1;  // no windows with heavier isotopes only
  const ViewExample example(
      targets, hand_run({scan_of(targets[0], mz - 20, mz), scan_of(targets[0], mz, mz + 20)}));
  ASSERT_EQ(example.view().windows.size(), 2U);
  ASSERT_EQ(example.view().library.precursor_mz[0], mz);
  EXPECT_TRUE(rows_of(example, 0).empty());
  EXPECT_EQ(rows_of(example, 1).size(), 1U);
}

TEST_F(SearchOfWindow, nothing_is_found_out_of_the_retention_time_or_without_candidates) {
  const auto targets = example_targets(1);
  HandScan scan = scan_of(targets[0], 420, 500);
  scan.rt_minutes += 0.2F;  // 20 iRT; the tolerance is 8
  const ViewExample late(targets, hand_run({scan}));
  EXPECT_TRUE(rows_of(late, 0).empty());
  scan = scan_of(targets[0], 700, 720);
  const ViewExample elsewhere(targets, hand_run({scan}));
  EXPECT_TRUE(rows_of(elsewhere, 0).empty());
  scan = scan_of(targets[0], 420, 500);
  scan.peaks.clear();
  const ViewExample silent(targets, hand_run({scan}));
  EXPECT_TRUE(rows_of(silent, 0).empty());
}

}  // namespace
}  // namespace overland::search
