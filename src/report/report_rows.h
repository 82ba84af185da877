// report.parquet, read once as a stream and kept as what the page needs of it: exact counts, and
// samples whose size does not grow with the number of runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace overland::report {

// One reported row, as drawn. NaN where missing.
struct SampledRow {
  std::uint64_t key = 0;  // hash of the precursor: samples of all runs prefer the same precursors
  float rt = 0, irt = 0, rt_error_seconds = 0;
  float fwhm_seconds = 0, points = 0, interference = 0, quantity = 0;
};

struct RunCounts {
  std::uint64_t precursors = 0, peptides = 0;
  std::vector<std::uint64_t> at_q;  // rows per bin of q_grid()
  std::vector<SampledRow> sample;   // rows of the smallest keys, by key
};

// One quantity of the sample of precursors that the comparisons of runs use.
struct QuantityEntry {
  std::uint32_t precursor = 0, run = 0;
  float log2_quantity = 0;
};

struct ReportRows {
  std::vector<std::string> runs;
  std::vector<RunCounts> counts;
  std::vector<std::uint32_t> found_in;  // runs of each precursor
  std::vector<std::uint64_t> by_charge;
  std::vector<std::uint8_t> species;       // of each precursor, index into species_names
  std::vector<std::string> species_names;  // [0] is ""
  std::vector<QuantityEntry> quantities;   // by run, then as in the table
  std::uint64_t rows = 0, peptides = 0;
  double sampled_share = 1;    // of the precursors that are in `quantities`
  bool is_normalised = false;  // Precursor.Normalised is what was read
};

struct SampleSizes {
  std::size_t rows_per_run = 0;  // kept in RunCounts::sample
  double share = 1;              // of precursors for the comparisons, 0..1
};
// Bounded over all runs: about 1.5 million rows, 4 million quantities.
[[nodiscard]] SampleSizes sample_sizes(std::size_t runs, std::uint64_t rows);

// q-values at which the curve is drawn, ascending from 1e-5 to 1; bin i holds q in
// (grid[i-1], grid[i]].
[[nodiscard]] const std::vector<double>& q_grid();

// `runs`: names in the order of the page; rows of other runs are an error.
// Errors OVL-IO-001, 003, OVL-IO-090 (a column is missing, or a run that runs.parquet lacks).
[[nodiscard]] Result<ReportRows> read_report_rows(const std::filesystem::path& file,
                                                  const std::vector<std::string>& runs,
                                                  const SampleSizes& sizes);

// "_HUMAN" of an entry name, or the letters an accession begins with if they are four or more (no
// UniProt accession has that); "" where neither is there.
[[nodiscard]] std::string species_of(std::string_view protein_ids);

}  // namespace overland::report
