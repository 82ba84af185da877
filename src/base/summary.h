// Resources that the program used, per stage: wall time, CPU time and peak memory, printed as a
// table at the end.
//
//   RunSummary summary;
//   summary.start("first pass");
//   ... ; summary.finish("12,345 precursors");
//   machine.info("{}", summary.table());
//
// Not thread-safe: the driver of the stages owns it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/allocation_probe.h"

namespace overland {

struct ResourceUse {
  double wall_seconds = 0;           // steady clock, from an arbitrary origin
  double cpu_seconds = 0;            // user + system, all threads
  std::uint64_t peak_rss_bytes = 0;  // high-water mark of the process so far
  std::optional<std::uint64_t> allocations = std::nullopt;  // so far; empty if not counted
};
[[nodiscard]] ResourceUse resource_use_now();

// Resources that a stage used when its results were computed, as recorded in its manifest.
struct StageCost {
  double wall_seconds = 0, cpu_seconds = 0;
  std::uint64_t peak_bytes = 0;  // peak resident memory of the process
  // Calls of operator new and peak heap bytes; 0 in builds that do not count them.
  std::uint64_t allocations = 0, allocated_bytes = 0;
  bool operator==(const StageCost&) const = default;
};

struct StageUse {
  std::string stage;
  double wall_seconds = 0, cpu_seconds = 0;
  std::uint64_t peak_rss_bytes = 0;                         // high-water mark when the stage ended
  std::string note;                                         // counts, "up to date"
  std::optional<std::uint64_t> allocations = std::nullopt;  // empty if not counted
  // Cores kept busy on average: CPU time / wall time.
  [[nodiscard]] double cores() const { return wall_seconds > 0 ? cpu_seconds / wall_seconds : 0; }
};

class RunSummary {
 public:
  RunSummary();
  void start(std::string stage);  // finishes the stage that is open, if any
  void finish(std::string note = {});
  [[nodiscard]] const std::vector<StageUse>& stages() const { return stages_; }
  [[nodiscard]] StageUse total() const;
  // Columns stage, wall, CPU, cores, peak memory, note; the last row is the total.
  [[nodiscard]] std::string table() const;

 private:
  ResourceUse origin_, stage_start_;
  std::string open_stage_;
  std::vector<StageUse> stages_;
};

// "310 kB", "1.2 MB", "12 MB", "1.50 GB" (powers of 1000).
[[nodiscard]] std::string memory_text(std::uint64_t bytes);

}  // namespace overland
