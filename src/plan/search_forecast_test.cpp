#include "plan/search_forecast.h"

#include <nlohmann/json.hpp>

#include "commands/clean_results.h"
#include "run/run_record.h"
#include "run/run_writer.h"
#include "stages/catalogue.h"
#include "support/search_fixture.h"

namespace overland::plan {
namespace {

namespace fs = std::filesystem;
using commands::run_search;
using stages::SearchOptions;

using Reasons = std::map<std::pair<std::string, std::string>, std::string>;

class Forecast : public support::SearchFixture {
 protected:
  static SearchForecast forecast(const SearchOptions& options) {
    auto made = forecast_search(options);
    EXPECT_TRUE(made) << made.error().message();
    return made ? std::move(*made) : SearchForecast();
  }
  // Of the steps that have to be done.
  static Reasons to_do(const SearchOptions& options) {
    Reasons reasons;
    for (const ForecastStep& step : forecast(options).steps)
      if (!step.is_done()) reasons[{step.stage, step.run}] = step.reason;
    return reasons;
  }
};

TEST_F(Forecast, a_new_search_does_every_step_and_the_forecast_writes_nothing) {
  const SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  const auto before = contents(scratch_.path());
  const SearchForecast made = forecast(options);
  EXPECT_FALSE(fs::exists(options.out));
  EXPECT_EQ(contents(scratch_.path()), before);
  ASSERT_FALSE(made.steps.empty());
  for (const ForecastStep& step : made.steps) {
    EXPECT_EQ(step.reason, "it has not been done") << step.stage;
    EXPECT_FALSE(step.is_measured) << step.stage;
    EXPECT_GT(step.cost.cpu_seconds, 0) << step.stage;
    EXPECT_GT(step.cost.memory_mb, 0) << step.stage;
    EXPECT_GE(step.threads, 1) << step.stage;
  }
  EXPECT_EQ(made.total().steps, made.steps.size());
  EXPECT_EQ(made.inputs.runs[0].source, "headers of the Arrow file");
}

TEST_F(Forecast, what_was_done_is_up_to_date_with_its_measured_cost) {
  const SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto files = contents(options.out);
  const SearchForecast made = forecast(options);
  EXPECT_EQ(made.total().steps, 0U);
  EXPECT_EQ(made.total().cpu_seconds, 0);
  for (const ForecastStep& step : made.steps) EXPECT_TRUE(step.is_measured) << step.stage;
  EXPECT_NE(forecast_text(made).find("up to date"), std::string::npos);
  expect_equal(files, contents(options.out));
}

// What is forecast for a change is what the search then does.
TEST_F(Forecast, names_the_steps_of_a_changed_parameter) {
  SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  options.config.integrate.edge_fraction = 0.1;
  const Reasons reasons = to_do(options);
  EXPECT_EQ(reasons.at({"chromatograms", "one"}), "its parameters changed");
  EXPECT_EQ(reasons.at({"integrate", "two"}), "its input 'chromatograms' will be made anew");
  EXPECT_EQ(reasons.at({"report", ""}).find("its input '"), 0U);
  EXPECT_FALSE(reasons.contains({"score", ""}));
  EXPECT_FALSE(reasons.contains({"second_pass", "one"}));
}

TEST_F(Forecast, an_added_run_leaves_the_passes_of_the_others) {
  const fs::path one = add_run("one");
  const fs::path two = add_run("two", {.seed = 2});
  ASSERT_EQ(code_of(run_search(options_for({one}))), "");
  const SearchForecast made = forecast(options_for({one, two}));
  for (const ForecastStep& step : made.steps) {
    const bool is_pass =
        step.stage == "read" || step.stage == "tune" || step.stage == "second_pass";
    if (is_pass) {
      EXPECT_EQ(step.is_done(), step.run == "one") << step.stage << " " << step.run;
    }
    if (step.stage == "library") {
      EXPECT_TRUE(step.is_done());
    }
    if (step.stage == "score") {
      EXPECT_FALSE(step.is_done());
    }
    // The other run's passes give the rates.
    if (is_pass) {
      EXPECT_TRUE(step.is_measured) << step.stage << " " << step.run;
    }
  }
}

TEST_F(Forecast, a_lost_output_is_made_anew_with_all_that_reads_it) {
  const SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  ASSERT_TRUE(fs::remove(options.out / "work/second_pass/one/psms.arrow"));
  const Reasons reasons = to_do(options);
  EXPECT_NE(reasons.at({"second_pass", "one"}).find("is missing"), std::string::npos);
  EXPECT_EQ(reasons.at({"score", ""}), "its input 'second_pass' will be made anew for 1 of 2 runs");
  EXPECT_FALSE(reasons.contains({"second_pass", "two"}));
}

TEST_F(Forecast, a_run_that_cannot_be_read_has_a_step_and_no_cost) {
  const SearchForecast made = forecast(options_for({add_damaged("bad"), add_run("good")}));
  EXPECT_TRUE(made.inputs.runs[0].source.empty());
  EXPECT_EQ(made.inputs.runs[0].peaks, 0U);
  EXPECT_NE(forecast_text(made).find("bad: cannot be read"), std::string::npos);
}

TEST_F(Forecast, json_lists_the_steps_in_an_order_in_which_they_can_be_done) {
  SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  options.config.transfer.enabled = true;
  const auto json = nlohmann::json::parse(forecast_json(forecast(options)));
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("runs").get<std::vector<std::string>>(),
            (std::vector<std::string>{"one", "two"}));
  std::set<std::string> seen;
  for (const auto& step : json.at("steps")) {
    for (const auto& input : step.at("inputs"))
      EXPECT_TRUE(seen.contains(input.get<std::string>())) << input;
    seen.insert(step.at("stage").get<std::string>());
    for (const char* number : {"cpu_seconds", "memory_mb", "disk_mb", "threads"})
      EXPECT_TRUE(step.at(number).is_number()) << number;
    EXPECT_EQ(step.at("state"), "to do");
    EXPECT_EQ(step.at("source"), "model");
  }
  EXPECT_TRUE(seen.contains("transfer"));
  EXPECT_EQ(json.at("total").at("steps"), json.at("steps").size());
}

TEST_F(Forecast, chromatograms_take_no_more_than_the_memory_that_is_allowed) {
  SearchOptions options = options_for({add_run("one")});
  options.machine.max_ram = 1'000'000;
  for (const ForecastStep& step : forecast(options).steps)
    if (step.stage == "chromatograms") {
      EXPECT_LE(step.cost.memory_mb, 1);
    }
}

TEST_F(Forecast, the_table_knows_every_stage_of_every_search) {
  for (const bool refine : {false, true}) {
    SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
    options.refine = refine;
    options.config.transfer.enabled = true;
    if (refine) {
      options.library.clear();
      options.build.fasta = {scratch_.path() / "some.fasta"};
    }
    const auto plan = stages::plan_search(options);
    ASSERT_TRUE(plan);
    Sizes sizes{};
    sizes.fill(1);
    for (const stages::Stage& stage : stages::search_stages(*plan)) {
      const StepCost cost = predict_cost(stage.full_name(), sizes);
      EXPECT_GT(cost.cpu_seconds, 0) << stage.full_name();
      EXPECT_GT(cost.memory_mb, 0) << stage.full_name();
    }
  }
  EXPECT_EQ(predict_cost("no such stage", Sizes{}).cpu_seconds, 0);
}

TEST_F(Forecast, costs_never_fall_when_a_size_grows) {
  Sizes small{};
  small.fill(1);
  for (std::size_t size = 0; size < kSizes; ++size) {
    Sizes large = small;
    large[size] = 10;
    for (const char* stage : {"read", "tune", "second_pass", "score", "report", "library"}) {
      EXPECT_GE(predict_cost(stage, large).cpu_seconds, predict_cost(stage, small).cpu_seconds);
      EXPECT_GE(predict_cost(stage, large).memory_mb, predict_cost(stage, small).memory_mb);
    }
  }
}

// The sizes that are read cheaply, beside those of a run that was read.
TEST_F(Forecast, sizes_of_arrow_and_mzml_are_near_those_of_the_whole_run) {
  const fs::path arrow = add_run("one", {.cycles = 120});
  const auto raw = run::open_run(arrow, {});
  ASSERT_TRUE(raw);
  const fs::path mzml = data_ / "two.mzML";
  ASSERT_TRUE(run::write_run_mzml(*raw, mzml, {}));
  const run::RunRecord truth = run::describe_run(*raw, "");
  const auto plan = stages::plan_search(options_for({arrow, mzml}));
  ASSERT_TRUE(plan);
  const RunSize of_arrow = size_of_run(*plan, plan->runs[0]);
  EXPECT_EQ(of_arrow.ms2_scans, truth.ms2_scans);
  EXPECT_EQ(of_arrow.windows, truth.windows);
  EXPECT_EQ(of_arrow.peaks, truth.peaks);
  EXPECT_FALSE(of_arrow.is_converted);
  const RunSize of_mzml = size_of_run(*plan, plan->runs[1]);
  EXPECT_TRUE(of_mzml.is_converted);
  EXPECT_EQ(of_mzml.windows, truth.windows);
  EXPECT_NEAR(static_cast<double>(of_mzml.ms2_scans), static_cast<double>(truth.ms2_scans),
              0.02 * static_cast<double>(truth.ms2_scans));
  EXPECT_NEAR(static_cast<double>(of_mzml.peaks), static_cast<double>(truth.peaks),
              0.1 * static_cast<double>(truth.peaks));
}

TEST_F(Forecast, a_library_folder_is_counted_by_its_rows) {
  const auto plan = stages::plan_search(options_for({add_run("one")}));
  ASSERT_TRUE(plan);
  const auto size = size_of_library(*plan, {});
  ASSERT_TRUE(size);
  EXPECT_TRUE(size->is_imported) << "it has no decoys";
  EXPECT_EQ(size->precursors, 240U * (1 + 2));
  EXPECT_EQ(size->source, "rows of the library");
}

TEST_F(Forecast, precursors_of_a_fasta_are_counted_with_their_decoys_and_entrapments) {
  const fs::path fasta = data_ / "proteins.fasta";
  std::string text;
  Rng rng(3, 0);
  for (int protein = 0; protein < 60; ++protein) {
    text += ">sp|P" + std::to_string(10000 + protein) + "|X_TEST\n";
    for (int i = 0; i < 300; ++i) text += "ACDEFGHIKLMNPQRSTVWY"[rng.below(20)];
    text += "\n";
  }
  std::ofstream(fasta) << text;
  SearchOptions options = options_for({add_run("one")});
  options.library.clear();
  options.build.fasta = {fasta};
  const auto count = [&] {
    const auto plan = stages::plan_search(options);
    const auto size = size_of_library(*plan, {});
    EXPECT_TRUE(size);
    EXPECT_EQ(size->source, "digestion of the FASTA");
    return size ? size->precursors : 0;
  };
  options.build.config.counterparts.entrapments = 0;
  options.config.decoys_per_target = 1;
  const std::uint64_t with_decoys = count();
  EXPECT_GT(with_decoys, 2 * 2000U);  // of 60 proteins with 30 tryptic sites each
  EXPECT_LT(with_decoys, 2 * 9000U);
  options.build.config.counterparts.entrapments = 1;
  EXPECT_EQ(count(), 2 * with_decoys);
  options.config.decoys_per_target = 3;
  EXPECT_EQ(count(), 4 * with_decoys);
}

}  // namespace
}  // namespace overland::plan
