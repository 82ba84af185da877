// Exports mzTab 1.0, mode Summary, type Quantification: metadata, protein groups, precursors.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "exchange/results/exports.h"
#include "exchange/results/mztab_metadata.h"

namespace overland::exchange {
namespace {

const std::string kNull = "null";

std::string or_null(double value) {
  return number_text(value, kNull);
}

// Mean, standard deviation and standard error of the runs that have a quantity.
struct Spread {
  double mean = std::nan(""), sd = std::nan(""), error = std::nan("");
};
Spread spread_of(const std::vector<std::size_t>& runs, const std::vector<double>& quantity) {
  double n = 0, sum = 0, squares = 0;
  for (const std::size_t run : runs)
    if (quantity[run] > 0) n += 1, sum += quantity[run];
  if (n == 0) return {};
  const double mean = sum / n;
  for (const std::size_t run : runs)
    if (quantity[run] > 0) squares += (quantity[run] - mean) * (quantity[run] - mean);
  if (n < 2) return {.mean = mean};
  const double sd = std::sqrt(squares / (n - 1));
  return {.mean = mean, .sd = sd, .error = sd / std::sqrt(n)};
}

// The columns of quantities that are common to proteins and peptides.
class Abundance {
 public:
  explicit Abundance(const SearchResults& results) : variables_(study_variables(results)) {}

  void add_names(const std::string& section, std::size_t runs,
                 std::vector<std::string>& names) const {
    for (std::size_t run = 0; run < runs; ++run)
      names.push_back(fmt::format("{}_abundance_assay[{}]", section, run + 1));
    for (std::size_t v = 0; v < variables_.size(); ++v)
      for (const char* part : {"", "_stdev", "_std_error"})
        names.push_back(fmt::format("{}_abundance{}_study_variable[{}]", section, part, v + 1));
  }
  void add_values(const std::vector<double>& quantity, std::vector<std::string>& fields) const {
    for (const double q : quantity) fields.push_back(or_null(q));
    for (const StudyVariable& variable : variables_) {
      const Spread spread = spread_of(variable.runs, quantity);
      for (const double value : {spread.mean, spread.sd, spread.error})
        fields.push_back(or_null(value));
    }
  }

 private:
  std::vector<StudyVariable> variables_;
};

// Splits "A;B;C" into "A" and "B,C".
std::pair<std::string, std::string> first_and_rest(const std::string& group) {
  const auto end = group.find(';');
  if (end == std::string::npos) return {group, kNull};
  std::string rest = group.substr(end + 1);
  std::replace(rest.begin(), rest.end(), ';', ',');
  return {group.substr(0, end), rest};
}

struct ProteinEntry {
  double q_value = 1;
  std::vector<double> quantity;  // one per run
};

Result<std::map<std::string, ProteinEntry>> read_proteins(const SearchResults& results) {
  const auto file = results.folder / "protein_groups.parquet";
  const auto table = io::read_parquet(file);
  if (!table) return std::unexpected(table.error());
  const auto run = table->column<std::string>("Run");
  const auto group = table->column<std::string>("Protein.Group");
  if (!run || !group)
    return fail("OVL-IO-090", "there is no column Run or Protein.Group", file.string(),
                "Give the results folder of a search of this version.");
  const auto quantity = numbers_of(*table, "PG.MaxLFQ");
  const auto q_value = numbers_of(*table, "Global.PG.Q.Value");
  std::map<std::string, std::size_t> place;
  for (std::size_t r = 0; r < results.runs.size(); ++r) place[results.runs[r]] = r;
  std::map<std::string, ProteinEntry> proteins;
  for (std::size_t i = 0; i < quantity.size(); ++i) {
    const auto at = place.find((**run)[i]);
    if (at == place.end()) continue;
    ProteinEntry& entry = proteins[(**group)[i]];
    entry.quantity.resize(results.runs.size(), std::nan(""));
    entry.quantity[at->second] = quantity[i];
    entry.q_value = q_value[i];
  }
  return proteins;
}

class MztabSections {
 public:
  MztabSections(const SearchResults& results, LineFile& lines)
      : results_(results),
        lines_(lines),
        abundance_(results),
        engine_(program_parameter(results.program)) {}

  void add_proteins(const std::map<std::string, ProteinEntry>& proteins) {
    std::vector<std::string> names{"PRH",
                                   "accession",
                                   "description",
                                   "taxid",
                                   "species",
                                   "database",
                                   "database_version",
                                   "search_engine",
                                   "best_search_engine_score[1]",
                                   "ambiguity_members",
                                   "modifications",
                                   "protein_coverage"};
    abundance_.add_names("protein", results_.runs.size(), names);
    lines_.add("");
    add_line(names);
    std::set<std::string> used;  // accessions must be unique
    for (const auto& [group, entry] : proteins) {
      const auto [accession, others] = first_and_rest(group);
      if (!used.insert(accession).second) continue;
      std::vector<std::string> fields{
          "PRT",  accession, kNull, kNull, kNull, kNull, kNull, engine_, or_null(entry.q_value),
          others, kNull,     kNull};
      abundance_.add_values(entry.quantity, fields);
      add_line(fields);
    }
  }

  Result<void> add_peptides(const std::vector<std::size_t>& rows) {
    std::vector<std::string> names{"PEH",
                                   "sequence",
                                   "accession",
                                   "unique",
                                   "database",
                                   "database_version",
                                   "search_engine",
                                   "best_search_engine_score[1]",
                                   "modifications",
                                   "retention_time",
                                   "retention_time_window",
                                   "charge",
                                   "mass_to_charge",
                                   "spectra_ref"};
    abundance_.add_names("peptide", results_.runs.size(), names);
    names.emplace_back("opt_global_precursor_id");
    names.emplace_back("opt_global_precursor_q_value");
    lines_.add("");
    add_line(names);
    std::map<std::string, std::vector<std::size_t>> of_precursor;
    for (const std::size_t row : rows)
      of_precursor[results_.text("Precursor.Id")[row]].push_back(row);
    for (const auto& [id, own] : of_precursor)
      if (auto done = add_peptide(id, own); !done) return done;
    return {};
  }

 private:
  void add_line(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) line += (line.empty() ? "" : "\t") + mztab_field(field);
    lines_.add(line);
  }

  Result<void> add_peptide(const std::string& id, const std::vector<std::size_t>& rows) {
    std::size_t best = rows.front();
    for (const std::size_t row : rows)
      if (q_value_[row] < q_value_[best]) best = row;
    const auto peptide = parse_peptide(results_.text("Modified.Sequence")[best]);
    if (!peptide) return std::unexpected(peptide.error());
    std::vector<double> quantity(results_.runs.size(), std::nan(""));
    for (const std::size_t row : rows) quantity[results_.run_of_row[row]] = normalised_[row];
    const std::string& proteins = results_.text("Protein.Ids")[best];
    std::vector<std::string> fields{
        "PEP",
        peptide->residues,
        proteins.empty() ? kNull : first_and_rest(proteins).first,
        number_text(proteotypic_[best], kNull),
        kNull,
        kNull,
        engine_,
        or_null(peptide_q_[best]),
        modifications_of(*peptide),
        seconds(rt_[best]),
        seconds(start_[best]) + "|" + seconds(stop_[best]),
        number_text(charge_[best], kNull),
        fmt::format("{:.5f}", precursor_mz(*peptide, static_cast<int>(charge_[best])).value),
        kNull};
    abundance_.add_values(quantity, fields);
    fields.push_back(id);
    fields.push_back(or_null(global_q_[best]));
    add_line(fields);
    return {};
  }

  static std::string seconds(double minutes) {
    return std::isfinite(minutes) ? fmt::format("{:.3f}", 60 * minutes) : kNull;
  }

  // "3-UNIMOD:4,7-UNIMOD:35"; position 0 is the N-terminus, length + 1 the C-terminus.
  static std::string modifications_of(const Peptide& peptide) {
    std::string text;
    for (const Modification& m : peptide.modifications) {
      if (!text.empty()) text += ',';
      text += fmt::format("{}-", m.site + 1);
      text += m.unimod > 0 ? fmt::format("UNIMOD:{}", m.unimod)
                           : fmt::format("CHEMMOD:{:+.5f}", m.mass);
    }
    return text.empty() ? kNull : text;
  }

  const SearchResults& results_;
  LineFile& lines_;
  Abundance abundance_;
  std::string engine_;
  std::vector<double> q_value_ = results_.numbers("Q.Value"),
                      global_q_ = results_.numbers("Global.Q.Value"),
                      peptide_q_ = results_.numbers("Global.Peptide.Q.Value"),
                      normalised_ = results_.numbers("Precursor.Normalised"),
                      proteotypic_ = results_.numbers("Proteotypic"),
                      charge_ = results_.numbers("Precursor.Charge"), rt_ = results_.numbers("RT"),
                      start_ = results_.numbers("RT.Start"), stop_ = results_.numbers("RT.Stop");
};

}  // namespace

Result<void> export_mztab(const SearchResults& results, const std::filesystem::path& file) {
  const auto proteins = read_proteins(results);
  if (!proteins) return std::unexpected(proteins.error());
  const std::vector<bool> decoy = results.is_decoy();
  std::vector<std::size_t> rows;
  std::vector<Peptide> peptides;  // one per distinct modified sequence
  std::set<std::string> known;
  for (std::size_t row = 0; row < results.row_count(); ++row) {
    if (decoy[row]) continue;
    rows.push_back(row);
    const std::string& modified = results.text("Modified.Sequence")[row];
    if (!known.insert(modified).second) continue;
    auto peptide = parse_peptide(modified);
    if (!peptide) return std::unexpected(peptide.error());
    peptides.push_back(std::move(*peptide));
  }
  return write_line_file(file, [&](LineFile& lines) -> Result<void> {
    add_mztab_metadata(results, peptides, lines);
    MztabSections sections(results, lines);
    sections.add_proteins(*proteins);
    return sections.add_peptides(rows);
  });
}

}  // namespace overland::exchange
