// Small runs for tests: random but the same for one seed.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "io/run_columns.h"
#include "run/raw_run.h"

namespace overland::support {

// `scans` scans, every fifth MS1, windows of odd widths, some scans empty, retention times that
// repeat now and then. Unknown energies and ranges occur.
inline run::RawRun random_run(std::uint64_t seed, std::size_t scans) {
  Rng rng(seed, 0);
  run::ScanHeaders headers;
  run::RawRun::Peaks peaks;
  auto arena = std::make_shared<io::PeakArena>();
  double rt = 1;
  for (std::size_t i = 0; i < scans; ++i) {
    const bool is_ms1 = i % 5 == 0;
    if (rng.below(4) != 0) rt += 0.01 * rng.uniform();
    const double low = 400 + 600 * rng.uniform();
    headers.rt_minutes.push_back(static_cast<float>(rt));
    headers.ms_order.push_back(is_ms1 ? 1 : 2);
    headers.scan_number.push_back(static_cast<std::int32_t>(100 + i));
    headers.window_low_mz.push_back(is_ms1 ? 0 : static_cast<float>(low));
    headers.window_high_mz.push_back(is_ms1 ? 0 : static_cast<float>(low + 1 + 30 * rng.uniform()));
    headers.scan_low_mz.push_back(rng.below(3) == 0 ? io::kUnknown : 100.1F);
    headers.scan_high_mz.push_back(1700.3F);
    const bool has_energy = !is_ms1 && rng.below(3) != 0;
    headers.collision_energy.push_back(has_energy ? static_cast<float>(20 + 10 * rng.uniform())
                                                  : io::kUnknown);
    const std::size_t count = rng.below(7) == 0 ? 0 : rng.below(300);
    float* const mz = arena->allocate(count);
    float* const intensity = arena->allocate(count);
    for (std::size_t k = 0; k < count; ++k) {
      mz[k] = static_cast<float>(100 + 1600 * rng.uniform());
      intensity[k] = static_cast<float>(1 + 1e6 * rng.uniform());
    }
    std::sort(mz, mz + count);
    const auto distinct = static_cast<std::size_t>(std::unique(mz, mz + count) - mz);
    peaks.mz.push_back(mz);
    peaks.intensity.push_back(intensity);
    peaks.count.push_back(static_cast<std::uint32_t>(distinct));
    headers.tic.push_back(static_cast<float>(1e7 * rng.uniform()));
  }
  peaks.backing = arena;
  return {"random", std::move(headers), std::move(peaks), {}};
}

struct HandScan {
  float rt_minutes = 0;
  float low_mz = 0, high_mz = 0;                    // isolation window; 0 of an MS1 scan
  std::vector<std::pair<float, float>> peaks = {};  // m/z and intensity, ascending
  float scan_low_mz = 100, scan_high_mz = 2000;     // acquired
  float compensation_voltage = std::numeric_limits<float>::quiet_NaN();
  float collision_energy = 27;
  std::vector<float> scan_parts = {};  // acquired ranges, if they are several
};

inline run::RawRun hand_run(const std::vector<HandScan>& scans) {
  run::ScanHeaders headers;
  run::RawRun::Peaks peaks;
  auto arena = std::make_shared<io::PeakArena>();
  for (const HandScan& scan : scans) {
    headers.rt_minutes.push_back(scan.rt_minutes);
    headers.ms_order.push_back(scan.high_mz > 0 ? 2 : 1);
    headers.scan_number.push_back(static_cast<std::int32_t>(headers.scan_number.size() + 1));
    headers.window_low_mz.push_back(scan.low_mz);
    headers.window_high_mz.push_back(scan.high_mz);
    headers.scan_low_mz.push_back(scan.scan_low_mz);
    headers.scan_high_mz.push_back(scan.scan_high_mz);
    headers.compensation_voltage.push_back(scan.compensation_voltage);
    headers.collision_energy.push_back(scan.high_mz > 0 ? scan.collision_energy : io::kUnknown);
    headers.scan_parts.push_back(scan.scan_parts);
    headers.tic.push_back(1e6F);
    float* const mz = arena->allocate(scan.peaks.size());
    float* const intensity = arena->allocate(scan.peaks.size());
    for (std::size_t i = 0; i < scan.peaks.size(); ++i) {
      mz[i] = scan.peaks[i].first;
      intensity[i] = scan.peaks[i].second;
    }
    peaks.mz.push_back(mz);
    peaks.intensity.push_back(intensity);
    peaks.count.push_back(static_cast<std::uint32_t>(scan.peaks.size()));
  }
  peaks.backing = arena;
  if (std::ranges::all_of(headers.scan_parts, &std::vector<float>::empty))
    headers.scan_parts.clear();
  return {"by hand", std::move(headers), std::move(peaks), {}};
}

// A path of this process alone, removed at the end of the scope.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("overland_" + std::to_string(::getpid()) + "_" + name)) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace overland::support
