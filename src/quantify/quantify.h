// Quantify: all runs together are made comparable (Precursor.Normalised) and summarised per protein
// group, gene and peptide.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "report/precursor_report.h"
#include "report/quantity_tables.h"

namespace overland::quantify {

struct CohortQuantities {
  std::vector<quant::NormalisationCurve> curves;  // one per run
  report::LevelQuantities proteins, genes, peptides;
};

// Fills `normalised` of each row and `protein_quantity`, `gene_quantity` of those that have one.
// Targets up to quantify.q_value count; `run_count` runs, as numbered in the rows.
[[nodiscard]] CohortQuantities quantify_rows(std::vector<report::ReportRow>& rows,
                                             const library::LibraryView& library,
                                             std::size_t run_count,
                                             const params::QuantifyConfig& config,
                                             const Machine& machine);

}  // namespace overland::quantify
