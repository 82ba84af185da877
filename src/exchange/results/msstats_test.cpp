#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/results/exports.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

// What MSstats reads (docs/formats/interop.md).
std::vector<ColumnRule> columns(const ExampleResults& example) {
  return {{"ProteinName", is_text()},
          {"PeptideSequence", is_text()},
          {"PrecursorCharge", is_count(1, 20)},
          {"FragmentIon", is_text()},
          {"ProductCharge", or_missing(is_count(1, 20), "NA")},
          {"IsotopeLabelType", is_exactly("L")},
          {"Condition", is_text()},
          {"BioReplicate", is_count(1, static_cast<double>(example.runs.size()))},
          {"Run", is_one_of({example.runs.begin(), example.runs.end()})},
          {"Intensity", is_number(1e-30, 1e30)}};
}

TextTable exported(const ExampleResults& example, const TestFolder& folder, bool by_fragment) {
  const SearchResults results = opened(example, folder / "out");
  const auto done = export_msstats(results, {.by_fragment = by_fragment}, folder / "m.csv");
  EXPECT_TRUE(done) << done.error().message();
  return text_table(folder / "m.csv", ',');
}

TEST(Msstats, has_a_row_for_each_quantity_of_a_target_with_a_protein) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const TextTable table = exported(example, folder, false);
  EXPECT_TRUE(keeps_to(table, columns(example)));
  EXPECT_TRUE(has_unique_rows(table, {"PeptideSequence", "PrecursorCharge", "Run"}));
  std::size_t at = 0;
  for (const std::size_t i : target_rows(example)) {
    const ReportRow& row = example.rows[i];
    if (row.protein_group.empty() || std::isnan(row.quantity)) continue;
    ASSERT_LT(at, table.rows.size());
    EXPECT_EQ(table.at(at, "ProteinName"), row.protein_group);
    EXPECT_EQ(table.at(at, "PeptideSequence"), example.precursors[row.precursor].modified);
    EXPECT_EQ(table.at(at, "Run"), example.runs[row.run]);
    EXPECT_EQ(table.at(at, "Condition"), row.run < 2 ? "A" : "B");
    EXPECT_EQ(table.number(at, "BioReplicate"), row.run + 1);
    EXPECT_EQ(table.number(at, "Intensity"), row.quantity);
    EXPECT_EQ(table.at(at, "FragmentIon"), "NA");
    ++at;
  }
  EXPECT_EQ(at, table.rows.size());
  EXPECT_EQ(at, 7U) << "of 11 rows of targets three have no protein and one no quantity";
}

TEST(Msstats, by_fragment_has_the_corrected_area_of_each) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const TextTable table = exported(example, folder, true);
  EXPECT_TRUE(keeps_to(table, columns(example)));
  EXPECT_TRUE(has_unique_rows(
      table, {"PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge", "Run"}));
  EXPECT_EQ(table.rows.size(), 3U * 8) << "three fragments of eight rows with a protein";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    // Area of the weight: 0.05 x (0/2 + 50 + 100 + 50 + 0/2) = 10.
    const std::string& ion = table.at(i, "FragmentIon");
    const double share = ion == "y4" ? 0.5 : ion == "y5" ? 0.3 : 0.2;
    const double area = table.number(i, "Intensity") / (10 * share);
    EXPECT_TRUE(std::abs(area - 1) < 1e-4 || std::abs(area - 1.5) < 1e-4)
        << ion << ": twice the expected counts one and a half times, not " << area;
    EXPECT_EQ(table.at(i, "ProductCharge"), "1");
  }
}

TEST(Msstats, names_of_inputs_stay_in_their_field) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.runs[0] = kHostileName;
  for (ReportRow& row : example.rows)
    if (!row.protein_group.empty()) row.protein_group += kHostileName;
  for (const bool by_fragment : {false, true}) {
    const TextTable table = exported(example, folder, by_fragment);
    EXPECT_TRUE(keeps_to(table, columns(example)));
    EXPECT_EQ(table.at(0, "Run"), kHostileName);
    EXPECT_EQ(table.at(0, "ProteinName"), std::string("P1;P2") + kHostileName);
  }
}

TEST(Msstats, without_chromatograms_there_are_no_fragments) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.traces.clear();
  const SearchResults results = opened(example, folder / "out");
  EXPECT_EQ(code_of(export_msstats(results, {.by_fragment = true}, folder / "m.csv")),
            "OVL-IO-095");
  EXPECT_FALSE(std::filesystem::exists(folder / "m.csv")) << "nothing half done";
  EXPECT_TRUE(export_msstats(results, {}, folder / "m.csv"));
  EXPECT_EQ(code_of(export_msstats(results, {}, "/proc/no/m.csv")), "OVL-IO-002");
}

}  // namespace
}  // namespace overland::exchange
