#include "simulate/instrument/acquisition.h"

#include <algorithm>
#include <cmath>

#include "simulate/world/cohort.h"

namespace overland::simulate {
namespace {

using Cycle = std::vector<MzRange>;

MzRange range(double low, double high) {
  return {Mz{low}, Mz{high}};
}

Cycle tiles(double low, double high, double width, double overlap) {
  Cycle cycle;
  const double step = width - overlap;
  const int count = std::max(1, static_cast<int>(std::ceil((high - low - overlap) / step - 1e-9)));
  for (int i = 0; i < count; ++i) cycle.push_back(range(low + i * step, low + i * step + width));
  return cycle;
}

// Windows with equal numbers of precursors, of at least 1/4 and at most 4 times the mean width.
Cycle variable_tiles(const AcquisitionSettings& s, const std::vector<double>& precursor_mz) {
  const int count = std::max(1, static_cast<int>(std::lround((s.high_mz - s.low_mz) / s.width_mz)));
  const auto first = std::ranges::lower_bound(precursor_mz, s.low_mz);
  const auto last = std::ranges::lower_bound(precursor_mz, s.high_mz);
  const auto inside = static_cast<double>(last - first);
  std::vector<double> edges{s.low_mz};
  for (int i = 1; i < count; ++i) {
    const auto place = static_cast<std::ptrdiff_t>(inside * i / count);
    const double wanted = inside > 0 ? *(first + place) : s.low_mz + i * s.width_mz;
    const double left = count - i;  // number of remaining windows
    edges.push_back(
        std::clamp(wanted, edges.back() + 0.25 * s.width_mz,
                   std::min(edges.back() + 4 * s.width_mz, s.high_mz - left * 0.25 * s.width_mz)));
  }
  edges.push_back(s.high_mz);
  Cycle cycle;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    cycle.push_back(range(edges[i] - 0.5 * s.overlap_mz, edges[i + 1] + 0.5 * s.overlap_mz));
  }
  return cycle;
}

Result<Cycle> listed_tiles(const AcquisitionSettings& s) {
  Cycle cycle;
  for (const std::string& entry : split_list(s.window_list, ',')) {
    const std::vector<std::string> ends = split_list(entry, '-');
    const std::string key = "acquisition.window_list";
    if (ends.size() != 2) {
      return fail("OVL-CFG-102", "'" + entry + "' does not have the form LOW-HIGH", key,
                  "Write for example '400-410, 410-425'.");
    }
    const Result<double> low = read_number(ends[0], key);
    const Result<double> high = read_number(ends[1], key);
    if (!low) return std::unexpected(low.error());
    if (!high) return std::unexpected(high.error());
    if (!(*low > 0 && *high > *low)) {
      return fail("OVL-CFG-102", "the window '" + entry + "' is empty", key,
                  "LOW must be below HIGH.");
    }
    cycle.push_back(range(*low, *high));
  }
  if (cycle.empty()) {
    return fail("OVL-CFG-102", "the scheme 'list' has no windows", "acquisition.window_list",
                "List the windows as 'LOW-HIGH, LOW-HIGH'.");
  }
  return cycle;
}

Result<std::vector<Cycle>> make_cycles(const AcquisitionSettings& s,
                                       const std::vector<double>& precursor_mz) {
  if (s.scheme == "list") {
    Result<Cycle> cycle = listed_tiles(s);
    if (!cycle) return std::unexpected(cycle.error());
    return std::vector<Cycle>{std::move(*cycle)};
  }
  if (s.scheme == "variable") return std::vector<Cycle>{variable_tiles(s, precursor_mz)};
  const Cycle plain = tiles(s.low_mz, s.high_mz, s.width_mz, s.overlap_mz);
  if (s.scheme == "fixed") return std::vector<Cycle>{plain};
  const double half = 0.5 * s.width_mz;
  return std::vector<Cycle>{plain, tiles(s.low_mz - half, s.high_mz + half, s.width_mz, 0)};
}

void lay_out_scans(const SimulationConfig& config, const std::vector<Cycle>& cycles,
                   Schedule& schedule) {
  const AcquisitionSettings& s = config.acquisition;
  std::vector<std::int32_t> first_row(cycles.size(), 0);
  for (std::size_t c = 0; c < cycles.size(); ++c) {
    first_row[c] = static_cast<std::int32_t>(schedule.windows.size());
    schedule.windows.insert(schedule.windows.end(), cycles[c].begin(), cycles[c].end());
  }
  schedule.of_window.resize(schedule.windows.size());
  const double end = config.retention.gradient_minutes * 60;
  double seconds = 0;
  for (std::size_t k = 0; seconds < end; ++k) {
    const Cycle& cycle = cycles[k % cycles.size()];
    const auto add = [&](std::int32_t window, double duration) {
      const auto row = static_cast<std::uint32_t>(schedule.scans.size());
      (window == kMs1 ? schedule.ms1 : schedule.of_window[static_cast<std::size_t>(window)])
          .push_back(row);
      schedule.scans.push_back({static_cast<float>(seconds / 60), window});
      seconds += duration;
    };
    if (s.has_ms1) add(kMs1, s.ms1_seconds);
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      add(first_row[k % cycles.size()] + static_cast<std::int32_t>(i), s.ms2_seconds);
    }
  }
}

}  // namespace

std::int32_t Schedule::most_central_window(double mz) const {
  std::int32_t best = kMs1;
  double best_distance = 1;  // distance from the centre in half widths
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const double low = windows[i].low.value;
    const double high = windows[i].high.value;
    const double distance = std::abs(mz - 0.5 * (low + high)) / (0.5 * (high - low));
    if (distance < best_distance) {
      best_distance = distance;
      best = static_cast<std::int32_t>(i);
    }
  }
  return best;
}

MzRange Schedule::range() const {
  MzRange all = windows.front();
  for (const MzRange& window : windows) {
    all.low = std::min(all.low, window.low);
    all.high = std::max(all.high, window.high);
  }
  return all;
}

Result<Schedule> make_schedule(const SimulationConfig& config,
                               const std::vector<double>& precursor_mz) {
  const Result<std::vector<Cycle>> cycles = make_cycles(config.acquisition, precursor_mz);
  if (!cycles) return std::unexpected(cycles.error());
  Schedule schedule;
  lay_out_scans(config, *cycles, schedule);
  return schedule;
}

}  // namespace overland::simulate
