// The whole search on a small example: what it finds, and what each part of it is for.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "identify/score.h"
#include "io/table/list_column.h"
#include "search/psm_table.h"
#include "search/run_models.h"
#include "support/search_fixture.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using support::ExampleRun;
using support::file_bytes;
using support::judge;
using support::Outcome;
using Strings = std::vector<std::string>;

class SearchExample : public support::SearchFixture {};

TEST_F(SearchExample, finds_what_is_there_and_little_else) {
  const stages::SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const io::Table report = table(options.out / "report.parquet");
  const Outcome outcome = judge(report, targets_);
  EXPECT_GT(outcome.right, 240U) << "of about 360 in two runs";
  EXPECT_LE(outcome.wrong, 8U);
  const auto& rt = **report.column<float>("RT");
  const auto& irt = **report.column<float>("iRT");
  std::size_t near = 0;
  for (std::size_t i = 0; i < rt.size(); ++i) {
    near += std::abs(rt[i] - (10.1F + irt[i] / 100)) < 0.1F ? 1U : 0U;
  }
  EXPECT_GE(near + 8, rt.size());
  for (const double q : **report.column<double>("Q.Value")) EXPECT_LE(q, 0.01);
  for (const std::uint8_t decoy : **report.column<std::uint8_t>("Decoy")) EXPECT_EQ(decoy, 0);
  const io::Table wide = table(options.out / "precursors_wide.parquet");
  EXPECT_TRUE(wide.has("one"));
  EXPECT_TRUE(wide.has("two"));
  EXPECT_EQ(table(options.out / "runs.parquet").row_count(), 2U);
  const std::string plot = file_bytes(options.out / "plots/two.calibration.svg");
  EXPECT_NE(plot.find("Calibration of two"), std::string::npos);
  EXPECT_LT(plot.size(), 400'000U);
}

// The decoys are those of the first search: only what scoring draws may differ.
TEST_F(SearchExample, all_64_bits_of_the_seed_count_in_scoring) {
  stages::SearchOptions options = options_for({add_run("one")});
  options.config.score.model = scoring::RescoreModel::trees;
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto library = library::Library::open(options.out / "work" / "library" / "library.lib");
  ASSERT_TRUE(library) << library.error().message();
  std::vector<std::string> scores;
  for (const std::int64_t seed : {std::int64_t{1}, std::int64_t{1}, 1 + (std::int64_t{1} << 32)}) {
    options.config.seed = seed;
    const fs::path folder = scratch_.path() / std::to_string(scores.size());
    fs::create_directories(folder);
    const identify::ScoreInput input{"one", options.out / "work/second_pass/one/psms.arrow",
                                     folder / "scored.arrow", folder / "rows.arrow"};
    ASSERT_TRUE(identify::score_runs({input}, folder, library->view(),
                                     params::ScoreParameters::of(options.config), 2));
    scores.push_back(file_bytes(input.rows));
  }
  EXPECT_EQ(scores[0], scores[1]);
  EXPECT_NE(scores[0], scores[2]);
}

// With far more candidates than identifications, the least promising are left out before the fit.
TEST_F(SearchExample, the_best_candidates_of_a_large_library_are_enough) {
  const std::vector<fs::path> runs{add_run("one")};
  const stages::SearchOptions all = options_for(runs, "all");
  ASSERT_EQ(code_of(run_search(all)), "");
  stages::SearchOptions best = options_for(runs, "best");
  best.config.second_pass.least_candidates = 20;
  best.config.second_pass.kept_candidates = 1;
  ASSERT_EQ(code_of(run_search(best)), "");
  const auto rows = [](const stages::SearchOptions& options) {
    const auto psms = search::read_psms(options.out / "work/second_pass/one/psms.arrow",
                                        {.precursors = 1U << 20});
    return psms ? psms->precursor.size() : 0;
  };
  EXPECT_LT(rows(best), rows(all));
  const Outcome outcome = judge(table(best.out / "report.parquet"), targets_);
  EXPECT_GT(outcome.right + 12, judge(table(all.out / "report.parquet"), targets_).right);
  EXPECT_LE(outcome.wrong, 5U);
}

// Row i of a list column.
std::span<const float> list_of(const io::ListColumn& column, std::size_t i) {
  return std::span(column.values).subspan(column.begin[i], column.begin[i + 1] - column.begin[i]);
}

TEST_F(SearchExample, evidence_shows_what_each_quantity_was_measured_on) {
  stages::SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  options.config.report.xic_decoys = 5;
  ASSERT_EQ(code_of(run_search(options)), "");
  const fs::path file = options.out / "xic.parquet";
  const auto read =
      io::read_parquet(file, std::vector<std::string>{"RT.Start", "RT.Stop", "Precursor.Quantity"});
  ASSERT_TRUE(read) << read.error().message();
  const io::Table& rows = *read;
  const std::size_t reported = table(options.out / "report.parquet").row_count();
  ASSERT_GT(rows.row_count(), reported);
  EXPECT_LE(rows.row_count(), reported + 10);
  std::map<std::string, io::ListColumn> lists;
  for (const char* name :
       {"RT", "Weight", "Fragment.Mz", "Fragment.Share", "Intensity.Raw", "Intensity.Fitted"}) {
    auto column = io::read_list_column(file, name);
    ASSERT_TRUE(column) << column.error().message();
    ASSERT_EQ(column->begin.size(), rows.row_count() + 1) << name;
    lists[name] = std::move(*column);
  }
  const auto& area = **rows.column<double>("Precursor.Quantity");
  const auto& start = **rows.column<float>("RT.Start");
  const auto& stop = **rows.column<float>("RT.Stop");
  std::size_t near = 0;
  for (std::size_t i = 0; i < rows.row_count(); ++i) {
    const auto rt = list_of(lists["RT"], i), weight = list_of(lists["Weight"], i);
    const auto share = list_of(lists["Fragment.Share"], i);
    EXPECT_EQ(weight.size(), rt.size());
    EXPECT_EQ(list_of(lists["Intensity.Raw"], i).size(), rt.size() * share.size());
    EXPECT_EQ(list_of(lists["Intensity.Fitted"], i).size(), rt.size() * share.size());
    EXPECT_NEAR(std::accumulate(share.begin(), share.end(), 0.0F), 1, 1e-4F);
    double sum = 0;
    for (std::size_t k = 1; k < rt.size(); ++k) {
      ASSERT_GT(rt[k], rt[k - 1]);
      if (rt[k - 1] < start[i] - 0.03F || rt[k] > stop[i] + 0.03F) continue;
      sum += static_cast<double>((rt[k] - rt[k - 1]) * (weight[k] + weight[k - 1]) / 2);
    }
    near += std::abs(sum / area[i] - 1) < 0.25 ? 1U : 0U;  // unsmoothed, to the nearest scans
  }
  EXPECT_GT(near, reported * 9 / 10);
  options.config.report.xic = false;
  ASSERT_EQ(code_of(run_search(options)), "");
  EXPECT_FALSE(fs::exists(file)) << "it would not belong to this search";
}

TEST_F(SearchExample, batches_and_a_refusal_follow_from_max_ram) {
  const fs::path run = add_run("one");
  stages::SearchOptions whole = options_for({run}, "whole");
  ASSERT_EQ(code_of(run_search(whole)), "");
  stages::SearchOptions tight = options_for({run}, "tight");
  tight.machine.max_ram = 1000;  // less than the process holds already
  EXPECT_EQ(code_of(run_search(tight)), "OVL-COH-001");
  const io::Table runs = table(tight.out / "runs.parquet");
  EXPECT_NE((**runs.column<std::string>("Error"))[0].find("OVL-RES-010"), std::string::npos);
  EXPECT_NE((**runs.column<std::string>("Error"))[0].find("--max-ram"), std::string::npos);
}

// The splines tell the truth at NCE 34 and the reverse of it at 20.
TEST_F(SearchExample, splines_are_searched_at_the_energy_of_the_configuration) {
  std::vector<library::LibraryPrecursor> spline_targets = targets_;
  for (library::LibraryPrecursor& target : spline_targets) {
    std::vector<float> wrong;
    for (const auto& f : target.fragments) wrong.push_back(f.intensity);
    std::sort(wrong.begin(), wrong.end());
    std::sort(target.fragments.begin(), target.fragments.end(),
              [](const auto& a, const auto& b) { return a.intensity > b.intensity; });
    for (std::size_t f = 0; f < wrong.size(); ++f) {
      target.fragments[f].spline = static_cast<std::uint16_t>(f);
      target.splines.push_back({wrong[f], 0, 0, target.fragments[f].intensity});
    }
  }
  const library::IntensityForm form{
      .is_total = false,
      .spline = library::SplineForm{
          .knots = {6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55},
          .reference_nce = 34}};
  ASSERT_TRUE(library::write_library(spline_targets, {"example", "", "test"}, library(), form));
  std::map<double, std::size_t> right;
  const fs::path run = add_run("one");
  for (const double nce : {0.0, 34.0, 20.0}) {
    stages::SearchOptions options = options_for({run}, "out" + std::to_string(nce));
    options.config.calibration.nce = nce;
    options.config.calibration.nce_fit = false;
    ASSERT_EQ(code_of(run_search(options)), "");
    right[nce] = judge(table(options.out / "report.parquet"), targets_).right;
  }
  EXPECT_GT(right[34], 110U) << "of about 180";
  EXPECT_EQ(right[0], right[34]) << "the library's reference energy";
  EXPECT_LT(right[20], right[34]);
}

// Every second fragment grows with the energy, the others fall; the runs have them as they are at
// 30.
TEST_F(SearchExample, the_collision_energy_of_a_run_is_found) {
  const kernel::SplineKnots t{6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55};
  std::vector<library::LibraryPrecursor> spline_targets = targets_;
  for (library::LibraryPrecursor& target : spline_targets) {
    for (std::size_t f = 0; f < target.fragments.size(); ++f) {
      kernel::SplineCoefficients c{};
      for (std::size_t i = 0; i < c.size(); ++i) {
        const float place = (t[i + 1] + t[i + 2] + t[i + 3]) / 3;  // a spline of these is a line
        const float slope = f % 2 == 0 ? 0.08F : -0.08F;
        c[i] = target.fragments[f].intensity * std::max(0.05F, 1 + slope * (place - 30));
      }
      target.fragments[f].spline = static_cast<std::uint16_t>(f);
      target.splines.push_back(c);
    }
  }
  const library::IntensityForm form{.is_total = false,
                                    .spline = library::SplineForm{.knots = t, .reference_nce = 27}};
  ASSERT_TRUE(library::write_library(spline_targets, {"example", "", "test"}, library(), form));
  const fs::path run = add_run("one");
  for (const double start : {24.0, 36.0}) {
    SCOPED_TRACE(start);
    stages::SearchOptions options = options_for({run}, "out" + std::to_string(start));
    options.config.calibration.nce = start;
    ASSERT_EQ(code_of(run_search(options)), "");
    const auto models = search::read_run_models(options.out / "work/tune/one/models.json");
    ASSERT_TRUE(models);
    EXPECT_EQ(models->energy.method, calibrate::EnergyMethod::constant);
    EXPECT_EQ(models->energy.source, calibrate::ModelSource::run);
    EXPECT_NEAR(models->nce_of(450, 2), 30, 1.5);
  }
}

TEST_F(SearchExample, a_plain_library_has_no_collision_energy) {
  const stages::SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto models = search::read_run_models(options.out / "work/tune/one/models.json");
  ASSERT_TRUE(models);
  EXPECT_EQ(models->energy.method, calibrate::EnergyMethod::none);
  EXPECT_EQ(models->energy.points, 0U);
}

TEST_F(SearchExample, a_poor_run_borrows_whatever_the_order_of_the_runs) {
  const fs::path good = add_run("good");
  const fs::path other = add_run("other", {.seed = 2});
  const fs::path poor = add_run("poor", {.seed = 3, .present_share = 0.01});
  const stages::SearchOptions options = options_for({good, poor, other});
  ASSERT_EQ(code_of(run_search(options)), "");
  const io::Table runs = table(options.out / "runs.parquet");
  EXPECT_EQ(**runs.column<std::string>("Mass.Source"), (Strings{"run", "other runs", "run"}));
  EXPECT_EQ(**runs.column<std::string>("RT.Source"), (Strings{"run", "other runs", "run"}));
  const auto& offset = **runs.column<double>("Mass.Offset");
  EXPECT_NEAR(offset[1], (offset[0] + offset[2]) / 2, 1e-9);
  const auto psms = [](const stages::SearchOptions& o, const std::string& run) {
    return file_bytes(o.out / "work/second_pass" / run / "psms.arrow");
  };
  const stages::SearchOptions turned = options_for({other, poor, good}, "turned");
  ASSERT_EQ(code_of(run_search(turned)), "");
  for (const std::string run : {"good", "poor", "other"})
    EXPECT_TRUE(psms(options, run) == psms(turned, run)) << run;
  // Its own tuning is not borrowed from: without the others it is searched with the defaults.
  stages::SearchOptions alone = options_for({poor}, "alone");
  ASSERT_EQ(code_of(run_search(alone)), "");
  EXPECT_EQ(**table(alone.out / "runs.parquet").column<std::string>("RT.Source"),
            (Strings{"default"}));
  // And joined by one later, it is searched again with what that lends.
  alone.runs.push_back(good);
  ASSERT_EQ(code_of(run_search(alone)), "");
  EXPECT_EQ(**table(alone.out / "runs.parquet").column<std::string>("RT.Source"),
            (Strings{"other runs", "run"}));
}

TEST_F(SearchExample, each_calibration_can_be_switched_off) {
  const fs::path run = add_run("one");
  params::SearchConfig config;
  const std::map<std::string, bool*> switches{{"mass", &config.calibration.mass},
                                              {"mass_by_rt", &config.calibration.mass_by_rt},
                                              {"mass_by_mz", &config.calibration.mass_by_mz},
                                              {"ms1_mass", &config.calibration.ms1_mass},
                                              {"rt", &config.calibration.rt},
                                              {"rt_local", &config.calibration.rt_local},
                                              {"second_round", &config.calibration.second_round},
                                              {"huber", &config.calibration.huber}};
  for (const auto& [name, value] : switches) {
    SCOPED_TRACE(name);
    *value = false;
    stages::SearchOptions options = options_for({run}, "without_" + name);
    options.config = config;
    options.config.decoys_per_target = 2;
    ASSERT_EQ(code_of(run_search(options)), "");
    EXPECT_GT(judge(table(options.out / "report.parquet"), targets_).right, 90U);
    const auto models = search::read_run_models(options.out / "work/tune/one/models.json");
    ASSERT_TRUE(models);
    if (name == "mass") {
      EXPECT_EQ(models->mass.method, calibrate::MassMethod::none);
    }
    if (name == "rt") {
      EXPECT_EQ(models->rt.method, calibrate::RtMethod::none);
    }
    if (name == "second_round") {
      EXPECT_EQ(models->confident, models->confident_wide);
    }
    *value = true;
  }
}

TEST_F(SearchExample, ms1_scans_are_not_needed) {
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const std::string name = "ms2only" + std::to_string(seed);
    const stages::SearchOptions options =
        options_for({add_run(name, {.seed = seed, .has_ms1 = false})}, name);
    ASSERT_EQ(code_of(run_search(options)), "");
    const Outcome outcome = judge(table(options.out / "report.parquet"), targets_);
    right += outcome.right;
    wrong += outcome.wrong;
  }
  EXPECT_GT(right, 440U);
  EXPECT_LE(wrong, 20U);
}

}  // namespace
}  // namespace overland::commands
