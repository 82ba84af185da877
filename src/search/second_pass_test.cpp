#include "search/second_pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <tuple>

#include "library_build/decoys.h"
#include "search/second_pass.h"
#include "support/view_example.h"

namespace overland::search {
namespace {

using support::example_models;
using support::example_run;
using support::example_targets;
using support::ViewExample;

PsmRow row_at(std::uint32_t precursor, std::uint16_t window, float minutes, float match_score) {
  PsmRow row;
  row.precursor = PrecursorId(precursor);
  row.window = WindowId(window);
  row.rt_minutes = minutes;
  row.precursor_mz = 435;
  row.group.match_score = match_score;
  row.group.sqrt_cosine = match_score / 10;
  row.group.coelution = match_score / 20;
  row.other_window_cosine = row.other_window_coelution = row.other_window_match_score = NAN;
  return row;
}

// 435 Th lies in both.
const std::vector<run::IsolationWindow> kOverlapping{{.low_mz = 420, .high_mz = 440, .scans = {}},
                                                     {.low_mz = 430, .high_mz = 450, .scans = {}}};

TEST(OtherWindows, each_row_gets_the_scores_of_the_best_of_another_window) {
  std::vector<PsmRow> rows{row_at(1, 0, 5.00F, 3), row_at(1, 1, 5.01F, 4), row_at(1, 1, 5.02F, 6)};
  add_other_window_features(rows, kOverlapping, 0.03);
  EXPECT_EQ(rows[0].other_window_match_score, 6);
  EXPECT_EQ(rows[0].other_window_cosine, 0.6F);
  EXPECT_EQ(rows[0].other_window_coelution, 0.3F);
  EXPECT_EQ(rows[1].other_window_match_score, 3);
  EXPECT_EQ(rows[2].other_window_match_score, 3);
}

TEST(OtherWindows, rows_far_in_time_or_of_another_precursor_do_not_count) {
  std::vector<PsmRow> rows{row_at(1, 0, 5, 3), row_at(1, 1, 5.5F, 4), row_at(2, 1, 5, 9)};
  add_other_window_features(rows, kOverlapping, 0.25);
  for (const PsmRow& row : rows) {
    EXPECT_EQ(row.other_window_match_score, 0) << "could have been seen, and was not";
    EXPECT_EQ(row.other_window_cosine, 0);
  }
  add_other_window_features(rows, kOverlapping, 0.5);
  EXPECT_EQ(rows[0].other_window_match_score, 4) << "just near enough";
}

TEST(OtherWindows, of_equal_rows_the_first_counts) {
  std::vector<PsmRow> rows{row_at(1, 0, 5, 3), row_at(1, 1, 5, 4), row_at(1, 1, 5, 4)};
  rows[1].group.sqrt_cosine = 0.11F;
  add_other_window_features(rows, kOverlapping, 1);
  EXPECT_EQ(rows[0].other_window_cosine, 0.11F);
}

TEST(OtherWindows, windows_of_another_condition_do_not_count) {
  std::vector<run::IsolationWindow> windows = kOverlapping;
  windows[1].condition.voltage = -60;
  std::vector<PsmRow> rows{row_at(1, 0, 5, 3), row_at(1, 1, 5, 4)};
  add_other_window_features(rows, windows, 1);
  for (const PsmRow& row : rows) EXPECT_TRUE(std::isnan(row.other_window_match_score));
}

TEST(OtherWindows, what_one_window_isolates_has_no_such_feature) {
  std::vector<PsmRow> rows{row_at(1, 0, 5, 3), row_at(1, 1, 5, 4)};
  for (PsmRow& row : rows) row.precursor_mz = 425;
  add_other_window_features(rows, kOverlapping, 1);
  EXPECT_TRUE(std::isnan(rows[0].other_window_match_score));
  for (PsmRow& row : rows) row.precursor_mz = 440;  // where the first window ends
  add_other_window_features(rows, kOverlapping, 1);
  EXPECT_TRUE(std::isnan(rows[0].other_window_cosine));
  for (PsmRow& row : rows) row.precursor_mz = 430;  // where the second begins
  add_other_window_features(rows, kOverlapping, 1);
  EXPECT_EQ(rows[0].other_window_match_score, 4);
  std::vector<PsmRow> none;
  add_other_window_features(none, kOverlapping, 1);
  EXPECT_TRUE(none.empty());
}

class SecondPass : public ::testing::Test {
 protected:
  SecondPass() {
    std::vector<library::LibraryPrecursor> rows = example_targets(120);
    const std::vector<library::LibraryPrecursor> targets = rows;
    EXPECT_GT(library_build::add_decoys(rows, 1, 1).made, 0U);
    example_ = std::make_unique<ViewExample>(rows, example_run(targets, {.noise_peaks = 600}));
  }
  [[nodiscard]] const RunView& view() const { return example_->view(); }
  [[nodiscard]] std::string bytes_of(const PsmTable& table) const {
    const auto file = example_->folder() / "psms.arrow";
    EXPECT_TRUE(write_psms(table, file));
    return support::file_bytes(file);
  }
  std::unique_ptr<ViewExample> example_;
  RunModels models_ = example_models();
  params::SecondPassParameters config_;
};

TEST_F(SecondPass, has_rows_by_precursor_window_and_rank_for_any_number_of_threads) {
  const PsmTable table = second_pass(view(), models_, config_, 1);
  ASSERT_GT(table.rows.size(), 100U);
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const auto place = [&](std::size_t r) {
      const PsmRow& row = table.rows[r];
      return std::tuple(row.precursor, row.window, row.rank);
    };
    EXPECT_LT(place(i - 1), place(i));
  }
  const std::string bytes = bytes_of(table);
  for (const int threads : {2, 3, 8})
    EXPECT_TRUE(bytes_of(second_pass(view(), models_, config_, threads)) == bytes) << threads;
}

TEST_F(SecondPass, targets_match_better_than_decoys) {
  double sum[2] = {0, 0};
  std::size_t count[2] = {0, 0};
  for (const PsmRow& row : second_pass(view(), models_, config_, 2).rows) {
    if (row.rank != 0) continue;
    const std::uint8_t is_decoy = view().library.is_decoy[row.precursor.index()];
    sum[is_decoy] += static_cast<double>(row.group.match_score);
    ++count[is_decoy];
  }
  ASSERT_GT(count[1], 5U);
  EXPECT_GT(sum[0] / static_cast<double>(count[0]), 1.5 * sum[1] / static_cast<double>(count[1]));
}

TEST_F(SecondPass, a_run_without_windows_has_no_rows) {
  const ViewExample silent(example_targets(5), support::hand_run({{.rt_minutes = 1}}));
  EXPECT_TRUE(silent.view().windows.empty());
  EXPECT_TRUE(second_pass(silent.view(), models_, config_, 2).rows.empty());
}

TEST_F(SecondPass, small_libraries_have_no_floor) {
  EXPECT_EQ(candidate_cutoff(view(), models_, config_, 2), 0);
  config_.second_pass.least_candidates = view().library.precursor_count();
  EXPECT_EQ(candidate_cutoff(view(), models_, config_, 2), 0) << "as many as may be kept";
  config_.second_pass.least_candidates = 1;
  config_.second_pass.kept_candidates = 0;
  EXPECT_EQ(candidate_cutoff(view(), models_, config_, 2), 0) << "0 keeps all";
}

// Windows of two compensation voltages alternate; those of the first hold no scan.
TEST_F(SecondPass, the_floor_is_taken_from_the_windows_of_every_condition) {
  config_.second_pass.least_candidates = 1;
  config_.second_pass.kept_candidates = 1;
  RunView mixed = view();
  mixed.windows.clear();
  for (int copy = 0; copy < 8; ++copy)
    for (const run::IsolationWindow& window : view().windows) {
      mixed.windows.push_back({.low_mz = window.low_mz, .high_mz = window.high_mz, .scans = {}});
      mixed.windows.push_back(window);
      mixed.windows.back().condition.voltage = -40;
    }
  EXPECT_GT(candidate_cutoff(mixed, models_, config_, 1), 0);
}

TEST_F(SecondPass, a_floor_keeps_about_as_many_as_are_wanted) {
  config_.second_pass.least_candidates = 1;
  config_.second_pass.kept_candidates = 1;
  const float floor = candidate_cutoff(view(), models_, config_, 1);
  EXPECT_GT(floor, 0);
  EXPECT_EQ(candidate_cutoff(view(), models_, config_, 3), floor);
  config_.second_pass.kept_candidates = 2;
  EXPECT_LE(candidate_cutoff(view(), models_, config_, 1), floor) << "more are kept";
  config_.second_pass.kept_candidates = 1;
  const PsmTable kept = second_pass(view(), models_, config_, 2);
  config_.second_pass.kept_candidates = 0;
  const PsmTable all = second_pass(view(), models_, config_, 2);
  EXPECT_LT(kept.rows.size(), all.rows.size());
  for (const PsmRow& row : kept.rows) EXPECT_GE(row.group.match_score, floor);
}

TEST(StartingEnergy, is_the_configured_one_or_that_of_the_library) {
  library::LibraryView plain, spline;
  spline.form.spline = library::SplineForm{.reference_nce = 31};
  EXPECT_EQ(starting_nce(plain, 0), 0);
  EXPECT_EQ(starting_nce(plain, 28), 28);
  EXPECT_EQ(starting_nce(spline, 0), 31);
  EXPECT_EQ(starting_nce(spline, 28), 28);
}

}  // namespace
}  // namespace overland::search
