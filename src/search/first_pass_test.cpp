#include "search/first_pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>

#include "library_build/decoys.h"
#include "support/view_example.h"

namespace overland::search {
namespace {

using support::example_models;
using support::example_run;
using support::example_targets;
using support::ViewExample;

class FirstPass : public ::testing::Test {
 protected:
  FirstPass() {
    std::vector<library::LibraryPrecursor> rows = targets_;
    EXPECT_GT(library_build::add_decoys(rows, 2, 1).made, 0U);
    example_ = std::make_unique<ViewExample>(rows, example_run(targets_, {.noise_peaks = 400}));
    for (std::uint32_t pair = 0; pair < targets_.size(); ++pair)
      folds_.push_back(static_cast<std::uint8_t>(pair % 3));
  }
  [[nodiscard]] const RunView& view() const { return example_->view(); }
  [[nodiscard]] FirstPassResult search(const RunModels& models, std::size_t max_scans = 1U << 20,
                                       int threads = 2) const {
    const auto result = first_pass({view(), folds_, threads}, models, max_scans, config_);
    EXPECT_TRUE(result) << result.error().message();
    return *result;
  }
  // Share of the confident precursors that elute, where they were found.
  [[nodiscard]] double share_right(const FirstPassResult& result) const {
    std::size_t right = 0;
    for (const FirstPassHit& hit : result.confident)
      for (std::size_t t = 0; t < targets_.size(); ++t) {
        if (example_->row_of(targets_[t]) != hit.precursor) continue;
        const double apart = std::abs(static_cast<double>(view().rt_of(hit.scan)) -
                                      support::example_apex(targets_[t]));
        right += support::is_present(t, {}) && apart < 0.15 ? 1U : 0U;
      }
    return static_cast<double>(right) / static_cast<double>(result.confident.size());
  }
  std::vector<library::LibraryPrecursor> targets_ = example_targets(160);
  std::unique_ptr<ViewExample> example_;
  std::vector<std::uint8_t> folds_;
  params::TuneParameters config_;
};

TEST_F(FirstPass, finds_surely_present_precursors_without_knowing_the_run) {
  const FirstPassResult result = search(uncalibrated(view(), config_));
  EXPECT_GT(result.confident.size(), 40U);
  EXPECT_GT(share_right(result), 0.95);
  EXPECT_GT(result.candidates, result.confident.size());
  std::set<PrecursorId> distinct;
  for (const FirstPassHit& hit : result.confident) {
    EXPECT_EQ(view().library.is_decoy[hit.precursor.index()], 0) << "targets only";
    EXPECT_TRUE(distinct.insert(hit.precursor).second);
    EXPECT_EQ(view().run.headers().ms_order[hit.scan.index()], 2);
  }
}

TEST_F(FirstPass, is_narrower_with_models) {
  const FirstPassResult wide = search(uncalibrated(view(), config_));
  const FirstPassResult narrow = search(example_models());
  EXPECT_LT(narrow.candidates, wide.candidates);
  EXPECT_EQ(narrow.scans, wide.scans);
  EXPECT_GT(share_right(narrow), 0.95);
}

TEST_F(FirstPass, queries_all_scans_or_evenly_fewer) {
  std::size_t scans = 0;
  for (const run::IsolationWindow& window : view().windows) scans += window.scans.size();
  const RunModels models = uncalibrated(view(), config_);
  EXPECT_EQ(search(models).scans, scans);
  EXPECT_EQ(search(models, scans).scans, scans) << "just enough";
  const auto half = search(models, scans - 1).scans;
  EXPECT_EQ(half, scans / 2) << "every other one";
  EXPECT_EQ(search(models, 1).scans, view().windows.size()) << "the first of each window";
}

TEST_F(FirstPass, is_the_same_for_any_number_of_threads) {
  const RunModels models = uncalibrated(view(), config_);
  const FirstPassResult one = search(models, 1U << 20, 1);
  for (const int threads : {2, 3, 8}) {
    const FirstPassResult more = search(models, 1U << 20, threads);
    EXPECT_EQ(more.candidates, one.candidates);
    ASSERT_EQ(more.confident.size(), one.confident.size());
    for (std::size_t i = 0; i < one.confident.size(); ++i) {
      EXPECT_EQ(more.confident[i].precursor, one.confident[i].precursor);
      EXPECT_EQ(more.confident[i].scan, one.confident[i].scan);
    }
  }
}

TEST_F(FirstPass, of_a_run_without_signal_takes_few_at_a_relaxed_q_value) {
  const ViewExample silent(targets_, support::hand_run({}));
  const auto result =
      first_pass({silent.view(), folds_, 1}, uncalibrated(silent.view(), config_), 100, config_);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->confident.empty());
  EXPECT_EQ(result->scans, 0U);
  EXPECT_DOUBLE_EQ(result->q_value, 5 * config_.first_pass.q_value);
}

TEST_F(FirstPass, uncalibrated_models_search_everywhere) {
  config_.first_pass.tolerance_ppm = 35;
  config_.calibration.nce = 29;
  const RunModels models = uncalibrated(view(), config_);
  EXPECT_EQ(models.mass.tolerance.low, -35);
  EXPECT_EQ(models.mass.tolerance.high, 35);
  EXPECT_TRUE(std::isinf(models.rt.tolerance_at(3)));
  EXPECT_EQ(models.nce_of(500, 2), 29);
  EXPECT_EQ(models.mass.method, calibrate::MassMethod::none);
}

}  // namespace
}  // namespace overland::search
