#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "exchange/results/exports.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

// An mzTab file by its sections: lines of fields between tabs, no quotes (mzTab 1.0, section 5).
struct Mztab {
  std::vector<std::pair<std::string, std::string>> metadata;
  TextTable proteins, peptides;

  [[nodiscard]] std::string value(const std::string& key) const {
    for (const auto& [name, text] : metadata)
      if (name == key) return text;
    return "(none)";
  }
};

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line + separator);
  for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
  return fields;
}

Mztab parsed(const std::filesystem::path& file) {
  Mztab out;
  std::istringstream in(text_of(file));
  for (std::string line; std::getline(in, line);) {
    const auto fields = split(line, '\t');
    const std::string& kind = fields.front();
    if (kind == "MTD") {
      EXPECT_EQ(fields.size(), 3U) << line;
      if (fields.size() == 3) out.metadata.emplace_back(fields[1], fields[2]);
    } else if (kind == "PRH" || kind == "PEH") {
      (kind == "PRH" ? out.proteins : out.peptides).header = {fields.begin() + 1, fields.end()};
    } else if (kind == "PRT" || kind == "PEP") {
      (kind == "PRT" ? out.proteins : out.peptides)
          .rows.emplace_back(fields.begin() + 1, fields.end());
    } else {
      EXPECT_TRUE(line.empty()) << "a line of no section: " << line;
    }
  }
  return out;
}

Mztab exported(const ExampleResults& example, const TestFolder& folder,
               const std::filesystem::path& conditions = {}) {
  const SearchResults results = opened(example, folder / "out", conditions);
  const auto done = export_mztab(results, folder / "x.mztab");
  EXPECT_TRUE(done) << done.error().message();
  return parsed(folder / "x.mztab");
}

CellRule number_or_null(double low = 0, double high = 1e12) {
  return or_missing(is_number(low, high), "null");
}

void add_abundances(const std::string& section, std::size_t runs, std::size_t variables,
                    std::vector<ColumnRule>& columns) {
  const auto add = [&](const std::string& what, std::size_t i) {
    columns.push_back(
        {section + "_abundance" + what + "[" + std::to_string(i + 1) + "]", number_or_null()});
  };
  for (std::size_t i = 0; i < runs; ++i) add("_assay", i);
  for (std::size_t v = 0; v < variables; ++v)
    for (const char* part :
         {"_study_variable", "_stdev_study_variable", "_std_error_study_variable"})
      add(part, v);
}

std::vector<ColumnRule> protein_columns(std::size_t runs, std::size_t variables) {
  const CellRule null = is_exactly("null");
  std::vector<ColumnRule> columns{{"accession", is_text()},
                                  {"description", null},
                                  {"taxid", null},
                                  {"species", null},
                                  {"database", null},
                                  {"database_version", null},
                                  {"search_engine", is_exactly("[, , overland, 1.2.3]")},
                                  {"best_search_engine_score[1]", number_or_null(0, 1)},
                                  {"ambiguity_members", is_text()},
                                  {"modifications", null},
                                  {"protein_coverage", null}};
  add_abundances("protein", runs, variables, columns);
  return columns;
}

std::string wrong_modification(const std::string& cell) {
  for (const std::string& part : split(cell, ',')) {
    const auto dash = part.find('-');
    const std::string name = dash == std::string::npos ? "" : part.substr(dash + 1);
    if (!is_count(0, 60)(part.substr(0, dash)).empty()) return "has no position";
    if (!name.starts_with("UNIMOD:") && !name.starts_with("CHEMMOD:")) return "has no name";
  }
  return "";
}

std::vector<ColumnRule> peptide_columns(std::size_t runs, std::size_t variables) {
  const CellRule null = is_exactly("null");
  const CellRule window = [](const std::string& cell) {
    const auto ends = split(cell, '|');
    return std::string(ends.size() == 2 && number_or_null()(ends[0]).empty() ? "" : "is no window");
  };
  std::vector<ColumnRule> columns{{"sequence", is_text()},
                                  {"accession", is_text()},
                                  {"unique", is_one_of({"0", "1"})},
                                  {"database", null},
                                  {"database_version", null},
                                  {"search_engine", is_exactly("[, , overland, 1.2.3]")},
                                  {"best_search_engine_score[1]", number_or_null(0, 1)},
                                  {"modifications", or_missing(wrong_modification, "null")},
                                  {"retention_time", number_or_null()},
                                  {"retention_time_window", window},
                                  {"charge", is_count(1, 20)},
                                  {"mass_to_charge", is_number(50, 5000)},
                                  {"spectra_ref", null}};
  add_abundances("peptide", runs, variables, columns);
  columns.push_back({"opt_global_precursor_id", is_text()});
  columns.push_back({"opt_global_precursor_q_value", number_or_null(0, 1)});
  return columns;
}

TEST(Mztab, keeps_to_the_columns_of_both_sections) {
  const TestFolder folder;
  const Mztab m = exported(example_results(), folder);
  EXPECT_TRUE(keeps_to(m.proteins, protein_columns(3, 2)));
  EXPECT_TRUE(keeps_to(m.peptides, peptide_columns(3, 2)));
  EXPECT_TRUE(has_unique_rows(m.proteins, {"accession"}));
  EXPECT_TRUE(has_unique_rows(m.peptides, {"opt_global_precursor_id"}));
  EXPECT_EQ(m.peptides.rows.size(), 4U) << "decoys are left out";
}

TEST(Mztab, metadata_are_complete_and_numbered_without_gaps) {
  const TestFolder folder;
  const Mztab m = exported(example_results(), folder);
  for (const char* key : {"mzTab-version", "mzTab-mode", "mzTab-type", "description", "software[1]",
                          "protein_search_engine_score[1]", "peptide_search_engine_score[1]",
                          "fixed_mod[1]", "variable_mod[1]", "quantification_method",
                          "protein-quantification_unit", "peptide-quantification_unit"})
    EXPECT_NE(m.value(key), "(none)") << key;
  EXPECT_EQ(m.value("ms_run[1]-location"), "file:///data/run%20files/A_1.mzML");
  for (int run = 1; run <= 3; ++run) {
    const std::string n = std::to_string(run);
    EXPECT_EQ(m.value("assay[" + n + "]-ms_run_ref"), "ms_run[" + n + "]");
  }
  EXPECT_EQ(m.value("study_variable[1]-assay_refs"), "assay[1], assay[2]");
  EXPECT_EQ(m.value("study_variable[2]-assay_refs"), "assay[3]");
  EXPECT_EQ(m.value("study_variable[1]-description"), "A");
  EXPECT_EQ(m.value("ms_run[4]-location"), "(none)");
  std::set<std::string> keys;
  for (const auto& [key, text] : m.metadata) EXPECT_TRUE(keys.insert(key).second) << key;
}

TEST(Mztab, values_are_those_of_the_report) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const Mztab m = exported(example, folder);
  std::map<std::string, std::size_t> line;
  for (std::size_t i = 0; i < m.peptides.rows.size(); ++i)
    line[m.peptides.at(i, "opt_global_precursor_id")] = i;
  for (const std::size_t i : target_rows(example)) {
    const ReportRow& row = example.rows[i];
    const std::size_t at = line.at(example.id(row));
    const std::string assay = "peptide_abundance_assay[" + std::to_string(row.run + 1) + "]";
    if (std::isnan(row.normalised)) {
      EXPECT_EQ(m.peptides.at(at, assay), "null");
    } else {
      EXPECT_EQ(m.peptides.number(at, assay), row.normalised);
    }
    const auto peptide = parse_peptide(example.precursors[row.precursor].modified);
    EXPECT_EQ(m.peptides.at(at, "sequence"), peptide->residues);
    EXPECT_NEAR(m.peptides.number(at, "mass_to_charge"),
                precursor_mz(*peptide, example.precursors[row.precursor].charge).value, 1e-5);
  }
  EXPECT_EQ(m.peptides.at(line.at("GM(UniMod:35)ESTIDER2"), "peptide_abundance_assay[3]"), "null")
      << "not found in that run";
  const std::size_t first = line.at("AC(UniMod:4)LLPEPK2");
  EXPECT_EQ(m.peptides.at(first, "modifications"), "2-UNIMOD:4");
  EXPECT_EQ(m.peptides.at(first, "accession"), "P1");
  EXPECT_EQ(m.peptides.at(first, "unique"), "0");
  EXPECT_EQ(m.peptides.at(line.at("(UniMod:1)AAKC(UniMod:4)LPEK3"), "modifications"),
            "0-UNIMOD:1,4-UNIMOD:4");
  // Seconds, of the run with the lowest q-value: the third.
  EXPECT_NEAR(m.peptides.number(first, "retention_time"), 60 * 10.2, 1e-2);
  EXPECT_EQ(m.proteins.at(0, "accession"), "P1");
  EXPECT_EQ(m.proteins.at(0, "ambiguity_members"), "P2");
  EXPECT_NEAR(m.proteins.number(0, "protein_abundance_assay[2]"), 14000, 1e-2);
}

TEST(Mztab, spreads_are_those_of_the_textbook) {
  const TestFolder folder;
  const Mztab m = exported(example_results(), folder);
  for (std::size_t i = 0; i < m.peptides.rows.size(); ++i) {
    const std::string& a = m.peptides.at(i, "peptide_abundance_assay[1]");
    const std::string& b = m.peptides.at(i, "peptide_abundance_assay[2]");
    const auto of = [&](const char* part) {
      return "peptide_abundance" + std::string(part) + "study_variable[1]";
    };
    if (a == "null" || b == "null") {
      EXPECT_EQ(m.peptides.at(i, of("_stdev_")), "null") << "one run has no spread";
      EXPECT_EQ(m.peptides.at(i, of("_")), a == "null" ? b : a);
      continue;
    }
    const double x = m.peptides.number(i, "peptide_abundance_assay[1]");
    const double y = m.peptides.number(i, "peptide_abundance_assay[2]");
    EXPECT_NEAR(m.peptides.number(i, of("_")), (x + y) / 2, 1e-3);
    EXPECT_NEAR(m.peptides.number(i, of("_stdev_")), std::abs(x - y) / std::sqrt(2), 1e-2);
    EXPECT_NEAR(m.peptides.number(i, of("_std_error_")), std::abs(x - y) / 2, 1e-2);
  }
}

// mzTab has no quotes: a name with a tab or a line break would be further fields or lines.
TEST(Mztab, names_of_inputs_make_no_fields_or_lines) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.runs[0] = example.files[0] = kHostileName;
  for (ReportRow& row : example.rows)
    if (!row.protein_group.empty()) row.protein_group = kHostileName;
  for (ExamplePrecursor& p : example.precursors) p.proteins = kHostileName;
  const Mztab plain = exported(example_results(), folder);
  const Mztab m = exported(example, folder);
  EXPECT_TRUE(keeps_to(m.peptides, peptide_columns(3, 3)));
  EXPECT_TRUE(keeps_to(m.proteins, protein_columns(3, 3)));
  EXPECT_EQ(m.peptides.rows.size(), plain.peptides.rows.size());
  EXPECT_NE(m.value("study_variable[1]-description").find("<script>"), std::string::npos)
      << "what can stay of the name stays";
  EXPECT_EQ(m.value("ms_run[1]-location").find_first_of(" \"<>"), std::string::npos)
      << "a location is a URI: " << m.value("ms_run[1]-location");
}

TEST(Mztab, a_condition_of_a_table_is_one_line) {
  const TestFolder folder;
  write_text(folder / "c.tsv",
             "Run\tCondition\nA_1\t\"low\nMTD\tms_run[9]-location\tx\"\nA_2\tb\nB_1\tb\n");
  const Mztab m = exported(example_results(), folder, folder / "c.tsv");
  EXPECT_EQ(m.value("ms_run[9]-location"), "(none)");
  EXPECT_TRUE(m.value("study_variable[1]-description").starts_with("low"));
}

TEST(Mztab, an_accession_stands_once) {
  const TestFolder folder;
  ExampleResults example = example_results();
  for (ReportRow& row : example.rows) {
    if (row.precursor == 1) row.protein_group = "P1";
    if (row.precursor == 2) row.protein_group = "P1;P3";
  }
  const Mztab m = exported(example, folder);
  EXPECT_TRUE(has_unique_rows(m.proteins, {"accession"}));
}

TEST(Mztab, what_cannot_be_read_is_an_error_and_leaves_no_file) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.precursors[0].modified = "AC(UniMod:4LLPEPK";
  const SearchResults odd = opened(example, folder / "odd");
  EXPECT_EQ(code_of(export_mztab(odd, folder / "x.mztab")), "OVL-LIB-010");
  const SearchResults results = opened(example_results(), folder / "out");
  std::filesystem::remove(results.folder / "protein_groups.parquet");
  EXPECT_EQ(code_of(export_mztab(results, folder / "x.mztab")), "OVL-IO-001");
  ASSERT_TRUE(io::write_parquet(results.report, results.folder / "protein_groups.parquet"));
  EXPECT_TRUE(export_mztab(results, folder / "y.mztab")) << "the columns needed are there";
  io::Table bare;
  bare.add("Run", std::vector<std::string>{"A_1"});
  ASSERT_TRUE(io::write_parquet(bare, results.folder / "protein_groups.parquet"));
  EXPECT_EQ(code_of(export_mztab(results, folder / "x.mztab")), "OVL-IO-090");
  EXPECT_FALSE(std::filesystem::exists(folder / "x.mztab"));
}

}  // namespace
}  // namespace overland::exchange
