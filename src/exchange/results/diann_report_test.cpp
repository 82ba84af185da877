#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "exchange/results/exports.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

CellRule share() {
  return or_missing(is_number(0, 1));
}
CellRule minutes() {
  return or_missing(is_number(-10, 1000));
}
CellRule quantity() {
  return or_missing(is_number(0, 1e30));
}
CellRule list() {
  return
      [](const std::string& cell) { return std::string(cell.ends_with(';') ? "" : "ends early"); };
}

// Names and order of report.tsv of DIA-NN 1.8.
std::vector<ColumnRule> columns(bool with_fragments) {
  std::vector<ColumnRule> all{{"File.Name", is_text()},
                              {"Run", is_one_of({"A_1", "A_2", "B_1"})},
                              {"Protein.Group", is_anything()},
                              {"Protein.Ids", is_text()},
                              {"Protein.Names", is_anything()},
                              {"Genes", is_anything()},
                              {"PG.Quantity", quantity()},
                              {"PG.Normalised", quantity()},
                              {"PG.MaxLFQ", quantity()},
                              {"Genes.Quantity", quantity()},
                              {"Genes.Normalised", quantity()},
                              {"Genes.MaxLFQ", quantity()},
                              {"Genes.MaxLFQ.Unique", quantity()},
                              {"Modified.Sequence", is_text()},
                              {"Stripped.Sequence", is_text()},
                              {"Precursor.Id", is_text()},
                              {"Precursor.Charge", is_count(1, 20)},
                              {"Precursor.Mz", is_number(50, 5000)},
                              {"Q.Value", share()},
                              {"PEP", share()},
                              {"Global.Q.Value", share()},
                              {"Protein.Q.Value", share()},
                              {"PG.Q.Value", share()},
                              {"Global.PG.Q.Value", share()},
                              {"GG.Q.Value", share()},
                              {"Proteotypic", is_one_of({"0", "1"})},
                              {"Precursor.Quantity", quantity()},
                              {"Precursor.Normalised", quantity()},
                              {"RT", minutes()},
                              {"RT.Start", minutes()},
                              {"RT.Stop", minutes()},
                              {"iRT", or_missing(is_number(-1e4, 1e4))},
                              {"Predicted.RT", minutes()},
                              {"Predicted.iRT", or_missing(is_number(-1e4, 1e4))},
                              {"First.Protein.Description", is_exactly("")},
                              {"Lib.Q.Value", share()},
                              {"Lib.PG.Q.Value", share()},
                              {"Ms1.Area", quantity()},
                              {"CScore", or_missing(is_number(-1e6, 1e6))},
                              {"MS2.Scan", is_count(0, 1e9)},
                              {"IM", is_exactly("0")},
                              {"iIM", is_exactly("0")},
                              {"FWHM", minutes()},
                              {"Quantity.SD", quantity()}};
  if (with_fragments)
    for (const char* name :
         {"Fragment.Quant.Raw", "Fragment.Quant.Corrected", "Fragment.Correlations"})
      all.push_back({name, list()});
  if (with_fragments) all.push_back({"Fragment.Info", or_missing(list())});
  return all;
}

TextTable exported(const ExampleResults& example, const TestFolder& folder) {
  const SearchResults results = opened(example, folder / "out");
  const auto done = export_diann_report(results, folder / "report.tsv");
  EXPECT_TRUE(done) << done.error().message();
  return text_table(folder / "report.tsv", '\t');
}

std::vector<double> numbers(const std::string& cell) {
  std::vector<double> values;
  std::istringstream in(cell);
  for (std::string part; std::getline(in, part, ';');) values.push_back(std::stod(part));
  return values;
}

TEST(DiannReport, keeps_to_the_columns_with_fragments_and_without) {
  const TestFolder folder;
  ExampleResults example = example_results();
  const TextTable with = exported(example, folder);
  EXPECT_TRUE(keeps_to(with, columns(true)));
  EXPECT_TRUE(has_unique_rows(with, {"Run", "Precursor.Id"}));
  EXPECT_EQ(with.rows.size(), target_rows(example).size());
  example.traces.clear();
  std::filesystem::remove(folder / "out" / "xic.parquet");
  const TextTable without = exported(example, folder);
  EXPECT_TRUE(keeps_to(without, columns(false)));
  EXPECT_EQ(without.rows.size(), with.rows.size());
}

TEST(DiannReport, says_what_report_parquet_says) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const TextTable table = exported(example, folder);
  const TextTable report = text_table(example.report());
  const auto rows = target_rows(example);
  ASSERT_EQ(table.rows.size(), rows.size());
  std::size_t shared = 0;
  for (const std::string& name : table.header) {
    if (std::ranges::find(report.header, name) == report.header.end()) continue;
    ++shared;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string& want = report.at(rows[i], name);
      const std::string& got = table.at(i, name);
      if (got == want) continue;
      EXPECT_FLOAT_EQ(static_cast<float>(table.number(i, name)),
                      static_cast<float>(report.number(rows[i], name)))
          << name << ": " << got << " for " << want;
    }
  }
  EXPECT_GT(shared, 25U);
}

TEST(DiannReport, lists_of_fragments_belong_together) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const TextTable table = exported(example, folder);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto raw = numbers(table.at(i, "Fragment.Quant.Raw"));
    const auto corrected = numbers(table.at(i, "Fragment.Quant.Corrected"));
    const auto correlation = numbers(table.at(i, "Fragment.Correlations"));
    ASSERT_EQ(raw.size(), 3U);
    ASSERT_EQ(corrected.size(), 3U);
    for (std::size_t f = 0; f < 3; ++f) {
      EXPECT_LE(corrected[f], raw[f] * (1 + 1e-6));
      EXPECT_NEAR(correlation[f], 1, 1e-4) << "observed in the very shape of the weight";
    }
    const std::string& info = table.at(i, "Fragment.Info");
    EXPECT_TRUE(info.starts_with("y4^1/")) << info;
    EXPECT_EQ(std::ranges::count(info, ';'), 3);
  }
}

TEST(DiannReport, a_row_without_chromatogram_has_lists_of_one_zero) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.traces.erase(example.traces.begin());
  const TextTable table = exported(example, folder);
  EXPECT_TRUE(keeps_to(table, columns(true)));
  EXPECT_EQ(table.at(0, "Fragment.Quant.Raw"), "0;");
  EXPECT_EQ(table.at(0, "Fragment.Quant.Corrected"), "0;");
  EXPECT_EQ(table.at(0, "Fragment.Info"), "");
  EXPECT_NE(table.at(1, "Fragment.Info"), "");
}

TEST(DiannReport, names_of_inputs_stay_in_their_field) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.files[0] = kHostileName;
  for (ExamplePrecursor& p : example.precursors) p.proteins = kHostileName;
  for (ReportRow& row : example.rows) row.genes = kHostileName;
  const TextTable table = exported(example, folder);
  EXPECT_TRUE(keeps_to(table, columns(true)));
  EXPECT_EQ(table.at(0, "File.Name"), kHostileName);
  EXPECT_EQ(table.at(0, "Protein.Ids"), kHostileName);
  EXPECT_EQ(table.at(0, "Genes"), kHostileName);
}

}  // namespace
}  // namespace overland::exchange
