// The tables of a search's results: report.parquet, precursors_wide.parquet, the quantities of
// protein groups, genes and peptides over runs, normalisation.parquet, tic.parquet (and .tsv where
// configured). Memory does not grow with the number of runs, except for a few numbers per run. Held
// in memory are names, the run-independent properties of each precursor, and the rows of one run.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/machine.h"
#include "quantify/quantify.h"
#include "results/reported_run.h"

namespace overland::results {

struct ResultCounts {
  std::size_t rows = 0;        // of report.parquet
  std::size_t precursors = 0;  // distinct
  std::size_t without_quantity = 0;
};

struct ReportJob {
  std::span<const ReportedRun> runs;      // runs that did not fail, in the order of `names`
  const std::vector<std::string>& names;  // names of all runs
  const library::LibraryView& library;
  const params::ReportParameters& config;
  std::filesystem::path out;
  Machine machine = {};
  quantify::BlockSizes sizes = {};
};

// Scratch files are in OUT/work. Errors of reading the stages' files, OVL-IO-002, OVL-RES-002.
[[nodiscard]] Result<ResultCounts> write_report(const ReportJob& job);

}  // namespace overland::results
