// xic.parquet: the chromatograms from which each quantity was measured. One row per run and
// reported precursor, and a sample of decoys for comparison: scan times, the deconvolved weight,
// and the observed intensity of each fragment. The fitted intensity of a fragment is weight x
// share, so it is not stored.
#pragma once

#include <filesystem>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "results/results.h"

namespace overland::results {

inline constexpr const char* kXicSchemaVersion = "1";

struct ChromatogramTableJob {
  std::span<const ReportedRun> runs;
  const library::LibraryView& library;
  const params::ReportParameters& config;
  Machine machine = {};
};

// Writes the runs one after another, a few thousand rows at a time. Errors of reading the stages'
// files, and OVL-IO-002.
[[nodiscard]] Result<void> write_chromatogram_table(const ChromatogramTableJob& job,
                                                    const std::filesystem::path& file);

}  // namespace overland::results
