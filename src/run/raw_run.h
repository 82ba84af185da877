// One run in memory: scan headers as columns, peaks as views into a memory-mapped Arrow file or
// into buffers of a reader. Immutable after construction, so threads share it without locks.
//
// Scans are in order of retention time, independent of the order of the file; `scan_number` is the
// instrument's number. Peaks of a scan are strictly ascending in m/z, finite, with intensity > 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/machine.h"
#include "kernel/scan_peaks.h"

namespace overland::io {
struct RunColumns;
}  // namespace overland::io

namespace overland::run {

// Parallel columns, one value per scan. Windows are 0 on MS1 scans.
struct ScanHeaders {
  std::vector<float> rt_minutes;
  std::vector<std::uint8_t> ms_order;
  std::vector<std::int32_t> scan_number;
  std::vector<float> window_low_mz, window_high_mz;  // isolation limits
  std::vector<float> scan_low_mz, scan_high_mz;      // acquired m/z range
  std::vector<float> collision_energy;               // NCE %, NaN when unknown
  std::vector<float> tic;                            // counts
  std::vector<float> compensation_voltage = {};      // FAIMS, V; NaN where there is none
  // The acquired m/z ranges of scans with several: low, high, low, high, ..., ascending and apart;
  // empty for a scan of one. No rows at all if no scan has several.
  std::vector<std::vector<float>> scan_parts = {};
};

// What a reader assumes of a run, or doubts: not an error, but the user must know it before the
// long job. docs/checks.md lists all of them.
struct Finding {
  std::string code;    // OVL-RUN-...
  std::string what;    // with numbers
  std::string advice;  // what to do if the assumption is wrong
};

// Counts of the scans and peaks that a reader skipped or corrected; shown in the log and in
// runs.parquet.
struct ReadReport {
  std::uint64_t scans_empty = 0;           // no peaks (the scans are kept)
  std::uint64_t scans_without_window = 0;  // MS2 without isolation window: skipped
  std::uint64_t scans_other_order = 0;     // MS3 and above: skipped
  std::uint64_t scans_negative = 0;        // negative polarity: skipped
  std::uint64_t scans_resorted = 0;        // peaks were not ascending in m/z
  std::uint64_t peaks_dropped = 0;         // NaN, infinite, zero or negative
  std::uint64_t peaks_merged = 0;          // equal m/z within a scan: intensities added
  bool was_unsorted_by_rt = false;
  std::vector<Finding> findings = {};
  [[nodiscard]] std::uint64_t scans_skipped() const {
    return scans_without_window + scans_other_order + scans_negative;
  }
};

class RawRun {
 public:
  // `mz[i]`/`intensity[i]`/`peak_count[i]` describe the peaks of scan i; the pointers point into
  // `backing`, which owns the memory.
  struct Peaks {
    std::vector<const float*> mz, intensity;
    std::vector<std::uint32_t> count;
    std::shared_ptr<const void> backing;
  };
  // Sorts scans by (retention time, scan number). Precondition: all columns have the same length.
  RawRun(std::string name, ScanHeaders headers, Peaks peaks, ReadReport report);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t scan_count() const { return headers_.rt_minutes.size(); }
  [[nodiscard]] const ScanHeaders& headers() const { return headers_; }
  [[nodiscard]] const ReadReport& report() const { return report_; }
  // For the one who made the run, before it is shared.
  void add_findings(const std::vector<Finding>& findings) {
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
  }
  [[nodiscard]] kernel::ScanPeaks peaks(RunScan scan) const {
    const std::size_t i = scan.index();
    return {{peaks_.mz[i], peaks_.count[i]}, {peaks_.intensity[i], peaks_.count[i]}};
  }

 private:
  std::string name_;
  ScanHeaders headers_;
  Peaks peaks_;
  ReadReport report_;
};

// Makes a run of the content of a run file. Keeps MS1 scans and MS2 scans with an isolation window,
// of positive or unknown polarity. What is assumed or doubtful is in the report's findings. Errors
// OVL-RUN-001 (a scan without retention time), OVL-RUN-003 (no MS2 scan left), OVL-RUN-026 (ion
// mobility), and those of check_centroids, settle_voltages, settle_times and compare_energies;
// `where` names the file.
[[nodiscard]] Result<RawRun> run_from_columns(std::string name, io::RunColumns columns,
                                              const std::string& where);

// The name of a run: its file's name without .mzML, .mzXML (also with .gz), .arrow, .raw or .wiff,
// in upper or lower case; dots elsewhere stay.
[[nodiscard]] std::string run_name(const std::filesystem::path& file);

// Reads a run file on machine.threads threads; vendor files as open_run_file does by default. The
// run's name is run_name(file). Errors of open_run_file, OVL-RUN-001 (a missing value), OVL-RUN-002
// (profile spectra), OVL-RUN-003 (no MS2 scans), and others of run_from_columns.
[[nodiscard]] Result<RawRun> open_run(const std::filesystem::path& file, const Machine& machine);
// Reads a run from memory, which must outlive the run. Used by the fuzz targets.
[[nodiscard]] Result<RawRun> open_run(std::span<const std::byte> bytes, const std::string& name,
                                      const Machine& machine);

}  // namespace overland::run
