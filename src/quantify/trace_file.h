// The chromatograms of one run on disk: traces.arrow (one row per trace) and points.arrow (one row
// per point, traces one after the other), mapped into memory when they are read.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "io/arrow/batch_writer.h"
#include "io/table/mapped_columns.h"
#include "quantify/chromatograms.h"

namespace overland::quantify {

class TraceFileWriter {
 public:
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<TraceFileWriter> create(const std::filesystem::path& folder);
  void append(const TracePlan& plan, const BatchPoints& batch);
  [[nodiscard]] Result<void> finish();

 private:
  TraceFileWriter(io::BatchWriter traces, io::BatchWriter points)
      : traces_(std::move(traces)), points_(std::move(points)) {}
  io::BatchWriter traces_, points_;
};

// One trace of an accepted row.
struct StoredTrace {
  std::uint32_t owner = 0;  // accepted row
  ScanListId list;
  WindowScan first_scan{};
  std::uint64_t first_point = 0;
  std::uint32_t length = 0;
};

// Columns of traces.arrow, as in the file.
struct TraceColumns {
  std::span<const std::uint32_t> owner, precursor, window, first_scan, length;
};

class TraceFile {
 public:
  // Of these accepted rows, in this order. Errors OVL-IO-001, 003, 020, 021; OVL-IO-061 where a
  // trace is not one of theirs, or lies outside of the run.
  [[nodiscard]] static Result<TraceFile> open(const std::filesystem::path& folder,
                                              std::span<const identify::ScoredRow> accepted,
                                              const search::RunView& view);
  // The traces of one row, by list.
  [[nodiscard]] std::span<const StoredTrace> traces_of(std::size_t row) const {
    return std::span(traces_).subspan(row_begin_[row], row_begin_[row + 1] - row_begin_[row]);
  }
  [[nodiscard]] kernel::TracePoint point(std::uint64_t i) const {
    return {weight_[i], counting_[i], residual_[i], purity_[i], matched_[i]};
  }
  [[nodiscard]] std::size_t row_count() const { return row_begin_.size() - 1; }

 private:
  TraceFile(io::MappedColumns traces, io::MappedColumns points)
      : trace_columns_(std::move(traces)), point_columns_(std::move(points)) {}
  Result<void> map_columns(TraceColumns& traces);
  Result<void> load(const TraceColumns& traces, std::span<const identify::ScoredRow> accepted,
                    const search::RunView& view, const std::filesystem::path& file);

  io::MappedColumns trace_columns_, point_columns_;
  std::vector<StoredTrace> traces_;
  std::vector<std::size_t> row_begin_;
  std::span<const float> weight_;
  std::span<const std::uint8_t> counting_, residual_, purity_, matched_;
};

inline constexpr const char* kTracesFile = "traces.arrow";
inline constexpr const char* kPointsFile = "points.arrow";

}  // namespace overland::quantify
