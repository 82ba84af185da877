// The parts of an explanation, without a search.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "explain/explain_inputs.h"
#include "explain/explain_population.h"
#include "explain/explain_window.h"
#include "support/table_checks.h"
#include "support/view_example.h"

namespace overland::explain {
namespace {

using search::psm_features;

std::string id_of(const std::string& text) {
  const auto wanted = parse_precursor(text);
  return wanted ? wanted->id() : wanted.error().code;
}

TEST(WantedPrecursor, is_read_in_both_notations) {
  EXPECT_EQ(id_of("PEPTIDE/2"), "PEPTIDE2");
  EXPECT_EQ(id_of("PEPTIDE2"), "PEPTIDE2");
  EXPECT_EQ(id_of("PEPTIDE/12"), "PEPTIDE12");
  EXPECT_EQ(id_of("PEPM(UniMod:35)TIDE/3"), "PEPM(UniMod:35)TIDE3");
  EXPECT_EQ(id_of("PEPM(UniMod:35)3"), "PEPM(UniMod:35)3") << "behind a modification";
  EXPECT_EQ(id_of("(UniMod:1)AAK2"), "(UniMod:1)AAK2");
  const auto wanted = parse_precursor("PEPTIDE/2");
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->sequence, "PEPTIDE");
  EXPECT_EQ(wanted->charge, 2);
}

TEST(WantedPrecursor, without_a_charge_is_an_error) {
  for (const char* text : {"", "2", "PEPTIDE", "PEPTIDE/", "PEPM(UniMod:35", "PEPM(35",
                           "PEPTIDE/123", "PEPM(UniMod:35)"})
    EXPECT_EQ(id_of(text), "OVL-USE-041") << text;
  EXPECT_EQ(id_of("PEP TIDE/2"), "OVL-LIB-010");
  EXPECT_EQ(id_of("/2"), "OVL-LIB-010");
  EXPECT_EQ(id_of("PEPTIDE/2/2"), "OVL-LIB-010");
}

std::size_t index_of(std::string_view name) {
  for (std::size_t i = 0; i < psm_features().size(); ++i)
    if (name == psm_features()[i].name) return i;
  ADD_FAILURE() << name;
  return 0;
}

// Peak groups of precursors 0, 1, 2 ..: all features are the given value.
struct Population {
  search::PsmColumns psms;
  identify::RunScores scores;
  std::vector<std::uint8_t> is_decoy;
  library::LibraryView library;

  void add(std::uint32_t precursor, float value, std::uint32_t apex) {
    psms.precursor.push_back(precursor);
    psms.window.push_back(WindowId(0));
    psms.apex_scan.push_back(RunScan(apex));
    psms.features.insert(psms.features.end(), psm_features().size(), value);
  }
  void score(std::uint32_t precursor, std::uint32_t apex, double q_value) {
    identify::ScoredRow row;
    row.precursor = precursor;
    row.apex_scan = RunScan(apex);
    row.q_value = q_value;
    scores.rows.push_back(row);
  }
  std::vector<FeatureComparison> comparison_with(std::size_t row, double q_limit = 0.01) {
    library.is_decoy = is_decoy;
    return compare_features(psms, scores, library, q_limit, row);
  }
};

TEST(BestRow, is_the_scored_one_or_that_with_the_best_match_score) {
  Population p;
  p.add(3, 1, 10);
  p.add(3, 5, 11);
  p.add(3, 2, 12);
  p.add(7, 9, 13);
  EXPECT_EQ(best_row(p.psms, p.scores, 3), 1U) << "by match score";
  EXPECT_EQ(best_row(p.psms, p.scores, 7), 3U);
  EXPECT_FALSE(best_row(p.psms, p.scores, 5));
  EXPECT_FALSE(best_row(p.psms, p.scores, 0));
  EXPECT_FALSE(best_row(p.psms, p.scores, 8));
  p.score(3, 12, 0.001);
  EXPECT_EQ(best_row(p.psms, p.scores, 3), 2U) << "the one that was scored";
  p.scores.rows[0].apex_scan = RunScan(99);
  EXPECT_EQ(best_row(p.psms, p.scores, 3), 1U) << "the scored one is not in the file";
  p.scores.rows[0].apex_scan = RunScan(10);
  p.scores.rows[0].window = WindowId(4);
  EXPECT_EQ(best_row(p.psms, p.scores, 3), 1U) << "of another window";
}

TEST(BestRow, of_equal_rows_is_the_first) {
  Population p;
  p.add(1, 4, 10);
  p.add(1, 4, 11);
  EXPECT_EQ(best_row(p.psms, p.scores, 1), 0U);
}

TEST(CompareFeatures, compare_with_accepted_targets_and_all_decoys) {
  Population p;
  p.is_decoy = {0, 0, 0, 0, 1, 1};
  for (std::uint32_t precursor = 0; precursor < 6; ++precursor)
    p.add(precursor, static_cast<float>(precursor), precursor);
  for (const std::uint32_t precursor : {0U, 1U, 2U}) p.score(precursor, precursor, 0.005);
  p.score(3, 3, 0.5);
  const auto all = p.comparison_with(1);
  ASSERT_EQ(all.size(), psm_features().size());
  const FeatureComparison& f = all[index_of("match_score")];
  EXPECT_EQ(f.name, "match_score");
  EXPECT_EQ(f.value, 1);
  EXPECT_DOUBLE_EQ(f.among_targets, 50) << "one of 0, 1, 2 below, and itself by half";
  EXPECT_DOUBLE_EQ(f.median_targets, 1);
  EXPECT_DOUBLE_EQ(f.among_decoys, 0);
  EXPECT_DOUBLE_EQ(f.median_decoys, 4.5);
  EXPECT_DOUBLE_EQ(p.comparison_with(5)[0].among_targets, 100);
  EXPECT_DOUBLE_EQ(p.comparison_with(3, 0.5)[0].among_targets, 87.5)
      << "the fourth is accepted now";
}

TEST(CompareFeatures, take_the_best_group_of_each_precursor_only) {
  Population p;
  p.is_decoy = {0, 1};
  p.add(0, 8, 1);
  p.add(0, 2, 2);
  p.add(1, 3, 3);
  p.add(1, 1, 4);
  p.score(0, 2, 0.001);
  const auto all = p.comparison_with(1);
  EXPECT_DOUBLE_EQ(all[0].median_targets, 2) << "the scored one";
  EXPECT_DOUBLE_EQ(all[0].median_decoys, 3) << "the one with the best match score";
}

TEST(CompareFeatures, without_anything_to_compare_with_are_unknown) {
  Population p;
  p.is_decoy = {0};
  p.add(0, 3, 1);
  const auto alone = p.comparison_with(0);
  EXPECT_EQ(alone[0].value, 3);
  EXPECT_TRUE(std::isnan(alone[0].among_targets));
  EXPECT_TRUE(std::isnan(alone[0].median_decoys));
  p.score(0, 1, 0.001);
  p.psms.features[index_of("ms1_correlation")] = NAN;
  const auto missing = p.comparison_with(0);
  EXPECT_TRUE(std::isnan(missing[index_of("ms1_correlation")].among_targets));
  EXPECT_TRUE(std::isnan(missing[index_of("ms1_correlation")].median_targets));
  EXPECT_DOUBLE_EQ(missing[index_of("match_score")].among_targets, 50);
}

// The search of a window again.
class Replay : public ::testing::Test {
 protected:
  Replay()
      : targets_(support::example_targets(60)),
        example_(targets_, support::example_run(targets_, {.noise_peaks = 300})) {}
  [[nodiscard]] WindowReplayer replayer(WindowId window) const {
    return {example_.view(), models_, config_, window, 1};
  }
  // The window that isolates target t.
  [[nodiscard]] WindowId window_of(std::size_t t) const {
    const float mz = example_.view().library.precursor_mz[example_.row_of(targets_[t]).index()];
    const auto window =
        run::most_central_window(example_.view().windows, Mz{static_cast<double>(mz)});
    EXPECT_TRUE(window);
    return window.value_or(WindowId(0));
  }
  // Of those that elute, or of those that do not, the first.
  [[nodiscard]] std::size_t target(bool is_present) const {
    for (std::size_t t = 0; t < targets_.size(); ++t)
      if (support::is_present(t, {}) == is_present) return t;
    return 0;
  }
  std::vector<library::LibraryPrecursor> targets_;
  support::ViewExample example_;
  search::RunModels models_ = support::example_models();
  params::SecondPassParameters config_;
};

TEST_F(Replay, of_what_elutes_shows_its_fragments_at_its_time) {
  std::size_t good = 0, present = 0;
  for (std::size_t t = 0; t < 12; ++t) {
    if (!support::is_present(t, {})) continue;
    ++present;
    const auto replay = replayer(window_of(t)).replay(example_.row_of(targets_[t]));
    ASSERT_TRUE(replay) << t;
    EXPECT_LT(replay->first_scan, replay->last_scan);
    EXPECT_LE(replay->rt_first, replay->rt_last);
    EXPECT_EQ(replay->trace.rt_minutes.size(), replay->last_scan - replay->first_scan);
    EXPECT_EQ(replay->trace.weight.size(), replay->trace.rt_minutes.size());
    EXPECT_EQ(replay->trace.raw.size(),
              replay->trace.fragments.size() * replay->trace.rt_minutes.size());
    EXPECT_LE(replay->best_in_range.matched, replay->fragments);
    EXPECT_FALSE(replay->trace.is_decoy);
    EXPECT_TRUE(std::isnan(replay->trace.apex)) << "not known here";
    const double apart =
        static_cast<double>(replay->best_in_range.rt_minutes) - support::example_apex(targets_[t]);
    good += std::abs(apart) < 0.06 && replay->best_in_range.cosine > 0.8F ? 1U : 0U;
  }
  ASSERT_GT(present, 4U);
  EXPECT_GE(good, present * 2 / 3);
}

TEST_F(Replay, of_what_does_not_elute_matches_less) {
  const std::size_t absent = target(false), there = target(true);
  const auto none = replayer(window_of(absent)).replay(example_.row_of(targets_[absent]));
  const auto some = replayer(window_of(there)).replay(example_.row_of(targets_[there]));
  ASSERT_TRUE(none && some);
  const auto match_score = [](const BestScan& s) {
    return s.cosine * s.cosine * static_cast<float>(s.matched);
  };
  EXPECT_LT(match_score(none->best_in_range), match_score(some->best_in_range));
  EXPECT_GT(some->columns, 0U);
}

TEST_F(Replay, fragments_are_named_by_type_ordinal_and_charge) {
  const std::size_t t = target(true);
  const auto replay = replayer(window_of(t)).replay(example_.row_of(targets_[t]));
  ASSERT_TRUE(replay);
  ASSERT_EQ(replay->trace.fragments.size(), static_cast<std::size_t>(replay->fragments));
  std::set<std::string> want;
  for (const auto& f : targets_[t].fragments)
    want.insert((f.ion.type == FragmentType::y ? "y" : "b") + std::to_string(f.ion.ordinal) + "^" +
                std::to_string(f.ion.charge));
  for (const std::string& name : replay->trace.fragments) EXPECT_TRUE(want.contains(name)) << name;
}

TEST_F(Replay, of_a_precursor_of_another_window_or_time_is_empty) {
  const std::size_t t = target(true);
  const PrecursorId row = example_.row_of(targets_[t]);
  const WindowId other(
      static_cast<std::uint16_t>((window_of(t).index() + 2U) % example_.view().windows.size()));
  EXPECT_FALSE(replayer(other).replay(row));
  EXPECT_TRUE(replayer(other).competitors_at(row, 10.5F).empty());
  models_.rt.irt_of_rt = calibrate::PiecewiseLinear({10, 11}, {1000, 1100});
  EXPECT_FALSE(replayer(window_of(t)).replay(row));
}

TEST_F(Replay, competitors_share_peaks_and_are_ordered_by_them) {
  std::size_t seen = 0;
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const auto competitors =
        replayer(window_of(t))
            .competitors_at(example_.row_of(targets_[t]),
                            static_cast<float>(support::example_apex(targets_[t])));
    EXPECT_LE(competitors.size(), 12U);
    for (std::size_t i = 0; i < competitors.size(); ++i) {
      ++seen;
      EXPECT_GT(competitors[i].shared_peaks, 0);
      EXPECT_GT(competitors[i].weight, 0);
      EXPECT_NE(competitors[i].precursor,
                to_unimod_notation(targets_[t].peptide) + std::to_string(targets_[t].charge));
      if (i > 0) {
        EXPECT_GE(competitors[i - 1].shared_peaks, competitors[i].shared_peaks);
      }
    }
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace overland::explain
