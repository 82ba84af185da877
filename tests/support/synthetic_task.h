// A run and a library made of a few random scans and templates, repeated: any number of scans and
// candidates in little memory, for tests and benchmarks of memory and allocations.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "identify/score.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::support {

struct SyntheticSize {
  std::uint32_t scans = 10000;      // MS2
  std::uint32_t windows = 40;       // visited in turn, 10 Th each from 400 Th
  std::uint32_t active = 400;       // candidates of a scan
  std::uint32_t trace_scans = 49;   // length of a trace
  std::uint32_t peaks = 60;         // of a scan
  std::uint32_t fragments = 4;      // of a candidate
  std::uint32_t scans_a_stamp = 1;  // scans in a row with one time
  std::uint64_t seed = 1;
};

class SyntheticTask {
 public:
  explicit SyntheticTask(const SyntheticSize& size) : size_(size) {
    make_scans();
    make_rows();
  }

  [[nodiscard]] search::RunView view(const run::RawRun& raw) const {
    search::RunView view{
        .run = raw, .windows = run::discover_windows(raw), .ms1 = {}, .library = {}};
    view.library.precursor_mz = precursor_mz_;
    view.library.charge = charge_;
    view.library.fragment_begin = fragment_begin_;
    view.library.fragment_mz = fragment_mz_;
    view.library.fragment_intensity = fragment_intensity_;
    return view;
  }
  [[nodiscard]] run::RawRun run() const { return {"synthetic", headers_, peaks_, {}}; }
  [[nodiscard]] const std::vector<identify::ScoredRow>& rows() const { return rows_; }
  [[nodiscard]] double cycle_minutes() const { return kScanMinutes * size_.windows; }
  // So that a trace has the length asked for.
  [[nodiscard]] double peak_width() const {
    return (static_cast<double>(size_.trace_scans / 2) + 0.5) / 4 * cycle_minutes();
  }
  [[nodiscard]] search::RunModels models() const {
    search::RunModels models;
    models.mass.tolerance = models.ms1_mass.tolerance = {-10, 10};
    models.median_peak_intensity = 1e4;
    models.cycle_minutes = cycle_minutes();
    return models;
  }

 private:
  static constexpr double kScanMinutes = 2e-4;
  static constexpr std::size_t kPool = 64;  // distinct scans

  // Peaks stand on 1000 places, as fragments do: a candidate finds about peaks/1000 of them.
  static float place(std::uint64_t i) { return 200 + static_cast<float>(i) * 1.2F; }

  void make_scans() {
    Rng rng(size_.seed, 0);
    auto pool = std::make_shared<std::vector<std::vector<float>>>();
    for (std::size_t s = 0; s < kPool; ++s) {
      std::vector<float> mz;
      while (mz.size() < size_.peaks) mz.push_back(place(rng.below(1000)));
      std::sort(mz.begin(), mz.end());
      mz.erase(std::unique(mz.begin(), mz.end()), mz.end());
      std::vector<float> intensity(mz.size());
      for (float& x : intensity) x = static_cast<float>(1e4 * (0.2 + rng.uniform()));
      pool->push_back(std::move(mz));
      pool->push_back(std::move(intensity));
    }
    for (std::uint32_t k = 0; k < size_.scans; ++k) {
      const auto& mz = (*pool)[std::size_t{2} * (k * 7 % kPool)];
      peaks_.mz.push_back(mz.data());
      peaks_.intensity.push_back((*pool)[std::size_t{2} * (k * 7 % kPool) + 1].data());
      peaks_.count.push_back(static_cast<std::uint32_t>(mz.size()));
      const float low = 400 + 10 * static_cast<float>(k % size_.windows);
      headers_.rt_minutes.push_back(
          static_cast<float>(kScanMinutes * (k - k % size_.scans_a_stamp)));
      headers_.ms_order.push_back(2);
      headers_.scan_number.push_back(static_cast<std::int32_t>(k + 1));
      headers_.window_low_mz.push_back(low);
      headers_.window_high_mz.push_back(low + 10);
      headers_.scan_low_mz.push_back(200);
      headers_.scan_high_mz.push_back(1400);
      headers_.collision_energy.push_back(27);
      headers_.tic.push_back(1e6F);
    }
    peaks_.backing = pool;
  }

  // Apexes spread evenly over each window's scans.
  void make_rows() {
    Rng rng(size_.seed, 1);
    constexpr std::size_t kTemplates = 4096;
    fragment_begin_.push_back(0);
    for (std::size_t p = 0; p < kTemplates; ++p) {
      for (std::uint32_t f = 0; f < size_.fragments; ++f) {
        fragment_mz_.push_back(place(rng.below(1000)));
        fragment_intensity_.push_back(static_cast<std::uint16_t>(60000 / (f + 1)));
      }
      fragment_begin_.push_back(fragment_mz_.size());
      precursor_mz_.push_back(400.5F + 10 * static_cast<float>(p % size_.windows));
      charge_.push_back(2);
    }
    const std::uint64_t cycles = size_.scans / size_.windows;
    const std::uint64_t per_window =
        std::max<std::uint64_t>(1, size_.active * cycles / size_.trace_scans);
    rows_.reserve(per_window * size_.windows);
    for (std::uint64_t i = 0; i < per_window; ++i) {
      for (std::uint32_t w = 0; w < size_.windows; ++w) {
        identify::ScoredRow row;
        const std::uint64_t turn = rng.below(kTemplates / size_.windows);
        row.precursor = static_cast<std::uint32_t>(turn * size_.windows + w);
        const std::uint64_t cycle = i * cycles / per_window;
        row.rt_minutes = headers_.rt_minutes[cycle * size_.windows + w];
        row.rt_start = row.rt_stop = row.rt_minutes;
        rows_.push_back(row);
      }
    }
  }

  SyntheticSize size_;
  run::ScanHeaders headers_;
  run::RawRun::Peaks peaks_;
  std::vector<float> precursor_mz_, fragment_mz_;
  std::vector<std::uint16_t> fragment_intensity_;
  std::vector<std::uint64_t> fragment_begin_;
  std::vector<std::uint8_t> charge_;
  std::vector<identify::ScoredRow> rows_;
};

}  // namespace overland::support
