// Quantify: all runs together are made comparable (Precursor.Normalised) and summarised per protein
// group, gene and peptide.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "library/library.h"
#include "report/precursor_report.h"
#include "report/quantity_tables.h"
#include "stages/search_config.h"

namespace overland {

struct CohortQuantities {
  std::vector<quant::NormalisationCurve> curves;  // one per run
  LevelQuantities proteins, genes, peptides;
};

// Fills `normalised` of each row and `protein_quantity`, `gene_quantity` of those that have one.
// Targets up to quantify.q_value count; `run_count` runs, as numbered in the rows.
[[nodiscard]] CohortQuantities quantify_rows(std::vector<ReportRow>& rows,
                                             const LibraryView& library, std::size_t run_count,
                                             const QuantifyConfig& config, int threads);

// The names of the values of quantify.normalise, .method and .level.
[[nodiscard]] std::string to_text(quant::Normalisation kind);
[[nodiscard]] std::string to_text(quant::LfqMethod method);
[[nodiscard]] std::string to_text(quant::LfqLevel level);
// Precondition: a name of one; the configuration has been checked.
[[nodiscard]] quant::Normalisation normalisation_of(const std::string& text);
[[nodiscard]] quant::LfqMethod lfq_method_of(const std::string& text);
[[nodiscard]] quant::LfqLevel lfq_level_of(const std::string& text);

}  // namespace overland
