// Summary of report.parquet for the page, read as a stream: exact counts, and samples whose size
// does not grow with the number of runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace overland::report {

// One reported row of the sample. NaN if missing.
struct SampledRow {
  std::uint64_t key = 0;  // hash of the precursor, so that all runs sample the same precursors
  float rt = 0, irt = 0, rt_error_seconds = 0;
  float fwhm_seconds = 0, points = 0, interference = 0, quantity = 0;
};

struct RunCounts {
  std::uint64_t precursors = 0, peptides = 0;
  std::vector<std::uint64_t> at_q;  // rows per bin of q_grid()
  std::vector<SampledRow> sample;   // rows with the smallest keys, in the order of the keys
};

// One quantity of the sample of precursors that the comparisons of runs use.
struct QuantityEntry {
  std::uint32_t precursor = 0, run = 0;
  float log2_quantity = 0;
};

struct ReportRows {
  std::vector<std::string> runs;
  std::vector<RunCounts> counts;
  std::vector<std::uint32_t> found_in;  // number of runs of each precursor
  std::vector<std::uint64_t> by_charge;
  std::vector<std::uint8_t> species;       // per precursor: index into species_names
  std::vector<std::string> species_names;  // [0] is ""
  std::vector<QuantityEntry> quantities;   // ordered by run, then as in the table
  std::uint64_t rows = 0, peptides = 0;
  double sampled_share = 1;    // share of the precursors that are in `quantities`
  bool is_normalised = false;  // `quantities` are Precursor.Normalised
};

struct SampleSizes {
  std::size_t rows_per_run = 0;  // maximum size of RunCounts::sample
  double share = 1;              // share of the precursors for the comparisons of runs, 0..1
};
// Sample sizes that keep all runs together within about 1.5 million rows and 4 million quantities.
[[nodiscard]] SampleSizes sample_sizes(std::size_t runs, std::uint64_t rows);

// q-values at which the curve of identifications is drawn, ascending from 1e-5 to 1; bin i contains
// q in (grid[i-1], grid[i]].
[[nodiscard]] const std::vector<double>& q_grid();

// `runs`: names in the order of the page; rows of other runs are an error.
// Errors OVL-IO-001, 003, OVL-IO-090 (a column is missing, or a run is not in runs.parquet).
[[nodiscard]] Result<ReportRows> read_report_rows(const std::filesystem::path& file,
                                                  const std::vector<std::string>& runs,
                                                  const SampleSizes& sizes);

// Species of a precursor's proteins: "_HUMAN" of an entry name, or the letters at the beginning of
// an accession if there are at least four (UniProt accessions have fewer); otherwise "".
[[nodiscard]] std::string species_of(std::string_view protein_ids);

}  // namespace overland::report
