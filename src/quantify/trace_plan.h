// The layout of a run's chromatograms: which precursor is followed in which scans of which window,
// where each point will stand, and how much memory that takes. All of it is counted before the
// first scan is read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "identify/score.h"
#include "kernel/chromatogram_extraction.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::quantify {

inline constexpr std::uint32_t kNoOwner = ~std::uint32_t{0};
// Scans of one task: a fixed number, so that tasks do not depend on threads or memory.
inline constexpr std::uint32_t kScansPerBlock = 256;

// The scans in which precursors are followed: a list for each window, in the order of the windows,
// then one for each survey range.
using ScanListId = Id<struct ScanListTag, std::uint16_t>;
[[nodiscard]] constexpr ScanListId list_of(WindowId window) {
  return ScanListId(window.index());
}
[[nodiscard]] inline ScanListId ms1_list(const search::RunView& view, std::size_t survey) {
  return ScanListId(static_cast<std::uint16_t>(view.windows.size() + survey));
}
[[nodiscard]] inline std::size_t scan_list_count(const search::RunView& view) {
  return view.windows.size() + view.ms1.size();
}
[[nodiscard]] inline bool is_ms1(const search::RunView& view, ScanListId list) {
  return list.index() >= view.windows.size();
}
// Nothing for the MS1 scans.
[[nodiscard]] inline std::optional<WindowId> window_of(const search::RunView& view,
                                                       ScanListId list) {
  if (is_ms1(view, list)) return std::nullopt;
  return WindowId(list.index());
}
[[nodiscard]] std::span<const RunScan> scans_of(const search::RunView& view, ScanListId list);
// The scan nearest in time; `scans` not empty, ascending in time.
[[nodiscard]] WindowScan nearest_scan(const search::RunView& view, std::span<const RunScan> scans,
                                      float rt_minutes);

// A precursor in one list of scans.
struct PlannedTrace {
  std::uint64_t arena_index =
      kernel::kNotStored;  // of its first point among the stored points of the run
  PrecursorId precursor{};
  std::uint32_t owner = kNoOwner;  // accepted row; kNoOwner: deconvolved, not kept
  WindowScan first_scan{};
  std::uint16_t length = 0;  // scans
  ScanListId list;
  [[nodiscard]] WindowScan last_scan() const { return first_scan + length; }
};
static_assert(sizeof(PlannedTrace) == 24);

struct TracePlanInput {
  const search::RunView& view;
  double cycle_minutes = 0, peak_width_minutes = 0;
  std::span<const identify::ScoredRow> accepted;
  std::span<const identify::ScoredRow> competitors;  // in the matrix, without points
  bool combine_windows = false;  // all windows of a precursor, or its most central one
  bool follow_ms1 = false;
};

// Accepted rows whose points are in memory at one time: order()[first, last).
struct Batch {
  std::size_t first = 0, last = 0;
  std::uint64_t first_point = 0, points = 0;
  // The place in the batch of a trace's first point, kNotStored for those that it does not hold.
  [[nodiscard]] std::uint64_t arena_index_of(const PlannedTrace& trace) const {
    const bool is_own =
        trace.arena_index >= first_point && trace.arena_index < first_point + points;
    return is_own ? trace.arena_index - first_point : kernel::kNotStored;
  }
};

// The largest of the batches, each number by itself.
struct BatchSize {
  std::uint64_t points = 0, members = 0, tasks = 0;  // members: traces that take part
};

struct MemoryPlan {
  std::uint64_t layout = 0;      // for the whole run
  std::uint64_t per_worker = 0;  // scratch
  std::uint64_t batch = 0;       // points, templates and places of the largest batch
  int workers = 1;
  [[nodiscard]] std::uint64_t total() const {
    return layout + batch + per_worker * static_cast<std::uint64_t>(workers);
  }
};

class TracePlan {
 public:
  // Cuts the run into as many batches as `max_bytes` asks for, then takes fewer workers. Error
  // OVL-RES-010 when one worker and the smallest batches do not fit.
  [[nodiscard]] static Result<TracePlan> make(const TracePlanInput& input, int workers,
                                              std::uint64_t max_bytes);

  // By (list, first scan, precursor).
  [[nodiscard]] std::span<const PlannedTrace> traces() const { return traces_; }
  [[nodiscard]] std::span<const PlannedTrace> traces_of(ScanListId list) const {
    const std::size_t begin = list_begin_[list.index()];
    return traces().subspan(begin, list_begin_[list.index() + std::size_t{1}] - begin);
  }
  [[nodiscard]] std::size_t list_count() const { return list_begin_.size() - 1; }
  [[nodiscard]] std::uint32_t longest() const { return longest_; }
  // Traces with an owner, by (its apex time, owner, list): the order of the stored points, in
  // which batches are neighbours.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }
  [[nodiscard]] std::span<const Batch> batches() const { return batches_; }
  [[nodiscard]] const MemoryPlan& memory() const { return memory_; }
  [[nodiscard]] const kernel::ChromatogramExtraction::Capacity& capacity() const {
    return capacity_;
  }
  [[nodiscard]] const BatchSize& largest_batch() const { return largest_; }
  [[nodiscard]] std::uint64_t point_count() const { return point_count_; }
  // Scans of all tasks; those at the borders of batches count in both.
  [[nodiscard]] std::uint64_t scan_count() const { return scan_count_; }

  // Scans [first, last) of a list, in whole scan_blocks, that hold traces of a batch.
  struct ScanRange {
    WindowScan first, last;
    [[nodiscard]] bool holds_part_of(const PlannedTrace& trace) const {
      return trace.first_scan < last && trace.last_scan() > first;
    }
    [[nodiscard]] std::uint32_t scan_blocks() const {
      return (last - first + kScansPerBlock - 1) / kScansPerBlock;
    }
  };
  [[nodiscard]] std::vector<ScanRange> ranges_of(const Batch& batch) const;

 private:
  void lay_out(const TracePlanInput& input);
  void put_in_order(const TracePlanInput& input);
  void count_capacity(const TracePlanInput& input);
  void cut(std::size_t batch_count);
  void measure_batches();

  std::vector<PlannedTrace> traces_;
  std::vector<std::size_t> list_begin_;
  std::vector<WindowScan> list_end_;
  std::vector<std::uint32_t> order_;
  std::vector<Batch> batches_;
  std::uint32_t longest_ = 0;
  std::uint64_t point_count_ = 0, scan_count_ = 0;
  BatchSize largest_;
  kernel::ChromatogramExtraction::Capacity capacity_;
  MemoryPlan memory_;
};

}  // namespace overland::quantify
