#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>

#include <algorithm>
#include <cmath>

#include "base/version.h"
#include "io/arrow/arrow_run.h"
#include "io/arrow/arrow_run_columns.h"

namespace overland::io {
namespace {

constexpr std::size_t kMostPeaks = std::numeric_limits<std::int32_t>::max();

// The column of a run that was acquired with FAIMS; other runs do not have it.
bool has_voltages(const RunColumns& run) {
  return std::ranges::any_of(run.compensation_voltage, [](float v) { return std::isfinite(v); });
}

std::shared_ptr<arrow::Schema> run_schema(const RunColumns& run) {
  using arrow::field;
  const auto peaks = arrow::list(field("item", arrow::float32(), true));
  const auto required = [](const char* name) { return field(name, arrow::float32(), false); };
  const auto optional = [](const char* name) { return field(name, arrow::float32(), true); };
  arrow::FieldVector fields = {
      field("mz_array", peaks, false), field("intensity_array", peaks, false),
      field("scanHeader", arrow::utf8(), false), field("scanNumber", arrow::int32(), false),
      required("basePeakMz"), required("basePeakIntensity"),
      field("packetType", arrow::int32(), false), required("retentionTime"), required("lowMz"),
      required("highMz"), required("TIC"), optional("centerMz"), optional("isolationWidthMz"),
      optional("collisionEnergyField"), optional("collisionEnergyEvField"),
      field("msOrder", arrow::uint8(), false),
      // Columns of Overland: the limits cannot always be restored exactly from centre and width.
      optional("windowLowMz"), optional("windowHighMz")};
  if (has_voltages(run)) fields.push_back(optional("compensationVoltage"));
  if (!run.scan_parts.empty()) fields.push_back(field(kScanRanges, peaks, true));
  return arrow::schema(std::move(fields),
                       arrow::key_value_metadata({"converter", "converter_version", "spectra"},
                                                 {"overland", program_version(), "centroid"}));
}

// A column of `scans` values computed per scan; NaN becomes null where `has_nulls`.
template <class Builder, class Value>
arrow::Result<std::shared_ptr<arrow::Array>> column(std::size_t first, std::size_t last,
                                                    Value value, bool has_nulls = false) {
  Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<std::int64_t>(last - first)));
  for (std::size_t i = first; i < last; ++i) {
    const auto v = value(i);
    if (has_nulls && std::isnan(static_cast<double>(v))) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(v);
    }
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> peak_column(const RunColumns& run,
                                                         const std::vector<const float*>& values,
                                                         std::size_t first, std::size_t last) {
  auto items = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), items);
  std::size_t total = 0;
  for (std::size_t i = first; i < last; ++i) total += run.peak_count[i];
  ARROW_RETURN_NOT_OK(lists.Reserve(static_cast<std::int64_t>(last - first)));
  ARROW_RETURN_NOT_OK(items->Reserve(static_cast<std::int64_t>(total)));
  for (std::size_t i = first; i < last; ++i) {
    ARROW_RETURN_NOT_OK(lists.Append());
    if (run.peak_count[i] == 0) continue;  // the pointer may be null
    ARROW_RETURN_NOT_OK(items->AppendValues(values[i], std::int64_t{run.peak_count[i]}));
  }
  return lists.Finish();
}

// Null for a scan of one range.
arrow::Result<std::shared_ptr<arrow::Array>> range_column(const RunColumns& run, std::size_t first,
                                                          std::size_t last) {
  auto items = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), items);
  for (std::size_t i = first; i < last; ++i) {
    const AcquiredParts& parts = run.scan_parts[i];
    ARROW_RETURN_NOT_OK(lists.Append(!parts.empty()));
    ARROW_RETURN_NOT_OK(items->AppendValues(parts));
  }
  return lists.Finish();
}

struct BasePeak {
  float mz = 0, intensity = 0;
};
BasePeak base_peak(const RunColumns& run, std::size_t scan) {
  if (run.peak_count[scan] == 0) return {};
  const float* const first = run.intensity[scan];
  const float* const top = std::max_element(first, first + run.peak_count[scan]);
  return {run.mz[scan][top - first], *top};
}

double center_mz(const RunColumns& run, std::size_t i) {
  return (static_cast<double>(run.window_low_mz[i]) + static_cast<double>(run.window_high_mz[i])) /
         2;
}

// Columns in the order of run_schema().
arrow::Result<std::shared_ptr<arrow::RecordBatch>> make_batch(
    const std::shared_ptr<arrow::Schema>& schema, const RunColumns& run, std::size_t first,
    std::size_t last) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  const auto add = [&](arrow::Result<std::shared_ptr<arrow::Array>> made) {
    if (made.ok()) columns.push_back(*made);
    return made.status();
  };
  const auto add_floats = [&](auto value, bool has_nulls) {
    return add(column<arrow::FloatBuilder>(first, last, value, has_nulls));
  };
  const auto add_stored = [&](const std::vector<float>& values, bool has_nulls) {
    return add_floats([&](std::size_t i) { return values[i]; }, has_nulls);
  };
  const auto constant = [](auto value) { return [value](std::size_t) { return value; }; };
  ARROW_RETURN_NOT_OK(add(peak_column(run, run.mz, first, last)));
  ARROW_RETURN_NOT_OK(add(peak_column(run, run.intensity, first, last)));
  arrow::StringBuilder no_text;
  ARROW_RETURN_NOT_OK(no_text.AppendEmptyValues(static_cast<std::int64_t>(last - first)));
  ARROW_RETURN_NOT_OK(add(no_text.Finish()));
  ARROW_RETURN_NOT_OK(add(
      column<arrow::Int32Builder>(first, last, [&](std::size_t i) { return run.scan_number[i]; })));
  ARROW_RETURN_NOT_OK(add_floats([&](std::size_t i) { return base_peak(run, i).mz; }, false));
  ARROW_RETURN_NOT_OK(
      add_floats([&](std::size_t i) { return base_peak(run, i).intensity; }, false));
  ARROW_RETURN_NOT_OK(add(column<arrow::Int32Builder>(first, last, constant(std::int32_t{0}))));
  ARROW_RETURN_NOT_OK(add_stored(run.rt_minutes, false));
  ARROW_RETURN_NOT_OK(add_stored(run.scan_low_mz, false));
  ARROW_RETURN_NOT_OK(add_stored(run.scan_high_mz, false));
  ARROW_RETURN_NOT_OK(add_stored(run.tic, false));
  ARROW_RETURN_NOT_OK(
      add_floats([&](std::size_t i) { return static_cast<float>(center_mz(run, i)); }, true));
  ARROW_RETURN_NOT_OK(add_floats(
      [&](std::size_t i) { return run.window_high_mz[i] - run.window_low_mz[i]; }, true));
  ARROW_RETURN_NOT_OK(add_stored(run.collision_energy, true));
  ARROW_RETURN_NOT_OK(add_floats(constant(kUnknown), true));  // energy in eV: unknown
  ARROW_RETURN_NOT_OK(add(
      column<arrow::UInt8Builder>(first, last, [&](std::size_t i) { return run.ms_order[i]; })));
  ARROW_RETURN_NOT_OK(add_stored(run.window_low_mz, true));
  ARROW_RETURN_NOT_OK(add_stored(run.window_high_mz, true));
  if (has_voltages(run)) ARROW_RETURN_NOT_OK(add_stored(run.compensation_voltage, true));
  if (!run.scan_parts.empty()) ARROW_RETURN_NOT_OK(add(range_column(run, first, last)));
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(last - first), columns);
}

// One past the last scan of the batch that starts at `first`; at least one scan.
std::size_t batch_end(const RunColumns& run, std::size_t first, ArrowBatchLimits limits) {
  std::size_t peaks = 0;
  std::size_t end = first;
  while (end < run.scan_count() && end - first < limits.scans) {
    peaks += run.peak_count[end];
    if (end > first && peaks > limits.peaks) break;
    ++end;
  }
  return end;
}

arrow::Status write_batches(const RunColumns& run, const std::filesystem::path& file,
                            ArrowBatchLimits limits, const Machine& machine) {
  const auto schema = run_schema(run);
  ARROW_ASSIGN_OR_RAISE(auto out, arrow::io::FileOutputStream::Open(file.string()));
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeFileWriter(out, schema));
  for (std::size_t first = 0; first < run.scan_count();) {
    machine.check_cancelled();
    const std::size_t last = batch_end(run, first, limits);
    ARROW_ASSIGN_OR_RAISE(const auto batch, make_batch(schema, run, first, last));
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
    first = last;
  }
  ARROW_RETURN_NOT_OK(writer->Close());
  return out->Close();
}

}  // namespace

Result<void> write_arrow_run(const RunColumns& run, const std::filesystem::path& file,
                             const Machine& machine, ArrowBatchLimits limits) {
  for (std::size_t i = 0; i < run.scan_count(); ++i) {
    if (run.peak_count[i] > kMostPeaks) {
      return fail("OVL-RUN-007", "a scan has " + std::to_string(run.peak_count[i]) + " peaks",
                  "scan " + std::to_string(run.scan_number[i]),
                  "Arrow lists hold at most 2,147,483,647 values; centroid the spectra.");
    }
  }
  const arrow::Status done = write_batches(run, file, limits, machine);
  if (done.ok()) return {};
  return fail("OVL-IO-002", "cannot write: " + done.ToString(), file.string(),
              "Check the folder's permissions and the free space.");
}

}  // namespace overland::io
