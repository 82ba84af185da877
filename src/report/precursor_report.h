// report.parquet: one row per precursor and run. Columns have the names of DIA-NN's report if their
// meaning is the same (docs/formats/report.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/table/table.h"
#include "library/library.h"

namespace overland::report {

inline constexpr const char* kReportSchemaVersion = "1";

struct ReportRow {
  std::uint32_t precursor = 0;                        // row of the library
  std::uint32_t run = 0;                              // index into the run names
  float rt = 0, rt_start = 0, rt_stop = 0, fwhm = 0;  // minutes
  float irt_observed = 0, predicted_rt = 0;           // library iRT; minutes
  double quantity = 0;                                // intensity x minutes; NaN if missing
  double quantity_sd = 0;                             // intensity x minutes; NaN if missing
  double ms1_area = 0;                                // intensity x minutes; NaN if missing
  double normalised = 0;                              // quantity after normalisation
  double protein_quantity = 0, gene_quantity = 0;     // in this run; NaN if missing
  std::string quantity_status;                        // "ok" or the reason for no quantity
  float interference = 0;
  double q_value = 1, global_q_value = 1, pep = 1, global_pep = 1;
  double peptide_q_value = 1, global_peptide_q_value = 1, peptide_pep = 1;
  double protein_q_value = 1, global_protein_q_value = 1, protein_pep = 1;
  std::string protein_group, genes;  // accessions and genes of the precursor's protein group
  std::string indistinguishable;     // Precursor.Id of an I/L twin
  bool is_matched = false;           // transferred from other runs; not accepted by q_value
  double transfer_q_value = 0;       // NaN if not transferred
  bool is_razor = false;             // another group also contains proteins of the peptide
  float score = 0;
  std::uint32_t points = 0;
  std::int32_t apex_scan = 0;  // scan number given by the instrument
};

[[nodiscard]] std::string precursor_id(const library::LibraryView& library,
                                       std::uint32_t precursor);

[[nodiscard]] io::Table make_report(const std::vector<ReportRow>& rows,
                                    const library::LibraryView& library,
                                    const std::vector<std::string>& run_names);

// precursors_wide: one row per precursor, one column of quantities per run: quantities[run][key].
// Of `keys`, only the columns that describe a precursor are used.
[[nodiscard]] io::Table make_wide(const std::vector<ReportRow>& keys,
                                  std::vector<std::vector<double>> quantities,
                                  const library::LibraryView& library,
                                  const std::vector<std::string>& run_names);

}  // namespace overland::report
