#include "report/page_data.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/report_page.h"
#include "support/report_example.h"

namespace overland::report {
namespace {

using namespace support;

class PageData : public testing::Test {
 protected:
  void SetUp() override { example_.write(out()); }
  [[nodiscard]] std::filesystem::path out() const { return folder_ / "out"; }
  PageJson page(const PageOptions& more = {}) {
    PageOptions options = more;
    options.results = out();
    auto data = report_page_data(options);
    EXPECT_TRUE(data) << data.error().message();
    return data ? *data : PageJson();
  }
  // What the page says it left out.
  static std::set<std::string> left_out(const PageJson& page) {
    std::set<std::string> names;
    for (const PageJson& entry : page["leftOut"]) names.insert(entry[0].get<std::string>());
    return names;
  }
  TestFolder folder_;
  ExampleResults example_ = example_results();
};

TEST_F(PageData, counts_are_those_of_the_report) {
  const PageJson data = page();
  EXPECT_EQ(data["names"].get<std::vector<std::string>>(), example_.runs);
  EXPECT_EQ(data["ids"]["distinct"], 4) << "decoys do not count";
  EXPECT_EQ(data["ids"]["distinctPeptides"], 4);
  EXPECT_EQ(data["ids"]["precursors"].dump(), "[4,4,3]");
  EXPECT_EQ(data["ids"]["peptides"].dump(), "[4,4,3]");
  EXPECT_EQ(data["ids"]["groups"].dump(), "[3,3,2]");
  EXPECT_EQ(data["ids"]["distinctGroups"], 3);
  EXPECT_EQ(data["ids"]["charges"].dump(), "[[2,0.7273],[3,0.2727]]");
  EXPECT_EQ(data["missing"]["precursors"], 4);
  EXPECT_EQ(data["missing"]["complete"], 3);
  EXPECT_EQ(data["missing"]["foundIn"].dump(), "[4,4,3]");
  EXPECT_NEAR(data["missing"]["cells"].get<double>(), 11.0 / 12, 1e-4);
  for (std::size_t run = 0; run < 3; ++run)
    EXPECT_EQ(data["qCurve"]["runs"][run].back(), data["ids"]["precursors"][run]);
  EXPECT_EQ(data["qCurve"]["grid"].size(), data["qCurve"]["runs"][0].size());
  EXPECT_EQ(data["filter"], "q");
  EXPECT_EQ(data["title"], "out");
}

TEST_F(PageData, curves_over_q_never_fall_and_many_runs_are_three_curves) {
  example_ = {};
  for (std::uint32_t r = 0; r < 20; ++r) {
    example_.runs.push_back("r" + std::to_string(r));
    example_.files.push_back("f");
  }
  for (std::uint32_t p = 0; p < 40; ++p)
    example_.precursors.push_back(
        {std::string(1 + p % 8, 'A') + "CK" + std::string(p / 8, 'K'), 2, "", ""});
  for (std::uint32_t r = 0; r < 20; ++r)
    for (std::uint32_t p = 0; p < 20 + r; ++p) {
      ReportRow row = example_row(p, r);
      row.q_value = 0.0002 * (p + 1);
      example_.rows.push_back(row);
    }
  example_.write(out());
  const PageJson q = page()["qCurve"];
  ASSERT_EQ(q["quantiles"].size(), 3U);
  EXPECT_TRUE(q["runs"].empty());
  for (std::size_t i = 0; i < q["grid"].size(); ++i) {
    EXPECT_LE(q["quantiles"][0][i], q["quantiles"][1][i]);
    EXPECT_LE(q["quantiles"][1][i], q["quantiles"][2][i]);
    if (i > 0) {
      EXPECT_LE(q["quantiles"][1][i - 1], q["quantiles"][1][i]);
    }
  }
  EXPECT_EQ(q["quantiles"][0].back(), 20);
  EXPECT_EQ(q["quantiles"][2].back(), 39);
}

TEST_F(PageData, says_what_is_not_there) {
  EXPECT_EQ(left_out(page()), (std::set<std::string>{"FDR certificate", "total ion current",
                                                     "normalisation", "time and memory"}));
  for (const char* name : {"protein_groups.parquet", "xic.parquet"})
    std::filesystem::remove(out() / name);
  const PageJson data = page();
  EXPECT_TRUE(left_out(data).contains("protein groups"));
  EXPECT_TRUE(left_out(data).contains("chromatograms"));
  EXPECT_TRUE(data["xic"].is_null());
  EXPECT_TRUE(data["ids"]["groups"].is_null());
}

TEST_F(PageData, conditions_of_runs_are_by_name_or_by_table) {
  EXPECT_EQ(page()["conditions"].dump(), R"(["A","B"])");
  EXPECT_EQ(page()["condition"].dump(), "[0,0,1]");
  write_text(folder_ / "c.tsv", "Run\tCondition\nA_1\tx\nA_2\ty\nB_1\ty\n");
  const PageJson data = page({.results = {}, .conditions = folder_ / "c.tsv"});
  EXPECT_EQ(data["conditions"].dump(), R"(["x","y"])");
  EXPECT_EQ(data["condition"].dump(), "[0,1,1]");
  EXPECT_EQ(data["conditionsFrom"], "by c.tsv");
}

TEST_F(PageData, a_served_page_leaves_chromatograms_to_the_server) {
  const PageJson inlined = page();
  EXPECT_EQ(inlined["xic"]["total"], 5);
  EXPECT_EQ(inlined["isServed"], false);
  const PageJson served = page({.results = {}, .conditions = {}, .is_served = true});
  EXPECT_EQ(served["isServed"], true);
  EXPECT_TRUE(served["xic"].is_null());
  std::filesystem::remove(out() / "xic.parquet");
  EXPECT_EQ(page({.results = {}, .conditions = {}, .is_served = true})["isServed"], false);
}

TEST_F(PageData, inlined_chromatograms_begin_with_the_best_in_several_runs) {
  const PageJson list = page()["xic"]["precursors"];
  ASSERT_EQ(list.size(), 5U);
  std::vector<std::string> ids;
  for (const PageJson& entry : list) ids.push_back(entry["id"].get<std::string>());
  // Scores fall with the number of the precursor; all are in several runs.
  for (std::size_t p = 0; p < 5; ++p)
    EXPECT_EQ(ids[p],
              example_.precursors[p].modified + std::to_string(example_.precursors[p].charge));
  EXPECT_EQ(list[0]["traces"].size(), 3U);
  EXPECT_EQ(list[0]["traces"][2]["run"], 2);
}

TEST_F(PageData, what_is_no_results_folder_is_refused) {
  const auto code = [](const std::filesystem::path& folder) {
    const auto data = report_page_data({.results = folder, .conditions = {}});
    return data ? std::string() : data.error().code;
  };
  EXPECT_EQ(code(folder_.path()), "OVL-USE-040");
  EXPECT_EQ(code(folder_ / "absent"), "OVL-USE-040");
  ExampleResults fewer = example_;
  fewer.runs[0] = "renamed";
  ASSERT_TRUE(io::write_parquet(fewer.runs_table(), out() / "runs.parquet"));
  EXPECT_EQ(code(out()), "OVL-IO-090");
  write_text(out() / "report.parquet", "PAR1");
  EXPECT_EQ(code(out()), "OVL-IO-003");
}

TEST_F(PageData, hostile_names_reach_the_page_as_data_alone) {
  example_.runs[0] = kHostileName;
  example_.precursors[0].modified = kHostileName;
  for (ReportRow& row : example_.rows) row.protein_group = row.genes = kHostileName;
  example_.write(out());
  ASSERT_TRUE(write_report_page({.results = out(), .conditions = {}}));
  const std::string text = text_of(out() / "report.html");
  EXPECT_EQ(text.find("<script>alert"), std::string::npos);
  const std::string open = R"(<script type="application/json" id="data">)";
  const std::size_t begin = text.find(open) + open.size();
  const std::string json = text.substr(begin, text.find("</script>", begin) - begin);
  EXPECT_EQ(PageJson::parse(json)["names"][0], kHostileName);
}

TEST_F(PageData, of_a_search_that_found_nothing_is_a_page) {
  example_.rows.clear();
  example_.traces.clear();
  std::filesystem::remove(out() / "xic.parquet");
  example_.write(out());
  const PageJson data = page();
  EXPECT_EQ(data["ids"]["distinct"], 0);
  EXPECT_EQ(data["ids"]["precursors"].dump(), "[0,0,0]");
  EXPECT_TRUE(data["histograms"].empty());
  EXPECT_TRUE(data["pca"].is_null());
}

TEST_F(PageData, models_are_every_curve_and_number_whatever_their_names) {
  write_text(out() / "work" / "borrow" / "A_1.json",
             R"({"rt": {"irt_of_rt": {"x": [1, 2, 3], "y": [10, 20, 30]}, "tolerance_irt": 4.5},
                 "parts": [{"x": [0, 1], "y": [1, 0]}, {"deep": {"n": 7}}],
                 "list": [1, 2, 3], "text": "none", "odd": {"x": [1], "y": [1, 2]}})");
  write_text(out() / "work" / "borrow" / "A_2.json", "not json");
  const PageJson models = page_models(out(), example_.runs);
  ASSERT_EQ(models.size(), 3U);
  EXPECT_TRUE(models[1].is_null());
  EXPECT_TRUE(models[2].is_null());
  std::map<std::string, std::string> curves;
  for (const PageJson& curve : models[0]["curves"])
    curves[curve["name"].get<std::string>()] = curve["y"].dump();
  EXPECT_EQ(curves, (std::map<std::string, std::string>{{"rt.irt_of_rt", "[10,20,30]"},
                                                        {"parts.1", "[1,0]"}}));
  EXPECT_EQ(models[0]["values"]["rt.tolerance_irt"], 4.5);
  EXPECT_EQ(models[0]["values"]["parts.2.deep.n"], 7);
  EXPECT_FALSE(models[0]["values"].contains("text"));
}

TEST_F(PageData, long_curves_are_thinned_and_keep_their_ends) {
  PageJson curve{{"x", PageJson::array()}, {"y", PageJson::array()}};
  for (int i = 0; i < 5000; ++i) curve["x"].push_back(i), curve["y"].push_back(2 * i);
  write_text(out() / "work" / "borrow" / "A_1.json", PageJson{{"c", curve}}.dump());
  const PageJson x = page_models(out(), example_.runs)[0]["curves"][0]["x"];
  EXPECT_EQ(x.size(), 150U);
  EXPECT_EQ(x.front(), 0);
  EXPECT_EQ(x.back(), 4999);
  const std::vector<std::string> many(101, "A_1");
  EXPECT_EQ(page_models(out(), many)[0]["curves"][0]["x"].size(), 24U);
}

TEST_F(PageData, points_of_calibration_are_by_kind_and_bounded) {
  io::Table points;
  std::vector<std::string> kind;
  std::vector<double> x, y, z;
  for (int i = 0; i < 8000; ++i) {
    kind.push_back(i % 4 == 0 ? "energy" : "mass");
    x.push_back(i), y.push_back(i * 0.5), z.push_back(500);
  }
  points.add("kind", kind), points.add("x", x), points.add("y", y), points.add("z", z);
  std::filesystem::create_directories(out() / "work" / "tune" / "A_2");
  ASSERT_TRUE(io::write_parquet(points, out() / "work" / "tune" / "A_2" / "points.parquet"));
  const PageJson all = page_points(out(), example_.runs);
  EXPECT_TRUE(all[0].is_null());
  EXPECT_LE(all[1]["mass"]["x"].size(), 3000U);
  EXPECT_GT(all[1]["mass"]["x"].size(), 1400U);
  EXPECT_EQ(all[1]["energy"]["x"].size(), all[1]["energy"]["z"].size());
  EXPECT_EQ(all[1]["energy"]["x"][1].get<double>(), 4);
}

TEST_F(PageData, verdicts_on_single_runs_are_for_few_of_them) {
  write_text(out() / "audit.json",
             R"({"verdict_at": 0.01, "curves": [{"scope": "run"}, {"scope": "one run"}, 7]})");
  EXPECT_EQ(page_audit(out(), 60)["curves"].size(), 3U);
  EXPECT_EQ(page_audit(out(), 61)["curves"].size(), 2U);
  write_text(out() / "audit.json", R"({"curves": "odd"})");
  EXPECT_EQ(page_audit(out(), 1)["curves"], "odd");
  std::filesystem::remove(out() / "audit.json");
  EXPECT_TRUE(page_audit(out(), 1).is_null());
}

TEST_F(PageData, curves_of_the_audit_are_by_level_and_scope) {
  io::Table audit;
  std::vector<std::string> level, scope;
  std::vector<double> q;
  for (int i = 0; i < 900; ++i) {
    level.push_back(i < 600 ? "precursor" : "protein");
    scope.push_back(i % 300 == 7 ? "one run" : "run");
    q.push_back(i % 300 * 1e-4);
  }
  audit.add("Level", level), audit.add("Scope", scope), audit.add("Q.Value", q);
  ASSERT_TRUE(io::write_parquet(audit, out() / "audit.parquet"));
  const PageJson curves = page_audit_curves(out());
  ASSERT_EQ(curves.size(), 2U);
  for (const PageJson& curve : curves) {
    EXPECT_EQ(curve["scope"], "run");
    EXPECT_LE(curve["Q.Value"].size(), 150U);
    EXPECT_FALSE(curve.contains("Combined")) << "a column that is not there";
  }
}

TEST_F(PageData, importance_is_in_per_cent_and_of_the_first_features) {
  io::Table table;
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back("f" + std::to_string(i));
  table.add("Feature", names);
  table.add("Importance", std::vector<double>(30, 0.12345));
  ASSERT_TRUE(io::write_parquet(table, out() / "feature_importance.parquet"));
  const PageJson importance = page_importance(out());
  EXPECT_EQ(importance["names"].size(), 20U);
  EXPECT_EQ(importance["shares"][0], 12.3);
}

TEST_F(PageData, currents_and_corrections_over_time_are_by_run) {
  io::Table tic;
  tic.add("Run", std::vector<std::string>{"A_2", "A_2", "A_2", "other"});
  tic.add("MS.Order", std::vector<std::uint8_t>{1, 2, 2, 1});
  tic.add("RT", std::vector<float>{1, 1.5F, 2, 3});
  tic.add("TIC", std::vector<double>{100, 10, 20, 7});
  ASSERT_TRUE(io::write_parquet(tic, out() / "tic.parquet"));
  EXPECT_EQ(page_tic(out(), example_.runs).dump(),
            R"([{"run":1,"ms1":{"x":[1],"y":[100]},"ms2":{"x":[1.5,2],"y":[10,20]}}])");
  const std::vector<quant::NormalisationCurve> curves{
      {.method = "curve", .rt = {1, 2}, .log2 = {0.25, -0.5}, .precursors = 9, .residual_sd = 0.1},
      {.method = "constant", .rt = {0}, .log2 = {0.5}, .precursors = 9, .residual_sd = 0.2}};
  ASSERT_TRUE(io::write_parquet(make_normalisation_table(curves, example_.runs),
                                out() / "normalisation.parquet"));
  EXPECT_EQ(page_normalisation(out(), example_.runs).dump(),
            R"([{"run":0,"method":"curve","sd":0.1,"x":[1,2],"y":[0.25,-0.5]},)"
            R"({"run":1,"method":"constant","sd":0.2,"x":[null],"y":[0.5]}])");
  EXPECT_TRUE(page_tic(out(), {"none of these"}).is_null());
}

TEST_F(PageData, json_files_may_be_missing_or_broken) {
  for (const char* text : {"", "{", "nul", "{\"a\": 1,}"}) {
    write_text(out() / "x.json", text);
    EXPECT_TRUE(json_of_file(out() / "x.json").is_null()) << text;
  }
  write_text(out() / "x.json", "// a comment\n{\"a\": 1}");
  EXPECT_EQ(json_of_file(out() / "x.json")["a"], 1);
  EXPECT_TRUE(json_of_file(out() / "none.json").is_null());
}

}  // namespace
}  // namespace overland::report
