// The record of a run that was read: record.json of the stage `read`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/raw_run.h"

namespace overland::run {

struct RunRecord {
  std::string content_hash;                                 // of the input file
  std::uint64_t ms1_scans = 0, ms2_scans = 0, windows = 0;  // searched ones
  std::uint64_t scans_outside = 0;  // not searched: SIM scans, rarely visited windows
  std::uint64_t peaks = 0;
  std::vector<std::string> conditions;  // condition_names of the searched windows
  ReadReport report;
  std::string converter = {};  // program and version that converted a vendor file; empty: none
};

// Whether stages read a converted copy of this run: true for all files except .arrow, which is
// mapped directly.
[[nodiscard]] inline bool is_converted(const std::filesystem::path& file) {
  return file.extension() != ".arrow";
}

[[nodiscard]] RunRecord describe_run(const RawRun& run, std::string content_hash);
[[nodiscard]] Result<void> write_run_record(const RunRecord& record,
                                            const std::filesystem::path& file);
// Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<RunRecord> read_run_record(const std::filesystem::path& file);

}  // namespace overland::run
