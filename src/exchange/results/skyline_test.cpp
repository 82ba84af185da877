#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/libraries/import_library.h"
#include "exchange/results/exports.h"
#include "io/database/sqlite_file.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

class Skyline : public testing::Test {
 protected:
  void exported(const ExampleResults& example) {
    const SearchResults results = opened(example, folder_ / "out");
    const auto done = export_skyline(results, folder_ / "skyline");
    ASSERT_TRUE(done) << done.error().message();
  }
  [[nodiscard]] std::filesystem::path file(const char* name) const {
    return folder_ / "skyline" / name;
  }
  // First column of a query, as numbers.
  [[nodiscard]] std::vector<double> query(const std::string& sql) const {
    const auto database = io::SqliteFile::open(file("results.blib"));
    EXPECT_TRUE(database) << database.error().message();
    auto rows = database->query(sql);
    EXPECT_TRUE(rows) << rows.error().message();
    std::vector<double> values;
    while (*rows->next()) values.push_back(rows->number(0));
    return values;
  }
  TestFolder folder_;
};

CellRule number_or_na(double low = 0, double high = 1e12) {
  return or_missing(is_number(low, high), "#N/A");
}

std::vector<ColumnRule> boundary_columns() {
  return {{"File Name", is_one_of({"A_1.mzML", "A_2.mzML.gz", "B_1.arrow"})},
          {"Peptide Modified Sequence", is_text()},
          {"Precursor Charge", is_count(1, 20)},
          {"Min Start Time", number_or_na()},
          {"Max End Time", number_or_na()},
          {"Precursor Is Decoy", is_one_of({"TRUE", "FALSE"})}};
}

std::vector<ColumnRule> precursor_columns() {
  return {{"File Name", is_text()},
          {"Peptide Modified Sequence", is_text()},
          {"Precursor Charge", is_count(1, 20)},
          {"Protein Accession", is_text()},
          {"Precursor Mz", number_or_na(50, 5000)},
          {"Best Retention Time", number_or_na()},
          {"Min Start Time", number_or_na()},
          {"Max End Time", number_or_na()},
          {"Total Area", number_or_na()},
          {"Normalized Area", number_or_na()},
          {"Detection Q Value", number_or_na(0, 1)}};
}

TEST_F(Skyline, boundaries_are_those_of_each_row_with_decoys_marked) {
  const ExampleResults example = example_results();
  exported(example);
  const TextTable table = text_table(file("peak_boundaries.csv"), ',');
  EXPECT_TRUE(keeps_to(table, boundary_columns()));
  EXPECT_TRUE(
      has_unique_rows(table, {"File Name", "Peptide Modified Sequence", "Precursor Charge"}));
  ASSERT_EQ(table.rows.size(), example.rows.size());
  for (std::size_t i = 0; i < example.rows.size(); ++i) {
    const ReportRow& row = example.rows[i];
    EXPECT_FLOAT_EQ(static_cast<float>(table.number(i, "Min Start Time")), row.rt_start);
    EXPECT_FLOAT_EQ(static_cast<float>(table.number(i, "Max End Time")), row.rt_stop);
    EXPECT_EQ(table.at(i, "Precursor Is Decoy"), row.precursor == 4 ? "TRUE" : "FALSE");
  }
  EXPECT_EQ(table.at(0, "Peptide Modified Sequence"), "AC[+57.0]LLPEPK");
}

TEST_F(Skyline, precursors_have_their_quantities_and_gaps) {
  const ExampleResults example = example_results();
  exported(example);
  const TextTable table = text_table(file("precursors.csv"), ',');
  EXPECT_TRUE(keeps_to(table, precursor_columns()));
  for (std::size_t i = 0; i < example.rows.size(); ++i) {
    const ReportRow& row = example.rows[i];
    if (std::isnan(row.quantity)) {
      EXPECT_EQ(table.at(i, "Total Area"), "#N/A");
      EXPECT_EQ(table.at(i, "Normalized Area"), "#N/A");
      continue;
    }
    EXPECT_EQ(table.number(i, "Total Area"), row.quantity);
    EXPECT_EQ(table.number(i, "Normalized Area"), row.normalised);
    EXPECT_EQ(table.at(i, "Protein Accession"), example.precursors[row.precursor].proteins);
  }
}

TEST_F(Skyline, the_library_has_a_spectrum_per_target_and_a_time_per_run) {
  const ExampleResults example = example_results();
  exported(example);
  EXPECT_EQ(query("SELECT count(*) FROM RefSpectra"), std::vector<double>{4});
  EXPECT_EQ(query("SELECT count(*) FROM RetentionTimes"), std::vector<double>{11});
  EXPECT_EQ(query("SELECT count(*) FROM SpectrumSourceFiles"), std::vector<double>{3});
  EXPECT_EQ(
      query("SELECT count(*) FROM RetentionTimes WHERE bestSpectrum = 1 GROUP BY RefSpectraID"),
      std::vector<double>(4, 1));
  // q falls with the run: the last one that has the precursor is the best.
  EXPECT_EQ(query("SELECT SpectrumSourceID FROM RetentionTimes WHERE bestSpectrum = 1 "
                  "ORDER BY SpectrumSourceID"),
            (std::vector<double>{2, 3, 3, 3}));
  for (const double q : query("SELECT score FROM RefSpectra")) EXPECT_LE(q, 0.01);
  EXPECT_EQ(query("SELECT DISTINCT scoreType FROM RefSpectra"), std::vector<double>{19});
}

// The spectra of a search are a library of what was observed.
TEST_F(Skyline, the_library_is_read_back_with_its_peptides_and_intensities) {
  const ExampleResults example = example_results();
  exported(example);
  const auto imported = import_library(file("results.blib"));
  ASSERT_TRUE(imported) << imported.error().message();
  ASSERT_EQ(imported->precursors.size(), 4U);
  std::set<std::string> names;
  for (const library::LibraryPrecursor& p : imported->precursors) {
    names.insert(to_unimod_notation(p.peptide) + std::to_string(p.charge));
    ASSERT_EQ(p.fragments.size(), 3U);
    std::map<std::string, float> by_ion;
    for (const auto& f : p.fragments)
      by_ion[(f.ion.type == FragmentType::y ? "y" : "b") + std::to_string(f.ion.ordinal)] =
          f.intensity;
    EXPECT_NEAR(by_ion["y5"] / by_ion["y4"], 0.6, 1e-3);
    EXPECT_NEAR(by_ion["b3"] / by_ion["y4"], 0.4, 1e-3);
  }
  for (std::size_t p = 0; p < 4; ++p)
    EXPECT_TRUE(names.contains(example.precursors[p].modified + "2") ||
                names.contains(example.precursors[p].modified + "3"))
        << example.precursors[p].modified;
}

TEST_F(Skyline, of_equal_q_values_the_strongest_is_the_best_spectrum) {
  ExampleResults example = example_results();
  for (ReportRow& row : example.rows) {
    row.q_value = 0.001;
    row.quantity = row.run == 1 ? 1e6 : 1e3;
  }
  exported(example);
  EXPECT_EQ(query("SELECT DISTINCT SpectrumSourceID FROM RetentionTimes WHERE bestSpectrum = 1"),
            std::vector<double>{2});
}

TEST_F(Skyline, precursors_without_observed_fragments_are_left_out_of_the_library_alone) {
  ExampleResults example = example_results();
  for (ExampleTrace& t : example.traces)
    if (example.rows[t.row].precursor == 0) std::ranges::fill(t.raw, 0.0F);
  exported(example);
  EXPECT_EQ(query("SELECT count(*) FROM RefSpectra"), std::vector<double>{3});
  EXPECT_EQ(text_table(file("precursors.csv"), ',').rows.size(), example.rows.size());
}

TEST_F(Skyline, names_of_inputs_stay_in_their_field) {
  ExampleResults example = example_results();
  example.runs[0] = "odd";
  example.files[0] = "/data/a,b\"c\"\n.mzML";
  for (ExamplePrecursor& p : example.precursors) p.proteins = kHostileName;
  exported(example);
  const TextTable table = text_table(file("precursors.csv"), ',');
  EXPECT_TRUE(keeps_to(table, precursor_columns()));
  EXPECT_EQ(table.at(0, "File Name"), "a,b\"c\"\n.mzML");
  EXPECT_EQ(table.at(0, "Protein Accession"), kHostileName);
}

TEST_F(Skyline, needs_the_chromatograms) {
  ExampleResults example = example_results();
  example.traces.clear();
  const SearchResults results = opened(example, folder_ / "out");
  EXPECT_EQ(code_of(export_skyline(results, folder_ / "skyline")), "OVL-IO-095");
}

}  // namespace
}  // namespace overland::exchange
