#include "identify/train_rescorer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "identify/psm_blocks.h"
#include "library_build/decoys.h"
#include "scoring/false_discovery.h"
#include "support/example_search.h"

namespace overland::identify {
namespace {

namespace fs = std::filesystem;

// Tables of runs in which `real_share` of a library's targets are really there: the first groups of
// these have better features.
class TrainRescorer : public testing::Test {
 protected:
  void SetUp() override {
    auto targets = support::example_targets(600);
    EXPECT_GT(library_build::add_decoys(targets, 1, 1).made, 0U);
    ASSERT_TRUE(
        library::write_library(targets, {"drawn", "", "test"}, scratch_.path() / "drawn.lib"));
    auto opened = library::Library::open(scratch_.path() / "drawn.lib");
    ASSERT_TRUE(opened) << opened.error().message();
    library_ = std::make_unique<library::Library>(std::move(*opened));
    competition_ = competition_groups(view(), 1);
    settings_.trees.rounds = 20;
    settings_.min_trees_targets = 100;
  }

  [[nodiscard]] library::LibraryView view() const { return library_->view(); }
  [[nodiscard]] bool is_real(std::uint32_t p) const {
    return view().is_decoy[p] == 0 && Rng(3, view().pair[p]).uniform() < 0.5;
  }

  RunPsms add_run(const std::string& name, std::uint64_t seed) {
    search::PsmTable table;
    Rng rng(seed, 0);
    for (std::uint32_t p = 0; p < view().precursor_count(); ++p) {
      for (std::uint64_t rank = 0; rank < 1 + rng.below(3); ++rank) {
        const float shift = is_real(p) && rank == 0 ? 3 : 0;
        const auto draw = [&] { return static_cast<float>(rng.normal()) + shift; };
        search::PsmRow row;
        row.precursor = PrecursorId(p);
        row.group.match_score = 5 + draw();
        row.group.coelution = draw();
        row.group.sqrt_cosine = draw();
        row.group.fitted_cosine = draw();
        row.group.purity = draw();
        table.rows.push_back(row);
      }
    }
    const RunPsms run{name, scratch_.path() / (name + ".arrow")};
    EXPECT_TRUE(search::write_psms(table, run.psms));
    return run;
  }

  [[nodiscard]] RescoringJob job(const std::vector<RunPsms>& runs, std::size_t rows,
                                 int threads = 2) {
    library_view_ = view();
    return {runs, library_view_, competition_, settings_, rows, threads};
  }

  std::vector<float> scores(const RunPsms& run, const TrainedRescorer& trained,
                            const RescoringJob& job) {
    const auto psms = search::PsmFile::open(run.psms, {.precursors = 1U << 20});
    EXPECT_TRUE(psms);
    return score_rows(*psms, trained.rescorer, job);
  }

  // Targets at q <= 1 % in one run, and how many of them are real.
  std::pair<std::size_t, std::size_t> found(const RunPsms& run, std::span<const float> score) {
    const auto psms = search::PsmFile::open(run.psms, {.precursors = 1U << 20});
    std::vector<float> best;
    std::vector<std::uint32_t> pair;
    std::vector<std::uint8_t> is_decoy;
    const auto& precursor = psms->identity().precursor;
    for (std::size_t r = 0; r < score.size(); ++r) {
      if (r > 0 && precursor[r] == precursor[r - 1]) {
        best.back() = std::max(best.back(), score[r]);
        continue;
      }
      best.push_back(score[r]);
      pair.push_back(view().pair[precursor[r]]);
      is_decoy.push_back(view().is_decoy[precursor[r]]);
    }
    const std::vector<double> q = scoring::q_values(best, pair, is_decoy, 1);
    std::pair<std::size_t, std::size_t> count{0, 0};
    for (std::uint32_t i = 0, p = 0; i < best.size(); ++i, ++p) {
      if (is_decoy[i] != 0 || q[i] > 0.01) continue;
      ++count.first;
      count.second += is_real(p) ? 1U : 0U;
    }
    return count;
  }

  support::ScratchFolder scratch_;
  std::unique_ptr<library::Library> library_;
  library::LibraryView library_view_;
  CompetitionGroups competition_;
  scoring::RescoreSettings settings_;
};

TEST_F(TrainRescorer, run_by_run_gives_what_one_table_in_memory_gives) {
  const std::vector<RunPsms> runs{add_run("a", 1), add_run("b", 2), add_run("c", 3)};
  const RescoringJob whole = job(runs, 1'000'000);
  const auto trained = train_rescorer(whole);
  ASSERT_TRUE(trained) << trained.error().message();
  EXPECT_EQ(trained->model, scoring::RescoreModel::trees);
  EXPECT_EQ(trained->linear_share, 1);
  scoring::FeatureMatrix matrix = empty_psm_matrix();
  std::vector<float> streamed;
  for (const RunPsms& run : runs) {
    const auto psms = search::PsmFile::open(run.psms, {.precursors = 1U << 20});
    ASSERT_TRUE(psms);
    std::vector<std::uint32_t> rows(psms->size());
    for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
    std::vector<std::uint32_t> pair_numbers;
    PsmBlocks(*psms, whole.library, competition_).append(rows, pair_numbers, matrix);
    const std::vector<float> part = scores(run, *trained, whole);
    streamed.insert(streamed.end(), part.begin(), part.end());
  }
  EXPECT_EQ(streamed, scoring::rescore(matrix, initial_score(matrix), settings_, 1).score);
}

TEST_F(TrainRescorer, a_sample_finds_nearly_as_much) {
  std::vector<RunPsms> runs;
  for (std::uint64_t run = 0; run < 8; ++run) runs.push_back(add_run(std::to_string(run), run));
  const RescoringJob whole = job(runs, 1'000'000);
  const RescoringJob sampled = job(runs, 5'000);
  const auto all = train_rescorer(whole);
  const auto part = train_rescorer(sampled);
  ASSERT_TRUE(all && part);
  EXPECT_LT(part->linear_share, 0.6);
  EXPECT_LT(part->tree_share, 1);
  std::size_t by_all = 0, by_part = 0, wrong = 0;
  for (const RunPsms& run : runs) {
    by_all += found(run, scores(run, *all, whole)).second;
    const auto [targets, real] = found(run, scores(run, *part, sampled));
    by_part += real;
    wrong += targets - real;
  }
  EXPECT_GT(by_all, 8U * 200);
  EXPECT_GT(static_cast<double>(by_part), 0.95 * static_cast<double>(by_all));
  EXPECT_LT(static_cast<double>(wrong), 0.02 * static_cast<double>(by_part));
}

TEST_F(TrainRescorer, neither_threads_nor_the_order_of_runs_change_a_sample) {
  const RunPsms a = add_run("a", 1);
  const RunPsms b = add_run("b", 2);
  const std::vector<RunPsms> runs{a, b};
  const auto one = train_rescorer(job(runs, 2'000, 1));
  ASSERT_TRUE(one);
  const std::vector<float> wanted = scores(a, *one, job(runs, 2'000, 1));
  for (const int threads : {2, 3, 8}) {
    const auto many = train_rescorer(job(runs, 2'000, threads));
    ASSERT_TRUE(many);
    EXPECT_EQ(scores(a, *many, job(runs, 2'000, threads)), wanted) << threads;
  }
  const std::vector<RunPsms> turned{b, a};
  const auto other = train_rescorer(job(turned, 2'000));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->targets_linear, one->targets_linear) << "the same candidates are sampled";
}

TEST_F(TrainRescorer, a_missing_table_is_an_error) {
  const std::vector<RunPsms> runs{add_run("a", 1), {"b", scratch_.path() / "none.arrow"}};
  const auto trained = train_rescorer(job(runs, 1000));
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code, "OVL-IO-001");
}

// All forms of one sequence of residues, I = L, and their decoys stand on one side of a training.
TEST(CompetitionGroups, no_family_is_split_between_folds) {
  const support::ScratchFolder scratch;
  std::vector<library::LibraryPrecursor> precursors;
  for (library::LibraryPrecursor next : support::random_precursors(200, 11)) {
    for (const int charge : {2, 3}) {
      for (const bool is_folded : {false, true}) {
        library::LibraryPrecursor form = next;
        form.charge = charge;
        if (is_folded) std::ranges::replace(form.peptide.residues, 'I', 'L');
        if (is_folded) form.peptide.modifications.clear();
        form.pair = static_cast<std::uint32_t>(precursors.size());
        precursors.push_back(std::move(form));
      }
    }
  }
  EXPECT_GT(library_build::add_decoys(precursors, 1, 1).made, 0U);
  ASSERT_TRUE(
      library::write_library(precursors, {"forms", "", "test"}, scratch.path() / "forms.lib"));
  const auto library = library::Library::open(scratch.path() / "forms.lib");
  ASSERT_TRUE(library);
  const library::LibraryView view = library->view();
  const CompetitionGroups competition = competition_groups(view, 1);
  std::map<std::string, std::set<int>> folds_of_family;
  std::map<int, std::size_t> families_in;
  for (std::uint32_t p = 0; p < view.precursor_count(); ++p) {
    if (view.is_decoy[p] != 0) continue;
    const std::string residues = folded(view.modified_sequence[p]).residues;
    folds_of_family[residues].insert(competition.fold[view.pair_of(PrecursorId(p))]);
  }
  for (const auto& [residues, folds] : folds_of_family) {
    EXPECT_EQ(folds.size(), 1U) << residues;
    ++families_in[*folds.begin()];
  }
  ASSERT_EQ(families_in.size(), static_cast<std::size_t>(scoring::kFolds));
  for (const auto& [fold, count] : families_in) EXPECT_GT(count, 40U) << fold;
}

}  // namespace
}  // namespace overland::identify
