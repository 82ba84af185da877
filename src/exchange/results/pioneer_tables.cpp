// Exports the result tables of Pioneer, as .arrow and .tsv, both with the column names of its TSV
// files.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "exchange/results/exports.h"
#include "exchange/results/pioneer_rows.h"
#include "io/table/exchange_table.h"
#include "report/report_rows.h"

namespace overland::exchange {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

float to_float(double value) {
  return static_cast<float>(value);
}

// Builds a table from selected rows of the report, column by column.
class Columns {
 public:
  Columns(const PioneerRows& source, const std::vector<std::size_t>& rows)
      : source_(source), rows_(rows) {}

  template <class T, class F>
  void add(const std::string& name, F value) {
    std::vector<T> values;
    values.reserve(rows_.size());
    for (const std::size_t row : rows_) values.push_back(static_cast<T>(value(row)));
    table_.add(name, std::move(values));
  }
  void text(const std::string& name, const char* column) {
    const auto& values = source_.results().text(column);
    add<std::string>(name, [&](std::size_t row) { return values[row]; });
  }
  template <class T = float>
  void number(const std::string& name, const char* column) {
    const auto values = source_.results().numbers(column);
    add<T>(name, [&](std::size_t row) { return values[row]; });
  }
  // Overland reports error probabilities; Pioneer's scores are probabilities of being correct.
  void one_less(const std::string& name, const char* column) {
    const auto values = source_.results().numbers(column);
    add<float>(name, [&](std::size_t row) { return 1 - values[row]; });
  }
  template <class F>
  void flag(const std::string& name, F value) {
    std::vector<std::uint8_t> values;
    for (const std::size_t row : rows_) values.push_back(value(row) ? 1 : 0);
    table_.add(name, std::move(values), io::kBoolean);
  }
  void blank(const std::string& name) {
    add<std::string>(name, [](std::size_t) { return std::string(); });
  }
  io::Table& table() { return table_; }

 private:
  const PioneerRows& source_;
  const std::vector<std::size_t>& rows_;
  io::Table table_;
};

void add_species(const PioneerRows& source, Columns& columns, const char* proteins) {
  const auto& ids = source.results().text(proteins);
  columns.add<std::string>("species",
                           [&](std::size_t row) { return report::species_of(ids[row]); });
}

void add_identity(const PioneerRows& source, Columns& columns) {
  add_species(source, columns, "Protein.Ids");
  columns.text("gene_names", "Genes");
  columns.blank("protein_names");
  columns.text("inferred_protein_group", "Protein.Group");
  columns.text("accession_numbers", "Protein.Ids");
  columns.text("sequence", "Stripped.Sequence");
  columns.number<std::uint8_t>("charge", "Precursor.Charge");
  columns.add<std::string>("structural_mods",
                           [&](std::size_t row) { return source.peptide(row).structural_mods; });
  columns.blank("isotopic_mods");
  columns.number("prec_mz", "Precursor.Mz");
}

void add_end(const PioneerRows& source, Columns& columns) {
  const auto& group = source.results().text("Protein.Group");
  columns.flag("use_for_protein_quant", [&](std::size_t row) { return !group[row].empty(); });
  columns.add<std::uint32_t>("precursor_idx", [&](std::size_t row) { return source.number(row); });
  columns.flag("target", [](std::size_t) { return true; });
  columns.number<std::uint8_t>("entrapment_group_id", "Entrapment");
}

io::Table precursors_long(const PioneerRows& source) {
  Columns columns(source, source.rows());
  columns.text("file_name", "Run");
  add_identity(source, columns);
  columns.add<std::uint8_t>("missed_cleavage",
                            [&](std::size_t row) { return source.peptide(row).missed_cleavages; });
  columns.one_less("global_score", "Global.PEP");
  columns.one_less("score", "PEP");
  columns.number("global_qval", "Global.Q.Value");
  columns.number("qval", "Q.Value");
  columns.number("pep", "PEP");
  columns.number("peak_area", "Precursor.Quantity");
  columns.number("peak_area_normalized", "Precursor.Normalised");
  columns.number<std::uint32_t>("points_integrated", "Points");
  columns.blank("precursor_fraction_transmitted");
  columns.blank("isotopes_captured");
  columns.number("rt", "RT");
  columns.number<std::uint32_t>("apex_scan", "Apex.Scan");
  columns.one_less("global_pg_score", "Global.PG.Q.Value");
  columns.one_less("pg_score", "PG.PEP");
  add_end(source, columns);
  return std::move(columns.table());
}

// Runs sorted by name, the order of Pioneer.
std::vector<std::pair<std::string, std::size_t>> sorted_runs(const SearchResults& results) {
  std::vector<std::pair<std::string, std::size_t>> runs;
  for (std::size_t r = 0; r < results.runs.size(); ++r) runs.emplace_back(results.runs[r], r);
  std::sort(runs.begin(), runs.end());
  return runs;
}

io::Table precursors_wide(const PioneerRows& source) {
  const SearchResults& results = source.results();
  Columns columns(source, source.row_of_precursor());
  add_identity(source, columns);
  columns.one_less("global_score", "Global.PEP");
  columns.number("global_qval", "Global.Q.Value");
  add_end(source, columns);
  std::vector<std::vector<float>> area(
      results.runs.size(), std::vector<float>(source.row_of_precursor().size(), kMissing));
  const std::vector<double> normalised = results.numbers("Precursor.Normalised");
  for (const std::size_t row : source.rows())
    area[results.run_of_row[row]][source.number(row) - 1] = to_float(normalised[row]);
  for (const auto& [name, run] : sorted_runs(results))
    columns.table().add(name, std::move(area[run]));
  return std::move(columns.table());
}

// The precursors of a protein group in one run.
struct GroupPrecursors {
  std::size_t row = 0;  // one of the precursors' rows
  std::vector<std::string> written;
};

struct ProteinRows {
  io::Table table;  // protein_groups.parquet
  std::vector<GroupPrecursors> precursors;
  std::vector<std::size_t> run, kept;  // kept: rows of `table`
};

Result<ProteinRows> read_proteins(const PioneerRows& source) {
  const SearchResults& results = source.results();
  const auto file = results.folder / "protein_groups.parquet";
  auto table = io::read_parquet(file);
  if (!table) return std::unexpected(table.error());
  ProteinRows proteins;
  proteins.table = std::move(*table);
  std::map<std::pair<std::string, std::string>, GroupPrecursors> of;
  for (const std::size_t row : source.rows()) {
    auto& entry = of[{results.text("Run")[row], results.text("Protein.Group")[row]}];
    entry.row = row;
    entry.written.push_back(source.peptide(row).written);
  }
  const auto run = proteins.table.column<std::string>("Run");
  const auto group = proteins.table.column<std::string>("Protein.Group");
  if (!run || !group)
    return fail("OVL-IO-090", "there is no column Run or Protein.Group", file.string(),
                "Give the results folder of a search of this version.");
  for (std::size_t i = 0; i < (*run)->size(); ++i) {
    const auto found = of.find({(**run)[i], (**group)[i]});
    if (found == of.end()) continue;
    proteins.kept.push_back(i);
    proteins.run.push_back(results.run_of_row[found->second.row]);
    proteins.precursors.push_back(found->second);
  }
  return proteins;
}

std::string joined(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ";") + item;
  return text;
}

std::vector<std::size_t> report_rows(const ProteinRows& proteins) {
  std::vector<std::size_t> rows;
  for (const GroupPrecursors& p : proteins.precursors) rows.push_back(p.row);
  return rows;
}

void add_protein_identity(const PioneerRows& source, Columns& columns) {
  add_species(source, columns, "Protein.Group");
  columns.text("gene_names", "Genes");
  columns.blank("protein_names");
  columns.text("protein", "Protein.Group");
  columns.flag("target", [](std::size_t) { return true; });
  columns.number<std::uint8_t>("entrap_id", "Entrapment");
}

std::vector<float> abundances(const ProteinRows& proteins) {
  const std::vector<double> all = numbers_of(proteins.table, "PG.MaxLFQ");
  std::vector<float> abundance;
  for (const std::size_t i : proteins.kept) abundance.push_back(to_float(all[i]));
  return abundance;
}

io::Table protein_groups_long(const PioneerRows& source, const ProteinRows& proteins) {
  const auto rows = report_rows(proteins);
  Columns columns(source, rows);
  columns.text("file_name", "Run");
  add_protein_identity(source, columns);
  std::vector<std::string> peptides;
  std::vector<std::uint32_t> count;
  for (const GroupPrecursors& p : proteins.precursors) {
    peptides.push_back(joined(p.written));
    count.push_back(static_cast<std::uint32_t>(p.written.size()));
  }
  columns.table().add("peptides", std::move(peptides));
  columns.table().add("n_peptides", std::move(count));
  columns.one_less("global_pg_score", "Global.PG.Q.Value");
  columns.one_less("pg_score", "PG.PEP");
  columns.number("global_qval", "Global.PG.Q.Value");
  columns.number("qval", "PG.Q.Value");
  columns.number("pg_pep", "PG.PEP");
  columns.table().add("abundance", abundances(proteins));
  return std::move(columns.table());
}

io::Table protein_groups_wide(const PioneerRows& source, const ProteinRows& proteins) {
  const SearchResults& results = source.results();
  std::vector<std::size_t> rows;
  std::map<std::string, std::size_t> place;
  for (const GroupPrecursors& p : proteins.precursors)
    if (place.try_emplace(results.text("Protein.Group")[p.row], rows.size()).second)
      rows.push_back(p.row);
  Columns columns(source, rows);
  add_protein_identity(source, columns);
  columns.one_less("global_pg_score", "Global.PG.Q.Value");
  columns.number("global_qval", "Global.PG.Q.Value");
  std::vector<std::vector<float>> wide(results.runs.size(),
                                       std::vector<float>(rows.size(), kMissing));
  const std::vector<float> abundance = abundances(proteins);
  for (std::size_t i = 0; i < abundance.size(); ++i)
    wide[proteins.run[i]][place[results.text("Protein.Group")[proteins.precursors[i].row]]] =
        abundance[i];
  for (const auto& [name, run] : sorted_runs(results))
    columns.table().add(name, std::move(wide[run]));
  return std::move(columns.table());
}

}  // namespace

Result<void> export_pioneer(const SearchResults& results, const std::filesystem::path& folder) {
  const auto rows = PioneerRows::make(results);
  if (!rows) return std::unexpected(rows.error());
  const PioneerRows& source = *rows;
  const auto proteins = read_proteins(source);
  if (!proteins) return std::unexpected(proteins.error());
  const std::pair<const char*, io::Table> tables[] = {
      {"precursors_long", precursors_long(source)},
      {"precursors_wide", precursors_wide(source)},
      {"protein_groups_long", protein_groups_long(source, *proteins)},
      {"protein_groups_wide", protein_groups_wide(source, *proteins)}};
  for (const auto& [name, table] : tables) {
    auto done = io::write_exchange_arrow(table, folder / (std::string(name) + ".arrow"));
    if (done) done = io::write_tsv(table, folder / (std::string(name) + ".tsv"));
    if (!done) return done;
  }
  return {};
}

}  // namespace overland::exchange
