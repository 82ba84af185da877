#include "report/precursor_report.h"

#include <gtest/gtest.h>

#include "support/report_example.h"

namespace overland::report {
namespace {

using namespace support;

CellRule share() {
  return or_missing(is_number(0, 1));
}
CellRule minutes() {
  return or_missing(is_number(-10, 1000));
}
CellRule area() {
  return or_missing(is_number(0, 1e30));
}
CellRule flag() {
  return is_one_of({"0", "1"});
}

// docs/formats/report.md, version 1 of the schema.
std::vector<ColumnRule> identity() {
  return {{"Precursor.Id", is_text()},           {"Modified.Sequence", is_text()},
          {"Stripped.Sequence", is_text()},      {"Precursor.Charge", is_count(1, 20)},
          {"Precursor.Mz", is_number(50, 5000)}, {"Decoy", flag()},
          {"Entrapment", is_count(0, 255)},      {"Proteotypic", flag()},
          {"Indistinguishable", is_anything()},  {"Razor", flag()},
          {"Protein.Group", is_anything()},      {"Protein.Ids", is_anything()},
          {"Protein.Names", is_anything()},      {"Genes", is_anything()}};
}
std::vector<ColumnRule> columns() {
  std::vector<ColumnRule> all{{"Run", is_text()}};
  for (const ColumnRule& column : identity()) all.push_back(column);
  for (const ColumnRule& column : std::vector<ColumnRule>{{"RT", minutes()},
                                                          {"RT.Start", minutes()},
                                                          {"RT.Stop", minutes()},
                                                          {"FWHM", minutes()},
                                                          {"iRT", is_number(-1e5, 1e5)},
                                                          {"iRT.Observed", is_number(-1e5, 1e5)},
                                                          {"Predicted.RT", minutes()},
                                                          {"Precursor.Quantity", area()},
                                                          {"Quantity.SD", area()},
                                                          {"Precursor.Normalised", area()},
                                                          {"PG.MaxLFQ", area()},
                                                          {"Genes.MaxLFQ", area()},
                                                          {"Quantity.Status", is_text()},
                                                          {"Interference", share()},
                                                          {"Ms1.Area", area()},
                                                          {"Points", is_count(0, 1e6)},
                                                          {"Apex.Scan", is_count(0, 1e9)},
                                                          {"Score", is_number(-1e6, 1e6)},
                                                          {"Q.Value", share()},
                                                          {"Global.Q.Value", share()},
                                                          {"Matched.Between.Runs", flag()},
                                                          {"Transfer.Q.Value", share()},
                                                          {"PEP", share()},
                                                          {"Global.PEP", share()},
                                                          {"Peptide.Q.Value", share()},
                                                          {"Global.Peptide.Q.Value", share()},
                                                          {"Peptide.PEP", share()},
                                                          {"PG.Q.Value", share()},
                                                          {"Global.PG.Q.Value", share()},
                                                          {"PG.PEP", share()},
                                                          {"Lib.Q.Value", share()},
                                                          {"Lib.PG.Q.Value", share()}})
    all.push_back(column);
  return all;
}

TEST(PrecursorReport, keeps_to_its_schema) {
  const io::Table report = example_results().report();
  EXPECT_EQ(report.metadata.at("overland.schema_version"), kReportSchemaVersion);
  const TextTable table = text_table(report);
  EXPECT_TRUE(keeps_to(table, columns()));
  EXPECT_TRUE(has_unique_rows(table, {"Run", "Precursor.Id"}));
  EXPECT_EQ(columns_of(report).substr(0, 60),
            "Run:text Precursor.Id:text Modified.Sequence:text Stripped.S");
  for (const io::Column& column : report.columns()) {
    const bool is_time = column.name.starts_with("RT") || column.name == "FWHM";
    if (is_time) {
      EXPECT_EQ(column.unit, "minutes") << column.name;
    }
    if (column.name.starts_with("Precursor.Q") || column.name.ends_with(".MaxLFQ")) {
      EXPECT_EQ(column.unit, "intensity x minutes") << column.name;
    }
  }
}

TEST(PrecursorReport, each_value_stands_in_its_column) {
  const ExampleResults example = example_results();
  const TextTable table = text_table(example.report());
  ASSERT_EQ(table.rows.size(), example.rows.size());
  for (std::size_t i = 0; i < example.rows.size(); ++i) {
    const ReportRow& row = example.rows[i];
    const ExamplePrecursor& p = example.precursors[row.precursor];
    EXPECT_EQ(table.at(i, "Run"), example.runs[row.run]);
    EXPECT_EQ(table.at(i, "Precursor.Id"), p.modified + std::to_string(p.charge));
    EXPECT_EQ(table.at(i, "Stripped.Sequence"), parse_peptide(p.modified)->residues);
    EXPECT_EQ(table.at(i, "Protein.Ids"), p.proteins);
    EXPECT_EQ(table.at(i, "Proteotypic"), p.proteins.contains(';') ? "0" : "1");
    EXPECT_EQ(table.at(i, "Decoy"), p.is_decoy ? "1" : "0");
    EXPECT_EQ(table.at(i, "Transfer.Q.Value"), "") << "not transferred";
    const std::vector<std::pair<const char*, double>> numbers{
        {"RT", row.rt},
        {"RT.Start", row.rt_start},
        {"RT.Stop", row.rt_stop},
        {"FWHM", row.fwhm},
        {"iRT.Observed", row.irt_observed},
        {"Predicted.RT", row.predicted_rt},
        {"Precursor.Quantity", row.quantity},
        {"Precursor.Normalised", row.normalised},
        {"Quantity.SD", row.quantity_sd},
        {"PG.MaxLFQ", row.protein_quantity},
        {"Genes.MaxLFQ", row.gene_quantity},
        {"Interference", row.interference},
        {"Ms1.Area", row.ms1_area},
        {"Points", row.points},
        {"Apex.Scan", row.apex_scan},
        {"Score", row.score},
        {"Q.Value", row.q_value},
        {"Global.Q.Value", row.global_q_value},
        {"PEP", row.pep},
        {"Global.PEP", row.global_pep},
        {"Peptide.Q.Value", row.peptide_q_value},
        {"Global.Peptide.Q.Value", row.global_peptide_q_value},
        {"Peptide.PEP", row.peptide_pep},
        {"PG.Q.Value", row.protein_q_value},
        {"Global.PG.Q.Value", row.global_protein_q_value},
        {"PG.PEP", row.protein_pep},
        {"Lib.Q.Value", row.global_q_value},
        {"Lib.PG.Q.Value", row.global_protein_q_value}};
    for (const auto& [name, value] : numbers) {
      if (std::isnan(value)) {
        EXPECT_EQ(table.at(i, name), "") << name;
      } else {
        EXPECT_FLOAT_EQ(static_cast<float>(table.number(i, name)), static_cast<float>(value))
            << name << " of row " << i;
      }
    }
  }
}

// Random rows with gaps, hostile names and extreme numbers.
ExampleResults random_results(std::uint64_t seed) {
  ExampleResults results = example_results();
  Rng random(seed, 0);
  results.runs[1] = kHostileName;
  for (ExamplePrecursor& p : results.precursors)
    if (random.below(2) == 0) p.proteins = p.genes = kHostileName;
  const auto any = [&](double& value) {
    const std::uint64_t kind = random.below(5);
    value = kind == 0   ? kMissing
            : kind == 1 ? 0
            : kind == 2 ? 1e-300 * random.uniform()
                        : std::pow(10, 20 * random.uniform() - 5);
  };
  for (ReportRow& row : results.rows) {
    for (double* value : {&row.quantity, &row.quantity_sd, &row.ms1_area, &row.normalised,
                          &row.protein_quantity, &row.gene_quantity, &row.transfer_q_value})
      any(*value);
    row.q_value = random.uniform();
    row.score = static_cast<float>(random.normal());
    row.genes = row.protein_group = random.below(2) == 0 ? kHostileName : "";
    row.indistinguishable = "\"";
    row.is_matched = random.below(2) == 0;
  }
  return results;
}

TEST(PrecursorReport, as_text_and_as_parquet_says_the_same) {
  const TestFolder folder;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const io::Table report = random_results(seed).report();
    ASSERT_TRUE(io::write_parquet(report, folder / "r.parquet"));
    ASSERT_TRUE(io::write_tsv(report, folder / "r.tsv"));
    ASSERT_TRUE(io::write_arrow(report, folder / "r.arrow"));
    const auto parquet = io::read_parquet(folder / "r.parquet");
    const auto arrow = io::read_arrow(folder / "r.arrow");
    const auto text = io::read_delimited(folder / "r.tsv");
    ASSERT_TRUE(parquet && arrow && text);
    const TextTable want = text_table(report);
    EXPECT_TRUE(says_the_same(text_table(*parquet), want));
    EXPECT_TRUE(says_the_same(text_table(*arrow), want));
    EXPECT_TRUE(says_the_same(text_table(folder / "r.tsv", '\t'), want))
        << "by an independent reader";
    EXPECT_TRUE(says_the_same(text_table(*text), want));
    EXPECT_EQ(columns_of(*parquet), columns_of(report));
    EXPECT_EQ(parquet->metadata.at("overland.schema_version"), kReportSchemaVersion);
  }
}

// One key per precursor, and the rows' quantities by run.
io::Table wide_of(const ExampleResults& example, const library::LibraryView& library) {
  std::map<std::uint32_t, ReportRow> first;
  for (const ReportRow& row : example.rows) first.emplace(row.precursor, row);
  std::vector<ReportRow> keys;
  std::map<std::uint32_t, std::size_t> place;
  for (const auto& [precursor, row] : first) {
    place[precursor] = keys.size();
    keys.push_back(row);
  }
  std::vector<std::vector<double>> quantities(example.runs.size(),
                                              std::vector<double>(keys.size(), kMissing));
  for (const ReportRow& row : example.rows)
    quantities[row.run][place[row.precursor]] = row.normalised;
  return make_wide(keys, std::move(quantities), library, example.runs);
}

TEST(PrecursorsWide, has_each_quantity_in_the_column_of_its_run) {
  const ExampleResults example = example_results();
  const ExampleLibrary library(example.precursors);
  const TextTable wide = text_table(wide_of(example, library.view()));
  std::vector<ColumnRule> rules = identity();
  for (const std::string& run : example.runs) rules.push_back({run, area()});
  EXPECT_TRUE(keeps_to(wide, rules));
  EXPECT_TRUE(has_unique_rows(wide, {"Precursor.Id"}));
  ASSERT_EQ(wide.rows.size(), example.precursors.size());
  std::map<std::string, std::size_t> line;
  for (std::size_t i = 0; i < wide.rows.size(); ++i) line[wide.at(i, "Precursor.Id")] = i;
  std::size_t filled = 0;
  for (const ReportRow& row : example.rows) {
    const std::string& cell = wide.at(line.at(example.id(row)), example.runs[row.run]);
    EXPECT_EQ(cell.empty(), std::isnan(row.normalised));
    if (!cell.empty()) {
      EXPECT_EQ(std::stod(cell), row.normalised);
      ++filled;
    }
  }
  std::size_t cells = 0;
  for (const auto& row : wide.rows)
    for (std::size_t c = row.size() - 3; c < row.size(); ++c) cells += row[c].empty() ? 0U : 1U;
  EXPECT_EQ(cells, filled) << "nothing is made up";
}

TEST(PrecursorReport, of_no_rows_has_its_columns) {
  ExampleResults none = example_results();
  none.rows.clear();
  EXPECT_TRUE(keeps_to(text_table(none.report()), columns()));
  const ExampleLibrary library(none.precursors);
  EXPECT_EQ(wide_of(none, library.view()).row_count(), 0U);
}

TEST(PrecursorReport, strips_modifications_of_every_notation) {
  ExampleResults example = example_results();
  const std::map<std::string, std::string> stripped{{"AC(UniMod:4)LLPEPK", "ACLLPEPK"},
                                                    {"(UniMod:1)AAK", "AAK"},
                                                    {"A[+12.34567]K", "AK"},
                                                    {"AM(ox(y)A)K", "AMK"},
                                                    {"PEPTIDEK", "PEPTIDEK"}};
  for (const auto& [modified, plain] : stripped) {
    example.precursors[0].modified = modified;
    EXPECT_EQ(text_table(example.report()).at(0, "Stripped.Sequence"), plain);
  }
}

}  // namespace
}  // namespace overland::report
