#include <gtest/gtest.h>

#include <set>

#include "exchange/export/export_library.h"
#include "exchange/libraries/import_library.h"
#include "support/random_peptides.h"
#include "support/table_checks.h"

namespace overland::exchange {
namespace {

using namespace support;

constexpr const char* kHostile = "P1\t\"x\"\n<b>, & 100 %";

class ExportTables : public testing::Test {
 protected:
  library::Library written(std::uint64_t seed, std::size_t count,
                           const std::string& proteins = "") {
    std::vector<library::LibraryPrecursor> made = random_precursors(count, seed);
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      std::erase_if(made[i].fragments, [](const auto& f) { return f.ion.ordinal < 2; });
      made[i].pair = i;
      if (!proteins.empty()) made[i].protein_ids = made[i].genes = proteins;
    }
    std::erase_if(made, [](const auto& p) { return p.fragments.size() < 3; });
    for (std::uint32_t i = 0; i < made.size(); ++i) made[i].pair = i;
    EXPECT_TRUE(library::write_library(std::move(made), {}, folder_ / "a.lib"));
    return std::move(*library::Library::open(folder_ / "a.lib"));
  }
  TextTable exported(const library::Library& library, const char* name) {
    const auto report = export_library(library.view(), folder_ / name, {});
    EXPECT_TRUE(report) << report.error().message();
    if (std::string(name).ends_with(".tsv")) return text_table(folder_ / name, '\t');
    const auto table = io::read_parquet(folder_ / name);
    EXPECT_TRUE(table) << table.error().message();
    types_ = columns_of(*table);
    return text_table(*table);
  }
  TestFolder folder_;
  std::string types_;
};

CellRule is_sequence() {
  return
      [](const std::string& cell) { return parse_peptide(cell) ? std::string() : "is no peptide"; };
}

std::vector<ColumnRule> version_1() {
  return {{"PrecursorMz", is_number(50, 5000)},
          {"ProductMz", is_number(50, 5000)},
          {"Tr_recalibrated", is_number(-1000, 1000)},
          {"LibraryIntensity", is_number(1e-9, 1)},
          {"transition_group_id", is_text()},
          {"decoy", is_exactly("0")},
          {"PeptideSequence", is_sequence()},
          {"Proteotypic", is_one_of({"0", "1"})},
          {"ProteinGroup", is_text()},
          {"Genes", is_text()},
          {"FullUniModPeptideName", is_sequence()},
          {"ModifiedPeptide", is_sequence()},
          {"PrecursorCharge", is_count(1, 9)},
          {"UniprotID", is_text()},
          {"FragmentType", is_one_of({"b", "y"})},
          {"FragmentCharge", is_count(1, 9)},
          {"FragmentSeriesNumber", is_count(1, 60)},
          {"FragmentLossType", is_exactly("noloss")}};
}

TEST_F(ExportTables, keep_to_the_columns_of_diann_1) {
  for (std::uint64_t seed = 71; seed <= 72; ++seed) {
    SCOPED_TRACE(seed);
    const library::Library library = written(seed, 80);
    const TextTable table = exported(library, "x.tsv");
    EXPECT_TRUE(keeps_to(table, version_1()));
    EXPECT_TRUE(has_unique_rows(
        table, {"transition_group_id", "FragmentType", "FragmentSeriesNumber", "FragmentCharge"}));
    EXPECT_EQ(table.rows.size(), library.view().fragment_mz.size());
  }
}

TEST_F(ExportTables, have_the_types_of_diann_2) {
  const TextTable table = exported(written(73, 40), "x.parquet");
  EXPECT_EQ(types_,
            "Precursor.Id:text Modified.Sequence:text Stripped.Sequence:text "
            "Precursor.Charge:int64 Proteotypic:int64 Decoy:int64 N.Term:int64 C.Term:int64 "
            "RT:float IM:float Q.Value:float Peptidoform.Q.Value:float PTM.Site.Confidence:float "
            "PG.Q.Value:float Precursor.Mz:float Product.Mz:float Relative.Intensity:float "
            "Fragment.Type:text Fragment.Charge:int64 Fragment.Series.Number:int64 "
            "Fragment.Loss.Type:text Exclude.From.Quant:int64 Protein.Ids:text Protein.Group:text "
            "Protein.Names:text Genes:text Flags:int64");
}

// Both tables say the same in other words.
TEST_F(ExportTables, of_both_versions_agree) {
  const library::Library library = written(74, 60);
  const TextTable one = exported(library, "x.tsv");
  const TextTable two = exported(library, "x.parquet");
  ASSERT_EQ(one.rows.size(), two.rows.size());
  const std::vector<std::pair<const char*, const char*>> pairs{
      {"transition_group_id", "Precursor.Id"},
      {"PrecursorMz", "Precursor.Mz"},
      {"ProductMz", "Product.Mz"},
      {"LibraryIntensity", "Relative.Intensity"},
      {"Tr_recalibrated", "RT"},
      {"PrecursorCharge", "Precursor.Charge"},
      {"FragmentType", "Fragment.Type"},
      {"FragmentSeriesNumber", "Fragment.Series.Number"},
      {"ModifiedPeptide", "Modified.Sequence"},
      {"PeptideSequence", "Stripped.Sequence"},
      {"UniprotID", "Protein.Ids"},
      {"Genes", "Genes"}};
  for (const auto& [a, b] : pairs)
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      if (one.at(i, a) == two.at(i, b)) continue;
      EXPECT_FLOAT_EQ(static_cast<float>(one.number(i, a)), static_cast<float>(two.number(i, b)))
          << a << " and " << b << " of row " << i;
    }
}

TEST_F(ExportTables, masses_are_those_of_the_peptides) {
  const TextTable table = exported(written(75, 60), "x.tsv");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto peptide = parse_peptide(table.at(i, "ModifiedPeptide"));
    ASSERT_TRUE(peptide);
    EXPECT_EQ(peptide->residues, table.at(i, "PeptideSequence"));
    const auto charge = static_cast<int>(table.number(i, "PrecursorCharge"));
    EXPECT_NEAR(table.number(i, "PrecursorMz"), precursor_mz(*peptide, charge).value, 1e-3);
    const FragmentIon ion{
        .type = table.at(i, "FragmentType") == "y" ? FragmentType::y : FragmentType::b,
        .ordinal = static_cast<std::uint8_t>(table.number(i, "FragmentSeriesNumber")),
        .charge = static_cast<std::uint8_t>(table.number(i, "FragmentCharge"))};
    EXPECT_NEAR(table.number(i, "ProductMz"), fragment_mz(*peptide, ion).value, 1e-3);
    EXPECT_EQ(table.at(i, "transition_group_id"),
              table.at(i, "ModifiedPeptide") + table.at(i, "PrecursorCharge"));
  }
}

TEST_F(ExportTables, names_of_inputs_come_back_as_they_were) {
  const library::Library library = written(76, 20, kHostile);
  for (const char* name : {"x.tsv", "x.parquet"}) {
    const TextTable table = exported(library, name);
    const char* const column = std::string(name) == "x.tsv" ? "UniprotID" : "Protein.Ids";
    for (const std::string& cell : table.column(column)) EXPECT_EQ(cell, kHostile) << name;
    for (const std::string& cell : table.column("Genes")) EXPECT_EQ(cell, kHostile) << name;
    const auto imported = import_library(folder_ / name);
    ASSERT_TRUE(imported) << imported.error().message();
    ASSERT_EQ(imported->precursors.size(), library.view().precursor_count());
    for (const library::LibraryPrecursor& p : imported->precursors)
      EXPECT_EQ(p.protein_ids, kHostile);
  }
}

}  // namespace
}  // namespace overland::exchange
