#include "io/thermo/thermo_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.h"
#include "io/thermo/thermo_bytes.h"
#include "io/thermo/thermo_events.h"
#include "io/thermo/thermo_file.h"
#include "io/thermo/thermo_packet.h"
#include "io/thermo/thermo_trailer.h"

namespace overland::io {
namespace {

// Least shares of the scans whose sum of intensities, and whose base peak, are those of the index.
constexpr double kFittingSums = 0.99, kFittingBasePeaks = 0.9;

void add_headers(const ThermoFile& file, const std::vector<ThermoEvent>& events, RunColumns& run) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const ThermoScan& scan = file.scans[i];
    const ThermoEvent& event = events[i];
    const bool is_ms2 = event.ms_order == 2;
    const auto limit = [&](double sign) {
      return is_ms2 ? static_cast<float>(event.center_mz + sign * event.width_mz / 2) : kUnknown;
    };
    run.rt_minutes.push_back(static_cast<float>(scan.rt_minutes));
    run.ms_order.push_back(event.ms_order);
    run.scan_number.push_back(static_cast<std::int32_t>(file.first_scan + i));
    run.is_negative.push_back(event.is_negative ? 1 : 0);
    run.window_low_mz.push_back(limit(-1));
    run.window_high_mz.push_back(limit(1));
    run.scan_low_mz.push_back(static_cast<float>(scan.low_mz));
    run.scan_high_mz.push_back(static_cast<float>(scan.high_mz));
    run.collision_energy.push_back(is_ms2 ? static_cast<float>(event.energy) : kUnknown);
    run.tic.push_back(static_cast<float>(scan.tic));
  }
  run.times_with_unit = events.size();
}

Result<std::vector<ThermoPeaks>> find_peaks(std::span<const std::byte> bytes,
                                            const ThermoFile& file, const std::string& where,
                                            const Machine& machine) {
  std::vector<ThermoPeaks> all;
  all.reserve(file.scans.size());
  for (std::size_t i = 0; i < file.scans.size(); ++i) {
    if (i % 1024 == 0) machine.check_cancelled();
    auto peaks = thermo_peaks(bytes, file.scans[i]);
    if (!peaks)
      return refuse_thermo(fmt::format("scan {}: {}", file.first_scan + i, peaks.error()), where);
    all.push_back(*peaks);
  }
  return all;
}

// What single scans cannot tell: whether their sums and base peaks are those of the index.
Result<void> check_shares(const std::vector<ThermoScanCheck>& scans, const std::string& where) {
  const auto count = static_cast<double>(scans.size());
  const auto sums = std::ranges::count(scans, true, &ThermoScanCheck::sum_fits);
  if (static_cast<double>(sums) < kFittingSums * count)
    return refuse_thermo(fmt::format("the peaks come to the total ion current in {} of {} scans",
                                     sums, scans.size()),
                         where);
  const auto bases = std::ranges::count(scans, true, &ThermoScanCheck::has_base_peak);
  if (static_cast<double>(bases) < kFittingBasePeaks * count)
    return refuse_thermo(
        fmt::format("the base peak is among the peaks in {} of {} scans", bases, scans.size()),
        where);
  return {};
}

Result<void> add_peaks(const std::vector<ThermoPeaks>& peaks, const ThermoFile& file,
                       const std::string& where, const Machine& machine, RunColumns& run) {
  const auto arena = std::make_shared<PeakArena>();
  std::vector<float*> mz, intensity;
  for (const ThermoPeaks& of_scan : peaks) {
    mz.push_back(arena->allocate(of_scan.count));
    intensity.push_back(arena->allocate(of_scan.count));
  }
  std::vector<ThermoScanCheck> scans(peaks.size());
  std::vector<PeakCleaner> cleaners(static_cast<std::size_t>(machine.threads));
  parallel_for(peaks.size(), machine, [&](std::size_t i, int worker) {
    scans[i] = decode_thermo_peaks(peaks[i], file.scans[i],
                                   cleaners[static_cast<std::size_t>(worker)], mz[i], intensity[i]);
  });
  for (std::size_t i = 0; i < scans.size(); ++i) {
    if (!scans[i].fault.empty())
      return refuse_thermo(fmt::format("scan {}: {}", file.first_scan + i, scans[i].fault), where);
    const bool is_wanted = run.ms_order[i] <= 2;
    run.mz.push_back(mz[i]);
    run.intensity.push_back(intensity[i]);
    run.peak_count.push_back(is_wanted ? scans[i].kept : 0);
    if (!is_wanted) continue;
    run.corrections += scans[i].corrections;
    run.reference_peaks += scans[i].references;
  }
  run.backing = arena;
  return check_shares(scans, where);
}

}  // namespace

Result<RunColumns> read_thermo_run(std::span<const std::byte> bytes, const std::string& where,
                                   const Machine& machine) {
  const auto file = open_thermo_file(bytes, where);
  if (!file) return std::unexpected(file.error());
  const auto events = read_thermo_events(bytes, *file, where);
  if (!events) return std::unexpected(events.error());
  if (auto done = check_thermo_trailer(bytes, *file, *events, where); !done)
    return std::unexpected(done.error());
  const auto peaks = find_peaks(bytes, *file, where, machine);
  if (!peaks) return std::unexpected(peaks.error());
  RunColumns run;
  run.is_read_directly = true;
  add_headers(*file, *events, run);
  if (auto done = add_peaks(*peaks, *file, where, machine, run); !done)
    return std::unexpected(done.error());
  return run;
}

}  // namespace overland::io
