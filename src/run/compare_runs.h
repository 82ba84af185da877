// `overland check-raw`: a Thermo RAW file, read directly, against its own conversion to mzML, scan
// by scan and peak by peak.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"

namespace overland::run {

// Largest differences that count as equal: numbers that a converter writes with fewer digits.
struct RunTolerances {
  double minutes = 1e-3, window_mz = 1e-3, energy = 0.01;
  double peak_ppm = 0.5, intensity = 1e-4;  // intensity: relative
};

struct RunComparison {
  std::uint64_t scans = 0, peaks = 0;                   // that both have
  std::uint64_t only_in_first = 0, only_in_second = 0;  // scans
  std::uint64_t other_headers = 0;                      // scans: MS order, time, window, energy
  std::uint64_t other_peaks = 0;                        // scans
  double largest_ppm = 0, largest_intensity = 0;        // of equally many peaks
  std::vector<std::string> examples;                    // the first differences

  [[nodiscard]] std::uint64_t different_scans() const {
    return only_in_first + only_in_second + other_headers + other_peaks;
  }
};

// Scans are matched by their numbers; a scan is counted once, by the first of its differences.
// Peaks of MS3 and above are not compared.
[[nodiscard]] RunComparison compare_runs(const io::RunColumns& first, const io::RunColumns& second,
                                         const RunTolerances& tolerances = {});

struct CheckRawOptions {
  std::filesystem::path raw, converted;
  Machine machine = {};
};
// Errors of read_run_file and of the direct reader.
[[nodiscard]] Result<RunComparison> check_raw(const CheckRawOptions& options);

// The comparison in lines.
[[nodiscard]] std::string comparison_text(const RunComparison& comparison);
// Error OVL-RUN-067 if scans differ.
[[nodiscard]] Result<void> expect_equal(const RunComparison& comparison, const std::string& where);

}  // namespace overland::run
