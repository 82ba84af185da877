#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/results/exports.h"
#include "exchange/results/pioneer_rows.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

// Columns and types of docs/formats/interop.md.
constexpr const char* kIdentity =
    "species:text gene_names:text protein_names:text inferred_protein_group:text "
    "accession_numbers:text sequence:text charge:uint8 structural_mods:text isotopic_mods:text "
    "prec_mz:float";
constexpr const char* kEnd =
    "use_for_protein_quant:uint8 precursor_idx:uint32 target:uint8 entrapment_group_id:uint8";
constexpr const char* kProtein =
    "species:text gene_names:text protein_names:text protein:text target:uint8 entrap_id:uint8";

class PioneerTables : public testing::Test {
 protected:
  void exported(const ExampleResults& example) {
    const SearchResults results = opened(example, folder_ / "out");
    const auto done = export_pioneer(results, folder_ / "pioneer");
    ASSERT_TRUE(done) << done.error().message();
  }
  [[nodiscard]] io::Table arrow(const std::string& name) const {
    auto table = io::read_arrow(folder_ / "pioneer" / (name + ".arrow"));
    EXPECT_TRUE(table) << table.error().message();
    return std::move(*table);
  }
  [[nodiscard]] TextTable text(const std::string& name) const {
    return text_table(folder_ / "pioneer" / (name + ".tsv"), '\t');
  }
  TestFolder folder_;
};

TEST_F(PioneerTables, have_the_columns_and_types_of_pioneer) {
  exported(example_results());
  EXPECT_EQ(columns_of(arrow("precursors_long")),
            "file_name:text " + std::string(kIdentity) +
                " missed_cleavage:uint8 global_score:float score:float global_qval:float "
                "qval:float pep:float peak_area:float peak_area_normalized:float "
                "points_integrated:uint32 precursor_fraction_transmitted:text "
                "isotopes_captured:text rt:float apex_scan:uint32 global_pg_score:float "
                "pg_score:float " +
                kEnd);
  EXPECT_EQ(columns_of(arrow("precursors_wide")), std::string(kIdentity) +
                                                      " global_score:float global_qval:float " +
                                                      kEnd + " A_1:float A_2:float B_1:float");
  EXPECT_EQ(columns_of(arrow("protein_groups_long")),
            "file_name:text " + std::string(kProtein) +
                " peptides:text n_peptides:uint32 global_pg_score:float pg_score:float "
                "global_qval:float qval:float pg_pep:float abundance:float");
  EXPECT_EQ(columns_of(arrow("protein_groups_wide")),
            std::string(kProtein) +
                " global_pg_score:float global_qval:float A_1:float A_2:float B_1:float");
}

TEST_F(PioneerTables, are_the_same_as_text) {
  exported(example_results());
  for (const char* name :
       {"precursors_long", "precursors_wide", "protein_groups_long", "protein_groups_wide"}) {
    SCOPED_TRACE(name);
    TextTable binary = text_table(arrow(name));
    for (const char* flag : {"target", "use_for_protein_quant"}) {
      if (std::ranges::find(binary.header, flag) == binary.header.end()) continue;
      for (auto& row : binary.rows) {
        std::string& cell = row[binary.place(flag)];
        cell = cell == "1" ? "true" : "false";
      }
    }
    EXPECT_TRUE(says_the_same(binary, text(name)));
  }
}

TEST_F(PioneerTables, long_has_a_row_per_quantity_and_wide_the_same_numbers) {
  const ExampleResults example = example_results();
  exported(example);
  const TextTable rows = text("precursors_long");
  const TextTable wide = text("precursors_wide");
  EXPECT_EQ(rows.rows.size(), 10U) << "of 11 rows of targets one has no quantity";
  EXPECT_TRUE(has_unique_rows(rows, {"file_name", "precursor_idx"}));
  EXPECT_EQ(wide.rows.size(), 4U);
  std::size_t filled = 0;
  for (std::size_t i = 0; i < wide.rows.size(); ++i) {
    EXPECT_EQ(wide.number(i, "precursor_idx"), i + 1) << "numbered by m/z";
    if (i > 0) {
      EXPECT_LE(wide.number(i - 1, "prec_mz"), wide.number(i, "prec_mz"));
    }
    for (const std::string& run : example.runs) filled += wide.at(i, run).empty() ? 0U : 1U;
  }
  EXPECT_EQ(filled, rows.rows.size());
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const auto at = static_cast<std::size_t>(rows.number(i, "precursor_idx")) - 1;
    EXPECT_EQ(wide.at(at, rows.at(i, "file_name")), rows.at(i, "peak_area_normalized"));
    EXPECT_EQ(wide.at(at, "sequence"), rows.at(i, "sequence"));
    EXPECT_NEAR(rows.number(i, "score"), 1 - rows.number(i, "pep"), 1e-6);
  }
}

TEST_F(PioneerTables, precursors_without_a_group_are_not_for_protein_quantities) {
  exported(example_results());
  const TextTable rows = text("precursors_long");
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    EXPECT_EQ(rows.at(i, "use_for_protein_quant"),
              rows.at(i, "inferred_protein_group").empty() ? "false" : "true");
    EXPECT_EQ(rows.at(i, "target"), "true");
    if (rows.at(i, "accession_numbers") == "P1_HUMAN") {
      EXPECT_EQ(rows.at(i, "species"), "HUMAN");
    }
  }
}

TEST_F(PioneerTables, protein_groups_count_their_precursors_of_the_run) {
  ExampleResults example = example_results();
  for (ReportRow& row : example.rows)
    if (row.precursor < 2) row.protein_group = "P1;P2";
  exported(example);
  const TextTable rows = text("protein_groups_long");
  EXPECT_TRUE(has_unique_rows(rows, {"file_name", "protein"}));
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const std::string& peptides = rows.at(i, "peptides");
    EXPECT_EQ(rows.number(i, "n_peptides"), 1 + std::ranges::count(peptides, ';'));
    if (rows.at(i, "protein") != "P1;P2") continue;
    EXPECT_EQ(rows.at(i, "n_peptides"), rows.at(i, "file_name") == "A_2" ? "1" : "2")
        << "the second has no quantity in A_2";
    const double want = rows.at(i, "file_name") == "A_1"   ? 7000
                        : rows.at(i, "file_name") == "A_2" ? 14000
                                                           : 21000;
    EXPECT_NEAR(rows.number(i, "abundance"), want, 0.1);
  }
  const TextTable wide = text("protein_groups_wide");
  EXPECT_TRUE(has_unique_rows(wide, {"protein"}));
  EXPECT_EQ(wide.rows.size(), 2U);
}

TEST_F(PioneerTables, names_of_inputs_stay_in_their_field) {
  ExampleResults example = example_results();
  example.runs[0] = kHostileName;
  for (ReportRow& row : example.rows) row.genes = row.protein_group = kHostileName;
  exported(example);
  const TextTable rows = text("precursors_long");
  EXPECT_EQ(rows.at(0, "file_name"), kHostileName);
  EXPECT_EQ(rows.at(0, "gene_names"), kHostileName);
  EXPECT_EQ(rows.rows.size(), 10U);
  const TextTable wide = text("precursors_wide");
  EXPECT_EQ(std::ranges::count(wide.header, std::string(kHostileName)), 1);
}

TEST_F(PioneerTables, without_rows_are_tables_without_rows) {
  ExampleResults example = example_results();
  std::erase_if(example.rows, [](const ReportRow& row) { return row.precursor != 4; });
  example.traces.clear();
  exported(example);
  for (const char* name :
       {"precursors_long", "precursors_wide", "protein_groups_long", "protein_groups_wide"})
    EXPECT_TRUE(text(name).rows.empty()) << name;
}

TEST(PioneerPeptide, has_each_modification_at_its_place) {
  const auto both = pioneer_peptide("(UniMod:1)M(UniMod:35)AK", 3);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->structural_mods, "(1,n,Unimod:1)(1,M,Unimod:35)");
  EXPECT_EQ(both->written, "_M(Unimod:1)(Unimod:35)AK_.3");
  const std::map<std::string, int> missed{
      {"AAK", 0}, {"AKAR", 1}, {"KKKK", 3}, {"AAA", 0}, {"KPAK", 1}};
  for (const auto& [sequence, count] : missed)
    EXPECT_EQ(pioneer_peptide(sequence, 2)->missed_cleavages, count) << sequence;
}

}  // namespace
}  // namespace overland::exchange
