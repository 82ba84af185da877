#include "report/precursor_report.h"

#include <functional>

namespace overland::report {
namespace {

std::string stripped(std::string_view modified) {
  std::string residues;
  int depth = 0;
  for (const char c : modified) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0 && c >= 'A' && c <= 'Z') residues += c;
    if (c == ')' || c == ']') --depth;
  }
  return residues;
}

template <class T>
std::vector<T> each(const std::vector<ReportRow>& rows,
                    const std::function<T(const ReportRow&)>& f) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const ReportRow& row : rows) values.push_back(f(row));
  return values;
}

void add_identity(io::Table& table, const std::vector<ReportRow>& rows,
                  const library::LibraryView& library) {
  const auto text = [&](std::string_view (*get)(const library::LibraryView&, std::uint32_t)) {
    return each<std::string>(
        rows, [&](const ReportRow& r) { return std::string(get(library, r.precursor)); });
  };
  using View = const library::LibraryView&;
  table.add("Precursor.Id",
            each<std::string>(
                rows, [&](const ReportRow& r) { return precursor_id(library, r.precursor); }),
            "", "modified sequence in UniMod notation and charge");
  table.add("Modified.Sequence",
            text([](View v, std::uint32_t p) { return v.modified_sequence[p]; }));
  table.add("Stripped.Sequence", each<std::string>(rows, [&](const ReportRow& r) {
              return stripped(library.modified_sequence[r.precursor]);
            }));
  table.add("Precursor.Charge", each<std::int32_t>(rows, [&](const ReportRow& r) {
              return static_cast<std::int32_t>(library.charge[r.precursor]);
            }));
  table.add(
      "Precursor.Mz",
      each<float>(rows, [&](const ReportRow& r) { return library.precursor_mz[r.precursor]; }),
      "m/z", "theoretical, monoisotopic");
  table.add("Decoy", each<std::uint8_t>(
                         rows, [&](const ReportRow& r) { return library.is_decoy[r.precursor]; }));
  table.add("Entrapment", each<std::uint8_t>(rows, [&](const ReportRow& r) {
              return library.entrapment[r.precursor];
            }));
  const auto proteins = [](View v, std::uint32_t p) { return v.protein_ids[v.protein_set[p]]; };
  table.add("Proteotypic", each<std::uint8_t>(rows, [&](const ReportRow& r) {
              const std::string_view ids = proteins(library, r.precursor);
              return static_cast<std::uint8_t>(ids.find(';') == std::string_view::npos ? 1 : 0);
            }));
  table.add("Indistinguishable",
            each<std::string>(rows, [](const ReportRow& r) { return r.indistinguishable; }), "",
            "another precursor of the library with the same ions (I = L); empty: none");
  table.add("Razor",
            each<std::uint8_t>(
                rows, [](const ReportRow& r) { return static_cast<std::uint8_t>(r.is_razor); }),
            "", "1: another protein group could hold it, too");
  table.add("Protein.Group",
            each<std::string>(rows, [](const ReportRow& r) { return r.protein_group; }), "",
            "proteins that cannot be told apart, of the whole search");
  table.add("Protein.Ids", text(proteins), "", "all proteins of the library with this peptide");
  table.add("Protein.Names",
            each<std::string>(rows, [](const ReportRow& r) { return r.protein_group; }), "",
            "as Protein.Group, for programs that ask for it");
  table.add("Genes", each<std::string>(rows, [](const ReportRow& r) { return r.genes; }), "",
            "of the protein group");
}

// Adds the q-values of peptides (modified sequences, all charges) and protein groups.
void add_levels(io::Table& table, const std::vector<ReportRow>& rows) {
  using Row = const ReportRow&;
  table.add("Peptide.Q.Value", each<double>(rows, [](Row r) { return r.peptide_q_value; }), "",
            "of the modified sequence, in this run");
  table.add("Global.Peptide.Q.Value",
            each<double>(rows, [](Row r) { return r.global_peptide_q_value; }));
  table.add("Peptide.PEP", each<double>(rows, [](Row r) { return r.peptide_pep; }));
  table.add("PG.Q.Value", each<double>(rows, [](Row r) { return r.protein_q_value; }), "",
            "of the protein group, in this run");
  table.add("Global.PG.Q.Value",
            each<double>(rows, [](Row r) { return r.global_protein_q_value; }));
  table.add("PG.PEP", each<double>(rows, [](Row r) { return r.protein_pep; }));
}

}  // namespace

std::string precursor_id(const library::LibraryView& library, std::uint32_t p) {
  return std::string(library.modified_sequence[p]) + std::to_string(library.charge[p]);
}

io::Table make_report(const std::vector<ReportRow>& rows, const library::LibraryView& library,
                      const std::vector<std::string>& run_names) {
  using Row = const ReportRow&;
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  table.add("Run", each<std::string>(rows, [&](Row r) { return run_names[r.run]; }));
  add_identity(table, rows, library);
  table.add("RT", each<float>(rows, [](Row r) { return r.rt; }), "minutes", "apex");
  table.add("RT.Start", each<float>(rows, [](Row r) { return r.rt_start; }), "minutes");
  table.add("RT.Stop", each<float>(rows, [](Row r) { return r.rt_stop; }), "minutes");
  table.add("FWHM", each<float>(rows, [](Row r) { return r.fwhm; }), "minutes");
  table.add("iRT", each<float>(rows, [&](Row r) { return library.irt[r.precursor]; }),
            "iRT of the library", "of the library");
  table.add("iRT.Observed", each<float>(rows, [](Row r) { return r.irt_observed; }),
            "iRT of the library", "of the apex, by the run's model");
  table.add("Predicted.RT", each<float>(rows, [](Row r) { return r.predicted_rt; }), "minutes",
            "where the run's model expects the library's iRT");
  table.add("Precursor.Quantity", each<double>(rows, [](Row r) { return r.quantity; }),
            "intensity x minutes", "area; null when missing");
  table.add("Quantity.SD", each<double>(rows, [](Row r) { return r.quantity_sd; }),
            "intensity x minutes", "standard deviation of Precursor.Quantity");
  table.add("Precursor.Normalised", each<double>(rows, [](Row r) { return r.normalised; }),
            "intensity x minutes", "comparable between runs; null when missing");
  table.add("PG.MaxLFQ", each<double>(rows, [](Row r) { return r.protein_quantity; }),
            "intensity x minutes", "of the protein group in this run");
  table.add("Genes.MaxLFQ", each<double>(rows, [](Row r) { return r.gene_quantity; }),
            "intensity x minutes", "of the genes in this run");
  table.add("Quantity.Status", each<std::string>(rows, [](Row r) { return r.quantity_status; }));
  table.add("Interference", each<float>(rows, [](Row r) { return r.interference; }), "",
            "share of the matched peaks' intensity that belongs to others, 0..1");
  table.add("Ms1.Area", each<double>(rows, [](Row r) { return r.ms1_area; }), "intensity x minutes",
            "of the precursor's isotopes in MS1; null when missing");
  table.add("Points", each<std::uint32_t>(rows, [](Row r) { return r.points; }), "scans");
  table.add("Apex.Scan", each<std::int32_t>(rows, [](Row r) { return r.apex_scan; }));
  table.add("Score", each<float>(rows, [](Row r) { return r.score; }), "", "higher is better");
  table.add("Q.Value", each<double>(rows, [](Row r) { return r.q_value; }), "", "run-specific");
  table.add("Global.Q.Value", each<double>(rows, [](Row r) { return r.global_q_value; }));
  table.add("Matched.Between.Runs",
            each<std::uint8_t>(
                rows, [](Row r) { return static_cast<std::uint8_t>(r.is_matched ? 1 : 0); }),
            "", "1: does not pass in this run; found where other runs lead to expect it");
  table.add("Transfer.Q.Value", each<double>(rows, [](Row r) { return r.transfer_q_value; }), "",
            "false transfers among the transfers; null for rows that pass by themselves");
  table.add("PEP", each<double>(rows, [](Row r) { return r.pep; }));
  table.add("Global.PEP", each<double>(rows, [](Row r) { return r.global_pep; }));
  add_levels(table, rows);
  table.add("Lib.Q.Value", each<double>(rows, [](Row r) { return r.global_q_value; }), "",
            "as Global.Q.Value, for programs that ask for it");
  table.add("Lib.PG.Q.Value", each<double>(rows, [](Row r) { return r.global_protein_q_value; }),
            "", "as Global.PG.Q.Value");
  return table;
}

io::Table make_wide(const std::vector<ReportRow>& keys, std::vector<std::vector<double>> quantities,
                    const library::LibraryView& library,
                    const std::vector<std::string>& run_names) {
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  add_identity(table, keys, library);
  for (std::size_t run = 0; run < run_names.size(); ++run) {
    table.add(run_names[run], std::move(quantities[run]), "intensity x minutes");
  }
  return table;
}

}  // namespace overland::report
