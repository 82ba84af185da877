// What a search remembers of a run after it was read: record.json of the stage `read`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "run/raw_run.h"

namespace overland::run {

struct RunRecord {
  std::string content_hash;                                 // of the file as it was given
  std::uint64_t ms1_scans = 0, ms2_scans = 0, windows = 0;  // that are searched
  std::uint64_t scans_outside = 0;  // of the scheme: SIM scans and windows visited too seldom
  std::uint64_t peaks = 0;
  ReadReport report;
};

// Whether stages read a converted copy of this run: all files but .arrow, which is mapped as it is.
[[nodiscard]] inline bool is_converted(const std::filesystem::path& file) {
  return file.extension() != ".arrow";
}

[[nodiscard]] RunRecord describe_run(const RawRun& run, std::string content_hash);
[[nodiscard]] Result<void> write_run_record(const RunRecord& record,
                                            const std::filesystem::path& file);
// Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<RunRecord> read_run_record(const std::filesystem::path& file);

}  // namespace overland::run
