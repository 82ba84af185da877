#include "run/run_writer.h"

#include "base/files/atomic_file.h"
#include "io/arrow/arrow_run.h"
#include "io/mzml/mzml_writer.h"

namespace overland::run {
namespace {

// Headers are copied (40 bytes a scan), peaks are shared.
io::RunColumns columns_of(const RawRun& run) {
  const ScanHeaders& headers = run.headers();
  io::RunColumns columns{.rt_minutes = headers.rt_minutes,
                         .ms_order = headers.ms_order,
                         .scan_number = headers.scan_number,
                         .is_negative = {},
                         .window_low_mz = headers.window_low_mz,
                         .window_high_mz = headers.window_high_mz,
                         .window_target_mz = {},
                         .window_defect = {},
                         .compensation_voltage = headers.compensation_voltage,
                         .mobility = {},
                         .scan_low_mz = headers.scan_low_mz,
                         .scan_high_mz = headers.scan_high_mz,
                         .scan_parts = headers.scan_parts,
                         .collision_energy = headers.collision_energy,
                         .tic = headers.tic,
                         .mz = {},
                         .intensity = {},
                         .peak_count = {},
                         .backing = {},
                         .corrections = {}};
  for (std::uint32_t i = 0; i < run.scan_count(); ++i) {
    const kernel::ScanPeaks peaks = run.peaks(RunScan(i));
    columns.mz.push_back(peaks.mz.data());
    columns.intensity.push_back(peaks.intensity.data());
    columns.peak_count.push_back(static_cast<std::uint32_t>(peaks.size()));
    if (headers.ms_order[i] == 1) {
      columns.window_low_mz[i] = columns.window_high_mz[i] = io::kUnknown;
      columns.collision_energy[i] = io::kUnknown;
    }
  }
  return columns;
}

}  // namespace

Result<void> write_run_arrow(const RawRun& run, const std::filesystem::path& file,
                             const Machine& machine) {
  const io::RunColumns columns = columns_of(run);
  return write_atomically(file, [&](const std::filesystem::path& temporary) {
    return io::write_arrow_run(columns, temporary, machine);
  });
}

Result<void> write_run_mzml(const RawRun& run, const std::filesystem::path& file,
                            const Machine& machine) {
  const io::RunColumns columns = columns_of(run);
  return write_atomically(file, [&](const std::filesystem::path& temporary) {
    return io::write_mzml_run(columns, run.name(), temporary, machine);
  });
}

}  // namespace overland::run
