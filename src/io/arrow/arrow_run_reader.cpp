#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>

#include <array>
#include <cmath>

#include "base/parallel.h"
#include "io/arrow/arrow_run.h"
#include "io/arrow/arrow_run_columns.h"
#include "io/run_columns.h"

namespace overland::io {
namespace {

constexpr std::array kRequired = {"mz_array", "intensity_array", "scanNumber",      "retentionTime",
                                  "msOrder",  "centerMz",        "isolationWidthMz"};

// Owns the memory of a run's peaks.
struct Backing {
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  std::vector<std::vector<float>> converted;  // from 64-bit floats, or with nulls as NaN
  PeakArena corrected;
};

std::unexpected<Error> damaged(const arrow::Status& status, const std::string& where) {
  return fail("OVL-IO-003", "damaged or truncated Arrow file: " + status.message(), where,
              "Copy or convert the file again.");
}

using Reader = std::shared_ptr<arrow::ipc::RecordBatchFileReader>;

// Reads all fields: if fields were selected, Arrow would copy them instead of pointing into the
// mapping. Columns that are not used are not read from disk anyway.
Result<Reader> open_reader(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                           const std::string& where, const Machine& machine) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = machine.threads > 1;
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  const auto reader = arrow::ipc::RecordBatchFileReader::Open(file, options);
  if (!reader.ok()) return damaged(reader.status(), where);
  for (const auto& field : (*reader)->schema()->fields()) {
    if (field->name().find("mobility") == std::string::npos) continue;
    return fail("OVL-RUN-026", "column '" + field->name() + "' holds ion mobility", where,
                std::string(kMobilityAdvice));
  }
  for (const char* name : kRequired) {
    if ((*reader)->schema()->GetFieldIndex(name) >= 0) continue;
    return fail("OVL-RUN-001", std::string("no column '") + name + "', or more than one", where,
                "The columns of a run are listed in docs/formats/run-arrow.md.");
  }
  return *reader;
}

// Of the columns for centre and width.
WindowDefect defect_of(float center, float width) {
  if (std::isnan(center)) return WindowDefect::no_window;
  if (std::isnan(width)) return WindowDefect::no_offsets;
  if (width < 0) return WindowDefect::negative_offset;
  if (width == 0) return WindowDefect::no_width;
  return center == 0 ? WindowDefect::no_target : WindowDefect::none;
}

// Appends record batches to the columns; peaks are not copied.
class BatchAppender {
 public:
  BatchAppender(RunColumns& run, Backing& backing, const std::string& where)
      : run_(run), backing_(backing), where_(where) {}

  Result<void> append(const arrow::RecordBatch& batch) {
    if (const arrow::Status valid = batch.Validate(); !valid.ok()) return damaged(valid, where_);
    const std::size_t first = run_.scan_count();
    std::vector<float> center, width, low, high;
    const std::vector<FloatTarget> floats = {{"retentionTime", &run_.rt_minutes},
                                             {"lowMz", &run_.scan_low_mz},
                                             {"highMz", &run_.scan_high_mz},
                                             {"TIC", &run_.tic},
                                             {"centerMz", &center},
                                             {"isolationWidthMz", &width},
                                             {"windowLowMz", &low},
                                             {"windowHighMz", &high},
                                             {"collisionEnergyField", &run_.collision_energy},
                                             {"compensationVoltage", &run_.compensation_voltage}};
    for (const FloatTarget& target : floats) {
      if (auto done = append_floats(batch, target, where_); !done) return done;
    }
    if (auto done = append_scan_numbers(batch, run_.scan_number, where_); !done) return done;
    if (auto done = append_ms_orders(batch, run_.ms_order, where_); !done) return done;
    append_polarities(batch, run_.is_negative);
    if (auto done = append_scan_parts(batch, first); !done) return done;
    for (std::size_t i = 0; i < center.size(); ++i) {
      const bool has_limits = std::isfinite(low[i]) && std::isfinite(high[i]);
      const double half = static_cast<double>(width[i]) / 2;
      const double middle = static_cast<double>(center[i]);
      run_.window_low_mz.push_back(has_limits ? low[i] : static_cast<float>(middle - half));
      run_.window_high_mz.push_back(has_limits ? high[i] : static_cast<float>(middle + half));
      run_.window_target_mz.push_back(center[i]);
      run_.window_defect.push_back(
          has_limits ? (low[i] < high[i] ? WindowDefect::none : WindowDefect::no_width)
                     : defect_of(center[i], width[i]));
    }
    return append_peaks(batch, first);
  }

 private:
  // Of an optional column.
  Result<void> append_scan_parts(const arrow::RecordBatch& batch, std::size_t first) {
    const auto lists = batch.GetColumnByName(kScanRanges);
    if (lists == nullptr) return {};
    std::vector<float> converted;
    const auto parts = list_values(*lists, kScanRanges, converted, where_);
    if (!parts) return std::unexpected(parts.error());
    for (std::size_t i = 0; i < parts->size(); ++i) {
      const PeakList& list = (*parts)[i];
      append_parts({list.values, list.values + list.count}, first + i, run_);
    }
    return {};
  }

  Result<void> append_peaks(const arrow::RecordBatch& batch, std::size_t first) {
    auto mz = peak_lists(*batch.GetColumnByName("mz_array"), "mz_array");
    if (!mz) return std::unexpected(mz.error());
    auto intensity = peak_lists(*batch.GetColumnByName("intensity_array"), "intensity_array");
    if (!intensity) return std::unexpected(intensity.error());
    for (std::size_t i = 0; i < mz->size(); ++i) {
      const PeakList m = (*mz)[i], h = (*intensity)[i];
      const std::string scan = where_ + ", scan " + std::to_string(run_.scan_number[first + i]);
      if (m.count != h.count) {
        return fail(
            "OVL-RUN-004",
            std::to_string(m.count) + " m/z values but " + std::to_string(h.count) + " intensities",
            scan, "The file is damaged or was written incorrectly; convert it again.");
      }
      if (m.count > std::numeric_limits<std::uint32_t>::max()) {
        return fail("OVL-RUN-007", "a scan has " + std::to_string(m.count) + " peaks", scan,
                    "Centroid the spectra.");
      }
      run_.mz.push_back(m.values);
      run_.intensity.push_back(h.values);
      run_.peak_count.push_back(static_cast<std::uint32_t>(m.count));
    }
    return {};
  }

  Result<std::vector<PeakList>> peak_lists(const arrow::Array& lists, const char* name) {
    std::vector<float> converted;
    auto result = list_values(lists, name, converted, where_);
    // Moving a vector keeps its buffer, so pointers into it stay valid.
    if (!converted.empty()) backing_.converted.push_back(std::move(converted));
    return result;
  }

  RunColumns& run_;
  Backing& backing_;
  const std::string& where_;
};

constexpr std::size_t kScansPerTask = 1024;

// Checks every peak once; only scans that need corrections are copied.
void correct_peaks(RunColumns& run, PeakArena& arena, const Machine& machine) {
  const std::size_t scans = run.scan_count();
  std::vector<std::uint8_t> is_clean(scans);
  parallel_for((scans + kScansPerTask - 1) / kScansPerTask, machine, [&](std::size_t task, int) {
    const std::size_t end = std::min(scans, (task + 1) * kScansPerTask);
    for (std::size_t i = task * kScansPerTask; i < end; ++i) {
      const std::size_t n = run.peak_count[i];
      is_clean[i] = peaks_are_clean({run.mz[i], n}, {run.intensity[i], n}) ? 1 : 0;
    }
  });
  PeakCleaner cleaner;
  for (std::size_t i = 0; i < scans; ++i) {
    if (is_clean[i] != 0) continue;
    const std::size_t n = run.peak_count[i];
    float* const mz = arena.allocate(n);
    float* const intensity = arena.allocate(n);
    std::copy_n(run.mz[i], n, mz);
    std::copy_n(run.intensity[i], n, intensity);
    run.peak_count[i] =
        static_cast<std::uint32_t>(cleaner.clean({mz, n}, {intensity, n}, run.corrections));
    run.mz[i] = mz;
    run.intensity[i] = intensity;
  }
}

// The total ion current is not always stored; the sum of the intensities is used instead.
void fill_missing_tic(RunColumns& run) {
  for (std::size_t i = 0; i < run.scan_count(); ++i) {
    if (!std::isnan(run.tic[i])) continue;
    double sum = 0;
    for (std::size_t k = 0; k < run.peak_count[i]; ++k) {
      sum += static_cast<double>(run.intensity[i][k]);
    }
    run.tic[i] = static_cast<float>(sum);
  }
}

Result<RunColumns> read_all(std::shared_ptr<arrow::io::RandomAccessFile> file,
                            const std::string& where, const Machine& machine) {
  const auto reader = open_reader(file, where, machine);
  if (!reader) return std::unexpected(reader.error());
  const auto backing = std::make_shared<Backing>();
  backing->file = std::move(file);
  RunColumns run;
  BatchAppender appender(run, *backing, where);
  for (int i = 0; i < (*reader)->num_record_batches(); ++i) {
    machine.check_cancelled();
    auto batch = (*reader)->ReadRecordBatch(i);
    if (!batch.ok()) return damaged(batch.status(), where);
    if (auto done = appender.append(**batch); !done) return std::unexpected(done.error());
    backing->batches.push_back(*batch);
  }
  correct_peaks(run, backing->corrected, machine);
  fill_missing_tic(run);
  run.backing = backing;
  return run;
}

// Arrow reports by status, but a hostile file can still make the standard library throw.
Result<RunColumns> read_guarded(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                const std::string& where, const Machine& machine) {
  try {
    return read_all(std::move(file), where, machine);
  } catch (const std::exception& error) {
    return damaged(arrow::Status::Invalid(error.what()), where);
  }
}

}  // namespace

Result<RunColumns> read_arrow_run(const std::filesystem::path& file, const Machine& machine) {
  const auto mapped = arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ);
  if (!mapped.ok()) {
    return fail("OVL-IO-001", "cannot open: " + mapped.status().message(), file.string(),
                "Check the path and the permissions.");
  }
  return read_guarded(*mapped, file.string(), machine);
}

Result<RunColumns> read_arrow_run(std::span<const std::byte> bytes, const std::string& where,
                                  const Machine& machine) {
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<std::int64_t>(bytes.size()));
  return read_guarded(std::make_shared<arrow::io::BufferReader>(std::move(buffer)), where, machine);
}

}  // namespace overland::io
