// Chromatograms of known precursors over a scan block (consecutive scans of one window): matches
// peaks, deconvolves, and stores one 8-byte point per (trace, scan) at a position in the arena that
// is computed before the first scan.
//
// Unlike CandidateScoring it stores nothing else, so that whole runs fit in memory. Traces without
// a position (kNotStored) take part in the deconvolution but their points are not stored. Each scan
// block starts cold: its result depends on its scans and traces alone, not on the number of blocks
// or threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "kernel/candidate_scoring.h"
#include "kernel/peak_lookup.h"
#include "kernel/scan_solver.h"
#include "kernel/trace_point.h"

namespace overland::kernel {

inline constexpr std::uint64_t kNotStored = ~std::uint64_t{0};

struct TraceInterval {
  WindowScan first_scan, last_scan;        // half-open, not empty
  std::uint64_t arena_index = kNotStored;  // position of its first point in the arena
};

// The traces of one window, ascending by first scan.
struct WindowTraces {
  std::span<const TraceInterval> intervals;
  std::span<const float> fragment_mz, fragment_intensity;  // kTraceFragments slots each, sum 1
  std::span<const std::uint8_t> fragment_count;
  std::uint32_t longest = 0;  // scans of the longest interval
};

class ChromatogramExtraction {
 public:
  struct Capacity {
    std::size_t traces = 0;  // maximum number active in one scan
    std::size_t peaks = 0;   // maximum number in one scan
  };
  // The only function that allocates.
  void reserve(const Capacity& capacity);
  // Bytes that reserve allocates, for the memory plan.
  [[nodiscard]] static std::uint64_t bytes(const Capacity& capacity);

  // begin starts a block at scan `first` of the window; add_scan then takes its scans in order,
  // with m/z after mass calibration, and writes their points into `arena`, which the caller fills
  // with 0.
  void begin(const WindowTraces& traces, WindowScan first);
  void add_scan(const WindowTraces& traces, const ScanPeaks& scan, const TraceSettings& settings,
                std::span<TracePoint> arena);

  [[nodiscard]] const SolverCounts& counts() const { return counts_; }

 private:
  struct Active {
    std::uint32_t trace = 0;
    float weight = 0;  // of the last scan: the warm start
  };
  void enter_and_leave(const WindowTraces& traces);
  void match(const WindowTraces& traces, const TraceSettings& settings,
             std::span<TracePoint> arena);
  void store(const WindowTraces& traces, std::span<TracePoint> arena);

  PeakLookup lookup_;
  ScanSolver solver_;
  WindowScan scan_;
  std::size_t next_ = 0;  // first trace that is not active yet
  std::vector<Active> active_;
  std::vector<std::uint32_t> column_active_;  // index in active_ of each column
  std::vector<std::uint8_t> column_matched_;
  SolverCounts counts_;
};

}  // namespace overland::kernel
