// The whole search on a small example: what it finds, resuming, and what goes wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/log.h"
#include "base/progress.h"
#include "io/list_column.h"
#include "io/table.h"
#include "stages/example_search.h"
#include "stages/pipeline.h"
#include "stages/psm_table.h"
#include "stages/run_models.h"

namespace overland {
namespace {

namespace fs = std::filesystem;
using testing_support::example_run;
using testing_support::example_targets;
using testing_support::ExampleRun;
using testing_support::file_bytes;

constexpr std::size_t kTargets = 240;

class SearchExample : public ::testing::Test {
 protected:
  void SetUp() override {
    set_quiet(true);
    set_progress_style(ProgressStyle::quiet);
    fs::create_directories(data_);
    ASSERT_TRUE(write_library(targets_, {"example", "", "test"}, library()));
  }
  [[nodiscard]] fs::path library() const { return scratch_.path() / "example.lib"; }
  fs::path add_run(const std::string& name, const ExampleRun& options = {}) const {
    const fs::path file = data_ / (name + ".arrow");
    EXPECT_TRUE(write_run_arrow(example_run(targets_, options), file));
    return file;
  }
  fs::path add_damaged(const std::string& name) const {
    const fs::path file = data_ / (name + ".arrow");
    std::ofstream(file) << "ARROW1 and nothing of use";
    return file;
  }
  [[nodiscard]] SearchOptions options_for(const std::vector<fs::path>& runs,
                                          const std::string& out = "out") const {
    SearchOptions options;
    options.library = library();
    options.runs = runs;
    options.out = scratch_.path() / out;
    options.config.decoys_per_target = 2;
    options.threads = 2;
    return options;
  }
  static std::string code_of(const Result<void>& result) {
    return result ? "" : result.error().code;
  }
  [[nodiscard]] io::Table table(const fs::path& file) const {
    auto read = io::read_parquet(file);
    EXPECT_TRUE(read) << read.error().message();
    return read ? std::move(*read) : io::Table();
  }
  // Every file below a folder that the search makes, with its content.
  static std::map<std::string, std::string> contents(const fs::path& out) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(out)) {
      const std::string name = entry.path().lexically_relative(out).string();
      static const std::set<std::string> kOfThisRun{"log.txt", "report.html", "work/hashes.json",
                                                    "work/resources.json"};
      if (entry.is_regular_file() && !kOfThisRun.contains(name)) {
        files[name] = file_bytes(entry.path());
      }
    }
    return files;
  }
  static void expect_equal(const std::map<std::string, std::string>& a,
                           const std::map<std::string, std::string>& b) {
    for (const auto& [name, bytes] : a) {
      ASSERT_TRUE(b.contains(name)) << name;
      EXPECT_TRUE(b.at(name) == bytes) << name << " differs";
    }
    EXPECT_EQ(a.size(), b.size());
  }

  testing_support::ScratchFolder scratch_;
  fs::path data_ = scratch_.path() / "data";
  std::vector<LibraryPrecursor> targets_ = example_targets(kTargets);
};

using Strings = std::vector<std::string>;

struct Outcome {
  std::size_t right = 0, wrong = 0;
};

Outcome judge(const io::Table& report, const std::vector<LibraryPrecursor>& targets) {
  std::set<std::string> present;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (testing_support::is_present(t, {})) {
      present.insert(to_unimod_notation(targets[t].peptide) + std::to_string(targets[t].charge));
    }
  }
  Outcome outcome;
  for (const std::string& id : **report.column<std::string>("Precursor.Id")) {
    (present.contains(id) ? outcome.right : outcome.wrong) += 1;
  }
  return outcome;
}

TEST_F(SearchExample, finds_what_is_there_and_little_else) {
  const SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
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

// With far more candidates than identifications, the least promising are left out before the fit.
TEST_F(SearchExample, the_best_candidates_of_a_large_library_are_enough) {
  const std::vector<fs::path> runs{add_run("one")};
  const SearchOptions all = options_for(runs, "all");
  ASSERT_EQ(code_of(run_search(all)), "");
  SearchOptions best = options_for(runs, "best");
  best.config.second_pass.least_candidates = 20;
  best.config.second_pass.kept_candidates = 1;
  ASSERT_EQ(code_of(run_search(best)), "");
  const auto rows = [](const SearchOptions& options) {
    const auto psms = read_psms(options.out / "work/second_pass/one/psms.arrow");
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
  SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
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

TEST_F(SearchExample, slabs_and_a_refusal_follow_from_max_ram) {
  const fs::path run = add_run("one");
  SearchOptions whole = options_for({run}, "whole");
  ASSERT_EQ(code_of(run_search(whole)), "");
  SearchOptions tight = options_for({run}, "tight");
  tight.max_ram = 1000;  // less than the process holds already
  EXPECT_EQ(code_of(run_search(tight)), "OVL-COH-001");
  const io::Table runs = table(tight.out / "runs.parquet");
  EXPECT_NE((**runs.column<std::string>("Error"))[0].find("OVL-RES-010"), std::string::npos);
  EXPECT_NE((**runs.column<std::string>("Error"))[0].find("--max-ram"), std::string::npos);
}

// The splines tell the truth at NCE 34 and the reverse of it at 20.
TEST_F(SearchExample, splines_are_searched_at_the_energy_of_the_configuration) {
  std::vector<LibraryPrecursor> spline_targets = targets_;
  for (LibraryPrecursor& target : spline_targets) {
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
  const IntensityForm form{
      .is_total = false,
      .spline = SplineForm{.knots = {6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55},
                           .reference_nce = 34}};
  ASSERT_TRUE(write_library(spline_targets, {"example", "", "test"}, library(), form));
  std::map<double, std::size_t> right;
  const fs::path run = add_run("one");
  for (const double nce : {0.0, 34.0, 20.0}) {
    SearchOptions options = options_for({run}, "out" + std::to_string(nce));
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
  std::vector<LibraryPrecursor> spline_targets = targets_;
  for (LibraryPrecursor& target : spline_targets) {
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
  const IntensityForm form{.is_total = false,
                           .spline = SplineForm{.knots = t, .reference_nce = 27}};
  ASSERT_TRUE(write_library(spline_targets, {"example", "", "test"}, library(), form));
  const fs::path run = add_run("one");
  for (const double start : {24.0, 36.0}) {
    SCOPED_TRACE(start);
    SearchOptions options = options_for({run}, "out" + std::to_string(start));
    options.config.calibration.nce = start;
    ASSERT_EQ(code_of(run_search(options)), "");
    const auto models = read_run_models(options.out / "work/tune/one/models.json");
    ASSERT_TRUE(models);
    EXPECT_EQ(models->energy.method, "constant");
    EXPECT_EQ(models->energy.source, "run");
    EXPECT_NEAR(models->nce_of(450, 2), 30, 1.5);
  }
}

TEST_F(SearchExample, a_plain_library_has_no_collision_energy) {
  const SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto models = read_run_models(options.out / "work/tune/one/models.json");
  ASSERT_TRUE(models);
  EXPECT_EQ(models->energy.method, "none");
  EXPECT_EQ(models->energy.points, 0U);
}

TEST_F(SearchExample, a_poor_run_borrows_whatever_the_order_of_the_runs) {
  const fs::path good = add_run("good");
  const fs::path other = add_run("other", {.seed = 2});
  const fs::path poor = add_run("poor", {.seed = 3, .present_share = 0.01});
  const SearchOptions options = options_for({good, poor, other});
  ASSERT_EQ(code_of(run_search(options)), "");
  const io::Table runs = table(options.out / "runs.parquet");
  EXPECT_EQ(**runs.column<std::string>("Mass.Source"), (Strings{"run", "other runs", "run"}));
  EXPECT_EQ(**runs.column<std::string>("RT.Source"), (Strings{"run", "other runs", "run"}));
  const auto& offset = **runs.column<double>("Mass.Offset");
  EXPECT_NEAR(offset[1], (offset[0] + offset[2]) / 2, 1e-9);
  const auto psms = [](const SearchOptions& o, const std::string& run) {
    return file_bytes(o.out / "work/second_pass" / run / "psms.arrow");
  };
  const SearchOptions turned = options_for({other, poor, good}, "turned");
  ASSERT_EQ(code_of(run_search(turned)), "");
  for (const std::string run : {"good", "poor", "other"})
    EXPECT_TRUE(psms(options, run) == psms(turned, run)) << run;
  // Its own tuning is not borrowed from: without the others it is searched with the defaults.
  SearchOptions alone = options_for({poor}, "alone");
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
  SearchConfig config;
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
    SearchOptions options = options_for({run}, "without_" + name);
    options.config = config;
    options.config.decoys_per_target = 2;
    ASSERT_EQ(code_of(run_search(options)), "");
    EXPECT_GT(judge(table(options.out / "report.parquet"), targets_).right, 90U);
    const auto models = read_run_models(options.out / "work/tune/one/models.json");
    ASSERT_TRUE(models);
    if (name == "mass") {
      EXPECT_EQ(models->mass.method, "none");
    }
    if (name == "rt") {
      EXPECT_EQ(models->rt.method, "none");
    }
    if (name == "second_round") {
      EXPECT_EQ(models->confident, models->confident_wide);
    }
    *value = true;
  }
}

TEST_F(SearchExample, threads_do_not_change_a_byte) {
  const std::vector<fs::path> runs{add_run("one"), add_run("two", {.seed = 2, .has_ms1 = false})};
  std::map<std::string, std::string> first;
  for (const int threads : {1, 2, 3, 8}) {
    SearchOptions options = options_for(runs, "out" + std::to_string(threads));
    options.threads = threads;
    options.config.score.model = "trees";
    options.config.score.tree_rounds = 15;
    ASSERT_EQ(code_of(run_search(options)), "");
    const auto files = contents(options.out);
    if (first.empty()) first = files;
    EXPECT_TRUE(files.contains("work/second_pass/one/psms.arrow"));
    EXPECT_TRUE(files.contains("work/score/two.arrow"));
    EXPECT_TRUE(files.contains("report.parquet"));
    SCOPED_TRACE(threads);
    expect_equal(first, files);
  }
}

TEST_F(SearchExample, an_unchanged_rerun_does_no_stage_again) {
  const SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto before = contents(options.out);
  std::map<std::string, fs::file_time_type> written;
  for (const auto& entry : fs::recursive_directory_iterator(options.out / "work")) {
    if (entry.is_regular_file()) written[entry.path().string()] = entry.last_write_time();
  }
  ASSERT_EQ(code_of(run_search(options)), "");
  expect_equal(before, contents(options.out));
  for (const auto& [file, time] : written) {
    const fs::path name = fs::path(file).filename();  // of each call: where from, and how long
    if (name != "hashes.json" && name != "inputs.json" && name != "resources.json") {
      EXPECT_EQ(fs::last_write_time(file), time) << file;
    }
  }
}

// A search that was killed in a stage leaves no manifest of it; one whose disk was cleaned, no
// file.
TEST_F(SearchExample, resumes_anywhere_with_the_same_bytes) {
  const SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto whole = contents(options.out);
  for (const std::string lost :
       {"work/library/manifest.json", "work/tune/one/manifest.json",
        "work/second_pass/two/manifest.json", "work/score/manifest.json",
        "work/integrate/one/manifest.json", "work/tune/two/models.json",
        "work/second_pass/one/psms.arrow", "work/score/two.arrow",
        "work/integrate/two/quantities.arrow", "work/library/library.lib/fragments.arrow",
        "report.parquet", "work"}) {
    SCOPED_TRACE(lost);
    ASSERT_GT(fs::remove_all(options.out / lost), 0U) << "no such output";
    ASSERT_EQ(code_of(run_search(options)), "");
    expect_equal(whole, contents(options.out));
  }
}

TEST_F(SearchExample, a_run_added_later_gives_the_results_of_both_from_scratch) {
  const fs::path one = add_run("one");
  const fs::path two = add_run("two", {.seed = 2});
  ASSERT_EQ(code_of(run_search(options_for({one}))), "");
  ASSERT_EQ(code_of(run_search(options_for({one, two}))), "");
  ASSERT_EQ(code_of(run_search(options_for({one, two}, "scratch"))), "");
  expect_equal(contents(scratch_.path() / "scratch"), contents(scratch_.path() / "out"));
}

TEST_F(SearchExample, changed_parameters_give_the_results_of_a_new_folder) {
  const fs::path run = add_run("one");
  ASSERT_EQ(code_of(run_search(options_for({run}))), "");
  SearchOptions changed = options_for({run});
  changed.config.calibration.mass_sigma = 5;
  changed.config.report.decoys = true;
  ASSERT_EQ(code_of(run_search(changed)), "");
  const auto resumed = contents(changed.out);
  changed.out = scratch_.path() / "new";
  ASSERT_EQ(code_of(run_search(changed)), "");
  expect_equal(contents(changed.out), resumed);
}

TEST_F(SearchExample, a_damaged_run_does_not_touch_the_others) {
  const fs::path good = add_run("good");
  const SearchOptions alone = options_for({good}, "alone");
  ASSERT_EQ(code_of(run_search(alone)), "");
  const SearchOptions options = options_for({add_damaged("bad"), good, data_ / "absent.arrow"});
  const auto result = run_search(options);
  ASSERT_EQ(code_of(result), "OVL-COH-001");
  EXPECT_EQ(result.error().exit_code(), 5);
  EXPECT_NE(result.error().what.find("2 of 3"), std::string::npos) << result.error().what;
  EXPECT_TRUE(file_bytes(options.out / "report.parquet") ==
              file_bytes(alone.out / "report.parquet"));
  const io::Table runs = table(options.out / "runs.parquet");
  EXPECT_EQ(**runs.column<std::string>("Status"), (Strings{"failed", "done", "failed"}));
  EXPECT_NE((**runs.column<std::string>("Error"))[0].find("bad.arrow"), std::string::npos);
  SearchOptions strict = options;
  strict.is_strict = true;
  strict.out = scratch_.path() / "strict";
  EXPECT_EQ(run_search(strict).error().exit_code(), 4);
  EXPECT_FALSE(fs::exists(strict.out / "report.parquet"));
}

TEST_F(SearchExample, when_all_runs_are_damaged_the_first_cause_is_the_error) {
  const SearchOptions options = options_for({add_damaged("bad"), add_damaged("worse")});
  const auto result = run_search(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().exit_code(), 4) << result.error().message();
  EXPECT_NE(result.error().where.find("bad.arrow"), std::string::npos) << result.error().where;
  EXPECT_FALSE(fs::exists(options.out / "report.parquet"));
}

TEST_F(SearchExample, ms1_scans_are_not_needed) {
  const SearchOptions options = options_for({add_run("ms2only", {.has_ms1 = false})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const Outcome outcome = judge(table(options.out / "report.parquet"), targets_);
  EXPECT_GT(outcome.right, 110U);
  EXPECT_LE(outcome.wrong, 5U);
}

TEST_F(SearchExample, noise_gives_about_nothing) {
  std::size_t rows = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const SearchOptions options =
        options_for({add_run("noise" + std::to_string(seed), {.seed = seed, .present_share = 0})},
                    "out" + std::to_string(seed));
    ASSERT_EQ(code_of(run_search(options)), "");
    const std::size_t found = table(options.out / "report.parquet").row_count();
    rows += found;
    const std::string log = file_bytes(options.out / "log.txt");
    EXPECT_EQ(log.find("no precursor at q <= 0.01") != std::string::npos, found == 0);
  }
  EXPECT_LE(rows, 2U);
}

TEST_F(SearchExample, a_run_without_peaks_is_diagnosed) {
  const SearchOptions options =
      options_for({add_run("empty", {.present_share = 0, .noise_peaks = 0})});
  ASSERT_EQ(code_of(run_search(options)), "");
  EXPECT_EQ(table(options.out / "report.parquet").row_count(), 0U);
  EXPECT_NE(file_bytes(options.out / "log.txt").find("0 peaks a scan"), std::string::npos);
}

TEST_F(SearchExample, a_library_outside_the_windows_is_diagnosed) {
  auto heavy = targets_;
  for (LibraryPrecursor& target : heavy) target.charge = 1;  // above 800 Th
  ASSERT_TRUE(write_library(heavy, {"heavy", "", "test"}, scratch_.path() / "heavy.lib"));
  SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "heavy.lib";
  ASSERT_EQ(code_of(run_search(options)), "");
  EXPECT_EQ(table(options.out / "report.parquet").row_count(), 0U);
  EXPECT_NE(file_bytes(options.out / "log.txt").find("no precursor at q"), std::string::npos);
}

TEST_F(SearchExample, a_library_of_decoys_only_is_refused) {
  auto decoys = targets_;
  for (LibraryPrecursor& precursor : decoys) precursor.is_decoy = true;
  ASSERT_TRUE(write_library(decoys, {"decoys", "", "test"}, scratch_.path() / "decoys.lib"));
  SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "decoys.lib";
  EXPECT_EQ(code_of(run_search(options)), "OVL-LIB-023");
}

TEST_F(SearchExample, an_empty_library_and_one_precursor_are_searched_without_harm) {
  for (const std::size_t count : {0U, 1U}) {
    const std::vector<LibraryPrecursor> few(targets_.begin(),
                                            targets_.begin() + static_cast<std::ptrdiff_t>(count));
    const std::string name = "few" + std::to_string(count);
    ASSERT_TRUE(write_library(few, {"few", "", "test"}, scratch_.path() / (name + ".lib")));
    SearchOptions options = options_for({add_run("one")}, name);
    options.library = scratch_.path() / (name + ".lib");
    EXPECT_EQ(code_of(run_search(options)), count == 0 ? "OVL-LIB-023" : "");
  }
}

TEST_F(SearchExample, equal_library_times_search_the_whole_run) {
  auto flat = targets_;
  for (LibraryPrecursor& target : flat) target.irt = 5;
  ASSERT_TRUE(write_library(flat, {"flat", "", "test"}, scratch_.path() / "flat.lib"));
  SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "flat.lib";
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto psms = read_psms(options.out / "work/second_pass/one/psms.arrow");
  ASSERT_TRUE(psms);
  std::size_t infinite = 0;
  for (const float value : psms->features) infinite += std::isinf(value) ? 1U : 0U;
  EXPECT_EQ(infinite, 0U);
  EXPECT_GT(judge(table(options.out / "report.parquet"), targets_).right, 90U);
}

TEST_F(SearchExample, a_wider_report_holds_all_that_it_promises) {
  SearchOptions options = options_for({add_run("poor", {.present_share = 0.1})});
  options.config.report.q_value = 0.5;
  options.config.report.decoys = true;
  ASSERT_EQ(code_of(run_search(options)), "");
  const io::Table report = table(options.out / "report.parquet");
  double largest = 0;
  for (const double q : **report.column<double>("Q.Value")) largest = std::max(largest, q);
  EXPECT_GT(largest, 0.01);
  EXPECT_LE(largest, 0.5);
  std::size_t decoys = 0;
  for (const std::uint8_t decoy : **report.column<std::uint8_t>("Decoy")) decoys += decoy;
  EXPECT_GT(decoys, 10U);
}

TEST_F(SearchExample, mzml_and_arrow_give_the_same_report_again_and_again) {
  const fs::path arrow = add_run("one");
  const fs::path folder = scratch_.path() / "mzml";
  fs::create_directories(folder);
  ASSERT_TRUE(write_run_mzml(example_run(targets_, {}), folder / "one.mzML"));
  const SearchOptions from_arrow = options_for({arrow}, "arrow");
  const SearchOptions from_mzml = options_for({folder / "one.mzML"}, "from_mzml");
  ASSERT_EQ(code_of(run_search(from_arrow)), "");
  ASSERT_EQ(code_of(run_search(from_mzml)), "");
  EXPECT_TRUE(file_bytes(from_arrow.out / "report.parquet") ==
              file_bytes(from_mzml.out / "report.parquet"));
  const auto before = contents(from_mzml.out);
  ASSERT_EQ(code_of(run_search(from_mzml)), "");
  expect_equal(before, contents(from_mzml.out));
}

TEST_F(SearchExample, wrong_use_is_refused_before_anything_is_written) {
  const fs::path run = add_run("one");
  fs::create_directories(data_ / "sub");
  fs::copy_file(run, data_ / "sub/one.arrow");
  EXPECT_EQ(code_of(run_search(options_for({run, data_ / "sub/one.arrow"}))), "OVL-USE-013");
  EXPECT_EQ(code_of(run_search(options_for({}))), "OVL-USE-014");
  EXPECT_FALSE(fs::exists(scratch_.path() / "out"));
  SearchOptions options = options_for({run});
  options.out = data_;
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-011");
  options.out = run;
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-010");
  options.out = library();
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-010");
  EXPECT_FALSE(fs::exists(data_ / "work"));
}

}  // namespace
}  // namespace overland
