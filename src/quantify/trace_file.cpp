#include "quantify/trace_file.h"

#include <fmt/format.h>

#include "search/row_bounds.h"

namespace overland::quantify {
namespace {

using io::ColumnKind;

template <class T>
Result<void> map(const io::MappedColumns& file, const char* name, std::span<const T>& out) {
  const auto column = file.column<T>(name);
  if (!column) return std::unexpected(column.error());
  out = *column;
  return {};
}

}  // namespace

Result<TraceFileWriter> TraceFileWriter::create(const std::filesystem::path& folder) {
  auto traces = io::BatchWriter::create(
      folder / kTracesFile,
      {{"row", ColumnKind::uint32, "", "passing row"},
       {"precursor", ColumnKind::uint32, "", "row of the library"},
       {"window", ColumnKind::uint32, "", "by lower limit; the number of windows for MS1"},
       {"first_scan", ColumnKind::uint32, "", "of the window's scans"},
       {"length", ColumnKind::uint32, "scans", ""}});
  if (!traces) return std::unexpected(traces.error());
  auto points = io::BatchWriter::create(
      folder / kPointsFile,
      {{"weight", ColumnKind::float32, "intensity", "total of the library's fragments"},
       {"counting_sd", ColumnKind::uint8, "", "short float"},
       {"residual_sd", ColumnKind::uint8, "", "short float"},
       {"purity", ColumnKind::uint8, "1/255", "share of its peaks that is its own"},
       {"matched", ColumnKind::uint8, "fragments", "with a peak"}});
  if (!points) return std::unexpected(points.error());
  return TraceFileWriter(std::move(*traces), std::move(*points));
}

void TraceFileWriter::append(const TracePlan& plan, const BatchPoints& batch) {
  for (std::size_t i = batch.batch.first; i < batch.batch.last; ++i) {
    const PlannedTrace& trace = plan.traces()[plan.order()[i]];
    traces_.append(0, trace.owner);
    traces_.append(1, trace.precursor.index());
    traces_.append(2, static_cast<std::uint32_t>(trace.list.index()));
    traces_.append(3, trace.first_scan.index());
    traces_.append(4, static_cast<std::uint32_t>(trace.length));
  }
  for (const kernel::TracePoint& point : batch.points) {
    points_.append(0, point.weight);
    points_.append(1, point.counting_sd);
    points_.append(2, point.residual_sd);
    points_.append(3, point.purity);
    points_.append(4, point.matched);
  }
}

Result<void> TraceFileWriter::finish() {
  auto done = traces_.finish();
  if (done) done = points_.finish();
  return done;
}

Result<TraceFile> TraceFile::open(const std::filesystem::path& folder,
                                  std::span<const identify::ScoredRow> accepted,
                                  const search::RunView& view) {
  auto traces = io::MappedColumns::open(folder / kTracesFile);
  if (!traces) return std::unexpected(traces.error());
  auto points = io::MappedColumns::open(folder / kPointsFile);
  if (!points) return std::unexpected(points.error());
  TraceFile file(std::move(*traces), std::move(*points));
  TraceColumns columns;
  auto done = file.map_columns(columns);
  if (done) done = file.load(columns, accepted, view, folder / kTracesFile);
  if (!done) return std::unexpected(done.error());
  return file;
}

Result<void> TraceFile::map_columns(TraceColumns& traces) {
  auto done = map(trace_columns_, "row", traces.owner);
  if (done) done = map(trace_columns_, "precursor", traces.precursor);
  if (done) done = map(trace_columns_, "window", traces.window);
  if (done) done = map(trace_columns_, "first_scan", traces.first_scan);
  if (done) done = map(trace_columns_, "length", traces.length);
  if (done) done = map(point_columns_, "weight", weight_);
  if (done) done = map(point_columns_, "counting_sd", counting_);
  if (done) done = map(point_columns_, "residual_sd", residual_);
  if (done) done = map(point_columns_, "purity", purity_);
  if (done) done = map(point_columns_, "matched", matched_);
  return done;
}

Result<void> TraceFile::load(const TraceColumns& traces,
                             std::span<const identify::ScoredRow> accepted,
                             const search::RunView& view, const std::filesystem::path& file) {
  const auto& [owner, precursor, window, first_scan, length] = traces;
  const auto list_at = [&windows = traces.window](std::size_t t) {
    return ScanListId(static_cast<std::uint16_t>(windows[t]));
  };
  row_begin_.assign(accepted.size() + 1, 0);
  for (std::size_t t = 0; t < owner.size(); ++t) {
    if (owner[t] >= accepted.size() || accepted[owner[t]].precursor != precursor[t])
      return search::foreign_rows(fmt::format("trace {} is of no precursor that passed", t), file);
    if (window[t] >= scan_list_count(view) ||
        std::uint64_t{first_scan[t]} + length[t] > scans_of(view, list_at(t)).size())
      return search::foreign_rows(fmt::format("trace {} lies outside of the run", t), file);
    ++row_begin_[owner[t] + 1];
  }
  for (std::size_t row = 1; row < row_begin_.size(); ++row) row_begin_[row] += row_begin_[row - 1];
  traces_.resize(owner.size());
  std::vector<std::size_t> next(row_begin_.begin(), row_begin_.end() - 1);
  std::uint64_t point = 0;
  for (std::size_t t = 0; t < owner.size(); ++t) {
    traces_[next[owner[t]]++] = {owner[t], list_at(t), WindowScan(first_scan[t]), point, length[t]};
    point += length[t];
  }
  if (point != weight_.size())
    return search::foreign_rows("its points are not as many as it says", file);
  return {};
}

}  // namespace overland::quantify
