// Simulated DIA runs with known truth: for demonstration, tests and benchmarks.
//
//   SimulationConfig config;
//   config.seed = 7;
//   Result<SimulationReport> report = simulate(config, "out", available_threads());
//
// Writes to the folder: one file per run and format (NAME_CONDITION_REPLICATE.arrow / .mzML /
// .mzML.gz), library.tsv.gz (the library for a search), truth.parquet (the correct results;
// docs/formats/truth.md) and simulation.json (all settings). The same settings give the same bytes
// with any number of threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/machine.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct SimulatedRun {
  std::string name;
  std::vector<std::filesystem::path> files;
  std::uint64_t ms2_scans = 0, ms1_scans = 0;
  double mean_peaks = 0;                      // mean number of peaks per MS2 scan
  std::uint64_t present = 0, detectable = 0;  // number of library precursors
};

struct SimulationReport {
  std::uint64_t library_precursors = 0, library_proteins = 0;
  std::vector<SimulatedRun> runs;
  [[nodiscard]] std::string summary() const;  // readable text of several lines
};

// Errors: OVL-CFG-101 .. 103 (settings), errors of reading proteome.library_file, OVL-IO-002.
[[nodiscard]] Result<SimulationReport> simulate(const SimulationConfig& config,
                                                const std::filesystem::path& out,
                                                const Machine& machine);

}  // namespace overland::simulate
