#include "identify/transfer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "identify/transfer_donors.h"
#include "library_build/decoys.h"
#include "support/example_search.h"
#include "support/open_file_limit.h"

namespace overland::identify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRuns = 4;
constexpr std::size_t kSampleRun = 2;  // the first of the runs that lack half of the proteome

// Four runs of a library. Of its targets a quarter is nowhere; a quarter is in the first two runs
// alone; the rest is in all runs, but too weak in the last two to pass there by itself.
class Transfer : public testing::Test {
 protected:
  enum class Kind { absent, first_runs, everywhere };

  void SetUp() override {
    auto targets = support::example_targets(1500);
    EXPECT_GT(library_build::add_decoys(targets, 1, 1).made, 0U);
    ASSERT_TRUE(
        library::write_library(targets, {"drawn", "", "test"}, scratch_.path() / "drawn.lib"));
    auto opened = library::Library::open(scratch_.path() / "drawn.lib");
    ASSERT_TRUE(opened) << opened.error().message();
    library_ = std::make_unique<library::Library>(std::move(*opened));
    library_view_ = library_->view();
    std::vector<ScoreInput> inputs;
    for (std::size_t run = 0; run < kRuns; ++run) {
      const std::string name = "run" + std::to_string(run);
      draw_run(run, scratch_.path() / (name + ".psms"));
      inputs.push_back({name, scratch_.path() / (name + ".psms"), scratch_.path() / (name + ".s"),
                        scratch_.path() / (name + ".rows")});
      runs_.push_back({name, inputs.back().psms, inputs.back().rows, inputs.back().scores,
                       scratch_.path() / (name + ".matched")});
    }
    const auto scored =
        score_runs(inputs, scratch_.path(), library_view_, params::ScoreParameters::of(config_), 2);
    ASSERT_TRUE(scored) << scored.error().message();
  }

  [[nodiscard]] Kind kind(std::uint32_t precursor) const {
    const double u = Rng(3, library_view_.pair[precursor]).uniform();
    if (library_view_.is_decoy[precursor] != 0 || u < 0.25) return Kind::absent;
    return u < 0.5 ? Kind::first_runs : Kind::everywhere;
  }

  void draw_run(std::size_t run, const fs::path& file) const {
    search::PsmTable table;
    Rng rng(40 + run, 0);
    for (std::uint32_t p = 0; p < library_view_.precursor_count(); ++p) {
      const bool is_here =
          kind(p) == Kind::everywhere || (kind(p) == Kind::first_runs && run < kSampleRun);
      const double true_irt = 50 + 20 * Rng(4, library_view_.pair[p]).normal();
      for (int rank = 0; rank < 3; ++rank) {
        const bool is_true = is_here && rank == 1;
        const double shift = !is_true ? 0 : run < kSampleRun ? 4 : 1.6;
        const auto draw = [&] { return static_cast<float>(rng.normal() + shift); };
        search::PsmRow row;
        row.precursor = PrecursorId(p);
        row.apex_scan = RunScan(100 * p + static_cast<std::uint32_t>(rank));
        // The last runs' clocks are off by 2.
        const double clock = run < kSampleRun ? 0 : 2;
        row.irt_observed = static_cast<float>(
            clock + true_irt + (is_true ? 0.2 * rng.normal() : 10 * (rng.uniform() - 0.5)));
        row.group.match_score = 5 + draw();
        row.group.coelution = draw();
        row.group.sqrt_cosine = draw();
        row.group.fitted_cosine = draw();
        table.rows.push_back(row);
      }
    }
    EXPECT_TRUE(search::write_psms(table, file));
  }

  support::ScratchFolder scratch_;
  std::unique_ptr<library::Library> library_;
  library::LibraryView library_view_;
  params::SearchConfig config_;
  std::vector<TransferInput> runs_;
};

TEST_F(Transfer, finds_weak_precursors_and_keeps_its_error_rate) {
  config_.transfer.q_value = 0.05;
  const auto done = transfer_runs(runs_, library_view_, params::TransferParameters::of(config_), 2);
  ASSERT_TRUE(done) << done.error().message();
  std::size_t right = 0, absent = 0, other_peak = 0;
  for (std::size_t run = kSampleRun; run < kRuns; ++run) {
    const auto scores = read_scores(runs_[run].matched, {.precursors = 1U << 20});
    ASSERT_TRUE(scores);
    EXPECT_GT(done->irt_sd[run], 0.1);
    EXPECT_LT(done->irt_sd[run], 0.6);
    for (const ScoredRow& row : scores->rows) {
      if (row.is_matched == 0) continue;
      EXPECT_LE(row.transfer_q_value, 0.05);
      EXPECT_GT(row.q_value, 0.01) << "what passes by itself is no transfer";
      EXPECT_LE(row.global_q_value, 0.01);
      if (kind(row.precursor) == Kind::everywhere) {
        row.apex_scan.index() % 100 == 1 ? ++right : ++other_peak;
      } else {
        ++absent;
      }
    }
  }
  EXPECT_GT(right, 500U);
  EXPECT_LT(absent, (right + absent) / 12) << right << " right";
  EXPECT_LT(other_peak, right / 10);
}

TEST_F(Transfer, leaves_the_runs_own_rates_alone) {
  const auto done = transfer_runs(runs_, library_view_, params::TransferParameters::of(config_), 2);
  ASSERT_TRUE(done) << done.error().message();
  for (const TransferInput& run : runs_) {
    const auto before = read_scores(run.scores, {.precursors = 1U << 20});
    const auto after = read_scores(run.matched, {.precursors = 1U << 20});
    ASSERT_TRUE(before && after);
    ASSERT_EQ(before->rows.size(), after->rows.size());
    for (std::size_t i = 0; i < before->rows.size(); ++i) {
      const ScoredRow& a = before->rows[i];
      const ScoredRow& b = after->rows[i];
      EXPECT_EQ(std::tie(a.precursor, a.q_value, a.global_q_value, a.pep),
                std::tie(b.precursor, b.q_value, b.global_q_value, b.pep));
      if (b.is_matched == 0) {
        EXPECT_EQ(a.apex_scan, b.apex_scan);
      }
    }
  }
}

TEST_F(Transfer, threads_do_not_change_a_byte) {
  std::vector<std::string> wanted;
  for (const int threads : {1, 2, 3, 8}) {
    ASSERT_TRUE(
        transfer_runs(runs_, library_view_, params::TransferParameters::of(config_), threads));
    std::vector<std::string> bytes;
    for (const TransferInput& run : runs_) bytes.push_back(support::file_bytes(run.matched));
    if (wanted.empty()) wanted = bytes;
    EXPECT_TRUE(bytes == wanted) << threads;
  }
}

TEST_F(Transfer, opens_a_few_files_at_a_time) {
  std::vector<TransferInput> many;
  for (std::size_t r = 0; r < 40; ++r) {
    many.push_back(runs_[r % kRuns]);
    many.back().name = "copy" + std::to_string(r);
    many.back().matched = scratch_.path() / (many.back().name + ".matched");
  }
  const support::OpenFileLimit few(16);
  const auto done = transfer_runs(many, library_view_, params::TransferParameters::of(config_), 2);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_GT(done->targets[kSampleRun], 100U);
}

TEST(FitShift, follows_a_clock_that_runs_differently) {
  RunScores here, there;
  Rng rng(5, 0);
  for (std::uint32_t p = 0; p < 2000; ++p) {
    ScoredRow row;
    row.precursor = p;
    row.q_value = row.global_q_value = 0;
    const double irt = 100 * rng.uniform();
    row.irt_observed = static_cast<float>(irt);
    there.rows.push_back(row);
    row.irt_observed = static_cast<float>(irt + 3 * std::sin(irt / 20) + 0.3 * rng.normal() +
                                          (p % 20 == 0 ? 9 : 0));
    here.rows.push_back(row);
  }
  Donors donors(2000);
  donors.add(here);
  donors.add(there);
  const RunShift shift = fit_shift(here, donors);
  EXPECT_NEAR(shift.sd, 0.3, 0.1);
  for (double irt = 5; irt < 95; irt += 10) {
    EXPECT_NEAR(shift.expected(irt), irt + 3 * std::sin(irt / 20), 0.3) << irt;
  }
  here.rows.resize(10);
  Donors few(2000);
  few.add(here);
  few.add(here);
  EXPECT_EQ(fit_shift(here, few).sd, 0) << "too few to tell";
}

}  // namespace
}  // namespace overland::identify
