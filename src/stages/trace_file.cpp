#include "stages/trace_file.h"

#include <algorithm>

namespace overland {
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

void TraceFileWriter::append(const TracePlan& plan, const SlabPoints& slab) {
  for (std::size_t i = slab.slab.first; i < slab.slab.last; ++i) {
    const PlannedTrace& trace = plan.traces()[plan.order()[i]];
    traces_.append(0, trace.owner);
    traces_.append(1, trace.precursor);
    traces_.append(2, static_cast<std::uint32_t>(trace.window));
    traces_.append(3, trace.first_scan);
    traces_.append(4, static_cast<std::uint32_t>(trace.length));
  }
  for (const kernel::TracePoint& point : slab.points) {
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

Result<TraceFile> TraceFile::open(const std::filesystem::path& folder, std::size_t rows) {
  auto traces = io::MappedColumns::open(folder / kTracesFile);
  if (!traces) return std::unexpected(traces.error());
  auto points = io::MappedColumns::open(folder / kPointsFile);
  if (!points) return std::unexpected(points.error());
  TraceFile file(std::move(*traces), std::move(*points));
  if (auto done = file.load(rows); !done) return std::unexpected(done.error());
  return file;
}

Result<void> TraceFile::load(std::size_t rows) {
  std::span<const std::uint32_t> owner, window, first, length;
  auto done = map(trace_columns_, "row", owner);
  if (done) done = map(trace_columns_, "window", window);
  if (done) done = map(trace_columns_, "first_scan", first);
  if (done) done = map(trace_columns_, "length", length);
  if (done) done = map(point_columns_, "weight", weight_);
  if (done) done = map(point_columns_, "counting_sd", counting_);
  if (done) done = map(point_columns_, "residual_sd", residual_);
  if (done) done = map(point_columns_, "purity", purity_);
  if (done) done = map(point_columns_, "matched", matched_);
  if (!done) return done;
  row_begin_.assign(rows + 1, 0);
  const auto damaged = [&] {
    return fail("OVL-IO-003", "the chromatograms do not fit the passing rows", kTracesFile,
                "Delete the folder work/chromatograms; the stage is done again.");
  };
  for (const std::uint32_t row : owner) {
    if (row >= rows) return damaged();
    ++row_begin_[row + 1];
  }
  for (std::size_t row = 0; row < rows; ++row) row_begin_[row + 1] += row_begin_[row];
  traces_.resize(owner.size());
  std::vector<std::size_t> next(row_begin_.begin(), row_begin_.end() - 1);
  std::uint64_t point = 0;
  for (std::size_t t = 0; t < owner.size(); ++t) {
    traces_[next[owner[t]]++] = {owner[t], window[t], first[t], point, length[t]};
    point += length[t];
  }
  if (point != weight_.size()) return damaged();
  return {};
}

}  // namespace overland
