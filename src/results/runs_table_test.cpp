#include "results/runs_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/calibration_plot.h"
#include "results/results.h"
#include "support/example_search.h"
#include "support/table_checks.h"

namespace overland::results {
namespace {

using support::TestFolder;

search::RunModels drifting_models() {
  search::RunModels models;
  models.mass.method = calibrate::MassMethod::drift_and_mz;
  models.mass.source = calibrate::ModelSource::run;
  models.mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({0, 30}, {2, 5});
  models.mass.offset_ppm_of_mz = calibrate::PiecewiseLinear({400, 1000}, {-1, 0.5});
  models.mass.tolerance = {-6, 7};
  models.mass.points = 1234;
  models.rt.method = calibrate::RtMethod::spline;
  models.rt.source = calibrate::ModelSource::other_runs;
  models.rt.irt_of_rt = calibrate::PiecewiseLinear({0, 30}, {0, 100});
  models.rt.tolerance = 2.5;
  models.energy = {.slope = 0.01,
                   .constant = 20,
                   .low = 10,
                   .high = 50,
                   .method = calibrate::EnergyMethod::plane};
  models.first_minute = 0;
  models.last_minute = 30;
  models.confident = 77;
  return models;
}

RunRow row_of(const std::string& name) {
  RunRow row;
  row.name = name;
  row.file = name + ".mzML";
  row.models = drifting_models();
  row.record.ms1_scans = 10;
  row.record.ms2_scans = 300;
  row.record.windows = 25;
  row.record.peaks = 123456789012;
  row.record.scans_outside = 3;
  row.record.report.scans_negative = 2;
  row.record.report.scans_other_order = 4;
  row.counts.targets = 1000;
  row.traces = 50;
  return row;
}

class RunsTable : public ::testing::Test {
 protected:
  io::Table written(const std::vector<RunRow>& rows) const {
    const auto done = write_runs_table(rows, folder_ / "runs.parquet");
    EXPECT_TRUE(done) << done.error().message();
    auto table = io::read_parquet(folder_ / "runs.parquet");
    EXPECT_TRUE(table);
    return std::move(*table);
  }
  TestFolder folder_;
};

TEST_F(RunsTable, has_what_calibration_found_in_each_run) {
  const support::TextTable table = support::text_table(written({row_of("a"), row_of("b")}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.at(1, "Run"), "b");
  EXPECT_EQ(table.at(1, "File"), "b.mzML");
  EXPECT_EQ(table.at(0, "Status"), "done");
  EXPECT_EQ(table.at(0, "Error"), "");
  EXPECT_EQ(table.number(0, "Precursors"), 1000);
  EXPECT_EQ(table.at(0, "Peaks"), "123456789012");
  EXPECT_EQ(table.number(0, "Scans.Skipped"), 9) << "of the reader and outside of the scheme";
  EXPECT_EQ(table.number(0, "Calibration.Precursors"), 77);
  EXPECT_EQ(table.at(0, "Mass.Method"), "drift and mz");
  EXPECT_EQ(table.number(0, "Mass.Offset"), 2);
  EXPECT_EQ(table.number(0, "Mass.Drift"), 3);
  EXPECT_EQ(table.number(0, "Mass.Mz.Slope"), 1.5);
  EXPECT_EQ(table.number(0, "Mass.Tolerance.Low"), -6);
  EXPECT_EQ(table.number(0, "Mass.Matches"), 1234);
  EXPECT_EQ(table.at(0, "MS1.Mass.Method"), "none");
  EXPECT_EQ(table.at(0, "RT.Source"), "other runs");
  EXPECT_EQ(table.number(0, "NCE"), 25);
  EXPECT_EQ(table.number(0, "Chromatogram.Traces"), 50);
  EXPECT_EQ(table.at(0, "Chromatogram.Allocations"), "") << "not counted, so not 0";
}

TEST_F(RunsTable, names_the_conditions_of_scans_where_a_run_has_several) {
  EXPECT_FALSE(written({row_of("a")}).has("Scan.Conditions"));
  RunRow several = row_of("b");
  several.record.conditions = {"-60 V, energy 22", "-40 V, energy 22"};
  const support::TextTable table = support::text_table(written({row_of("a"), several}));
  EXPECT_EQ(table.at(0, "Scan.Conditions"), "");
  EXPECT_EQ(table.at(1, "Scan.Conditions"), "-60 V, energy 22; -40 V, energy 22");
}

TEST_F(RunsTable, has_failed_runs_with_their_error) {
  RunRow failed;
  failed.name = "bad\trun";
  failed.file = "bad.mzML";
  failed.error = Error{"OVL-IO-003", "it is damaged", "bad.mzML", "Copy it again."};
  const support::TextTable table = support::text_table(written({row_of("a"), failed}));
  EXPECT_EQ(table.at(1, "Status"), "failed");
  EXPECT_NE(table.at(1, "Error").find("OVL-IO-003"), std::string::npos);
  EXPECT_EQ(table.at(1, "Run"), "bad\trun");
  EXPECT_EQ(table.number(1, "Precursors"), 0);
  EXPECT_EQ(table.at(1, "RT.Method"), "none");
}

TEST_F(RunsTable, has_what_the_reader_assumes_of_a_run_and_who_converted_it) {
  RunRow converted = row_of("b"), doubtful = row_of("c");
  converted.record.converter = "msconvert 3.0.1";
  doubtful.record.report.findings = {{"OVL-RUN-061", "it was read directly", "Compare it."},
                                     {"OVL-RUN-024", "windows are wide", "Look."}};
  const support::TextTable table = support::text_table(written({row_of("a"), converted, doubtful}));
  EXPECT_EQ(table.at(0, "Findings") + table.at(0, "Converter") + table.at(1, "Findings"), "");
  EXPECT_EQ(table.at(1, "Converter"), "msconvert 3.0.1");
  EXPECT_EQ(table.at(2, "Findings"),
            "OVL-RUN-061: it was read directly. OVL-RUN-024: windows are wide.");
}

TEST_F(RunsTable, of_no_runs_has_its_columns) {
  const io::Table table = written({});
  EXPECT_EQ(table.row_count(), 0U);
  EXPECT_TRUE(table.has("Quad.High.Width"));
  EXPECT_TRUE(table.metadata.contains("overland.schema_version"));
}

TEST_F(RunsTable, is_written_as_text_beside_the_other_small_tables) {
  static_cast<void>(written({row_of("a")}));
  ASSERT_TRUE(write_small_tables_as_tsv(folder_.path()));
  const support::TextTable text = support::text_table(folder_ / "runs.tsv", '\t');
  EXPECT_EQ(text.at(0, "Run"), "a");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tic.tsv")) << "there is no such table";
  support::write_text(folder_ / "tic.parquet", "PAR1 and nothing of use");
  const auto damaged = write_small_tables_as_tsv(folder_.path());
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, "OVL-IO-003");
}

TEST(CalibrationPlot, shows_points_fits_and_where_they_are_from) {
  tune::CalibrationPoints points;
  for (int i = 0; i < 50; ++i) {
    points.mass.push_back({.rt_minutes = 0.6 * i, .ppm = 3, .mz = 400 + 10.0 * i});
    points.rt.push_back({.rt_minutes = 0.6 * i, .irt = 2.0 * i});
  }
  const std::string svg = calibration_svg("run <1> & more", drifting_models(), points);
  EXPECT_TRUE(svg.starts_with("<"));
  EXPECT_EQ(svg.find("run <1>"), std::string::npos) << "escaped";
  EXPECT_NE(svg.find("run &lt;1&gt; &amp; more"), std::string::npos);
  EXPECT_NE(svg.find("77 confident precursors"), std::string::npos);
  EXPECT_NE(svg.find("of other runs"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("Similarity by energy"), std::string::npos) << "no library of splines";
  points.energy_profiles.push_back({.charge = 2, .energy = {20, 30}, .similarity = {0.5, 0.9}});
  const std::string with_energy = calibration_svg("a", drifting_models(), points);
  EXPECT_NE(with_energy.find("Similarity by energy"), std::string::npos);
}

TEST(CalibrationPlot, of_a_run_without_points_or_length_is_drawn) {
  const std::string svg = calibration_svg("empty", {}, {});
  EXPECT_NE(svg.find("no fit: too few data"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_NE(svg.find("</svg>"), std::string::npos);
}

class ResultsManifest : public ::testing::Test {
 protected:
  nlohmann::json written(bool has_entrapments, const params::ReportParameters& config) const {
    auto targets = support::example_targets(3);
    if (has_entrapments) targets[2].entrapment = 1;
    EXPECT_TRUE(library::write_library(targets, {"source.tsv", "", "test"}, folder_ / "a.lib"));
    const auto library = library::Library::open(folder_ / "a.lib");
    EXPECT_TRUE(library);
    EXPECT_TRUE(write_results_manifest({{"one", "hash1"}, {"two", "", true}}, *library, config,
                                       folder_.path()));
    auto json = nlohmann::json::parse(support::text_of(folder_ / "manifest.json"));
    EXPECT_EQ(json["library"]["hash"], library->content_hash());
    return json;
  }
  TestFolder folder_;
};

TEST_F(ResultsManifest, names_runs_tables_and_filters) {
  params::ReportParameters config;
  config.report.q_value = 0.05;
  const auto json = written(false, config);
  EXPECT_EQ(json["runs"][0]["status"], "done");
  EXPECT_EQ(json["runs"][1]["status"], "failed");
  EXPECT_EQ(json["library"]["entrapments"], false);
  EXPECT_FALSE(json["tables"].contains("audit.parquet"));
  EXPECT_NE(json["tables"]["report.parquet"]["filter"].get<std::string>().find("0.05"),
            std::string::npos);
  EXPECT_TRUE(json["tables"].contains("xic.parquet"));
  EXPECT_TRUE(json["tables"].contains("genes_wide.parquet"));
}

TEST_F(ResultsManifest, names_the_audit_of_entrapments_and_no_chromatograms_that_are_not_there) {
  params::ReportParameters config;
  config.report.xic = false;
  const auto json = written(true, config);
  EXPECT_EQ(json["library"]["entrapments"], true);
  EXPECT_TRUE(json["tables"].contains("audit.parquet"));
  EXPECT_FALSE(json["tables"].contains("xic.parquet"));
}

TEST(Plots, of_runs_whose_points_are_missing_are_an_error) {
  const TestFolder folder;
  std::vector<ReportedRun> runs(1);
  runs[0].name = "a";
  runs[0].points = folder / "none.parquet";
  EXPECT_EQ(write_plots(runs, folder / "plots").error().code, "OVL-IO-001");
  EXPECT_TRUE(write_plots({}, folder / "plots"));
}

}  // namespace
}  // namespace overland::results
