// A small search for tests: a random library, and runs in which some of its precursors really
// elute.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "chemistry/constants.h"
#include "library/library.h"
#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/random_peptides.h"

namespace overland::support {

inline constexpr double kExampleLow = 420;   // Th, lower limit of the first of four windows
inline constexpr double kExampleWidth = 20;  // Th

// Targets in the windows of the example runs, with at least seven fragments.
inline std::vector<library::LibraryPrecursor> example_targets(std::size_t count,
                                                              std::uint64_t seed = 71) {
  Rng rng(seed, 0);
  std::set<std::string> seen;
  std::vector<library::LibraryPrecursor> targets;
  while (targets.size() < count) {
    library::LibraryPrecursor next = random_precursor(rng);
    const double mz = precursor_mz(next.peptide, next.charge).value;
    if (mz < kExampleLow || mz >= kExampleLow + 4 * kExampleWidth) continue;
    if (next.fragments.size() < 7 || !seen.insert(next.peptide.residues).second) continue;
    next.pair = static_cast<std::uint32_t>(targets.size());
    targets.push_back(std::move(next));
  }
  return targets;
}

struct ExampleRun {
  std::uint64_t seed = 1;
  std::size_t cycles = 60;  // of 0.02 minutes, from minute 10
  double present_share = 0.75;
  bool has_ms1 = true;
  std::size_t noise_peaks = 1500;  // per scan: enough to look like a weak peptide now and then
};

// Whether a target elutes in the example runs: the same for each of them.
inline bool is_present(std::size_t target, const ExampleRun& options) {
  return Rng(5, target).uniform() < options.present_share;
}

using PeakMap = std::map<float, float>;

inline void add_ions(PeakMap& peaks, Rng& rng, double mz, double mean_ions) {
  const std::uint64_t ions = rng.poisson(mean_ions);
  if (ions < 3) return;
  const double ppm = 1 + 2 * rng.normal();
  peaks[static_cast<float>(mz * (1 + 1e-6 * ppm))] += static_cast<float>(50 * ions);
}

// The ions of one target at the height of its peak times `share`, in one scan.
inline void add_target(PeakMap& peaks, Rng& rng, const library::LibraryPrecursor& target,
                       double ions, bool is_ms1) {
  if (is_ms1) {
    const double mz = precursor_mz(target.peptide, target.charge).value;
    for (int isotope = 0; isotope < 3; ++isotope) {
      add_ions(peaks, rng, mz + isotope * kCarbon13Spacing / target.charge,
               ions * (isotope == 0 ? 1 : 0.5));
    }
    return;
  }
  double total = 0;
  for (const auto& fragment : target.fragments) total += static_cast<double>(fragment.intensity);
  for (const auto& fragment : target.fragments) {
    add_ions(peaks, rng, fragment_mz(target.peptide, fragment.ion).value,
             ions * static_cast<double>(fragment.intensity) / total);
  }
}

inline PeakMap example_scan(const std::vector<library::LibraryPrecursor>& targets,
                            const ExampleRun& options, double rt, int window, Rng& rng) {
  PeakMap peaks;
  for (std::size_t i = 0; i < options.noise_peaks; ++i) {
    // Where peptide masses lie: close to multiples of 1.0005 Th.
    const double mz = 1.0005 * static_cast<double>(150 + rng.below(1200)) + 0.06 * rng.normal();
    peaks[static_cast<float>(mz)] = static_cast<float>(150 + 100 * rng.exponential());
  }
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const double mz = precursor_mz(targets[t].peptide, targets[t].charge).value;
    const int own = static_cast<int>((mz - kExampleLow) / kExampleWidth) + 1;
    if (!is_present(t, options) || (window != 0 && window != own)) continue;
    const double apex = 10.1 + static_cast<double>(targets[t].irt) / 100;
    const double d = (rt - apex) / 0.05;
    if (d * d > 16) continue;
    const double height = 300 * pinned::exp(Rng(6, t).normal());
    add_target(peaks, rng, targets[t], height * pinned::exp(-0.5 * d * d), window == 0);
  }
  return peaks;
}

inline run::RawRun example_run(const std::vector<library::LibraryPrecursor>& targets,
                               const ExampleRun& options) {
  run::ScanHeaders headers;
  run::RawRun::Peaks peaks;
  auto arena = std::make_shared<io::PeakArena>();
  Rng rng(options.seed, 1);
  for (std::size_t cycle = 0; cycle < options.cycles; ++cycle) {
    for (int window = options.has_ms1 ? 0 : 1; window <= 4; ++window) {
      const double rt = 10 + 0.02 * static_cast<double>(cycle) + 0.004 * window;
      const PeakMap scan = example_scan(targets, options, rt, window, rng);
      const auto low = static_cast<float>(kExampleLow + kExampleWidth * (window - 1));
      headers.rt_minutes.push_back(static_cast<float>(rt));
      headers.ms_order.push_back(window == 0 ? 1 : 2);
      headers.scan_number.push_back(static_cast<std::int32_t>(headers.scan_number.size() + 1));
      headers.window_low_mz.push_back(window == 0 ? 0 : low);
      headers.window_high_mz.push_back(window == 0 ? 0 : low + static_cast<float>(kExampleWidth));
      headers.scan_low_mz.push_back(150);
      headers.scan_high_mz.push_back(1400);
      headers.collision_energy.push_back(window == 0 ? io::kUnknown : 27.0F);
      headers.tic.push_back(1e6F);
      float* const mz = arena->allocate(scan.size());
      float* const intensity = arena->allocate(scan.size());
      std::size_t i = 0;
      for (const auto& [m, x] : scan) {
        mz[i] = m;
        intensity[i++] = x;
      }
      peaks.mz.push_back(mz);
      peaks.intensity.push_back(intensity);
      peaks.count.push_back(static_cast<std::uint32_t>(scan.size()));
    }
  }
  peaks.backing = arena;
  return {"example", std::move(headers), std::move(peaks), {}};
}

inline std::string file_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

// A folder of this process alone, removed at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "overland_XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace overland::support
