#include "run/isolation_scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "run/energy_levels.h"

namespace overland::run {
namespace {

struct Limits {
  float voltage, low, high;
  auto operator<=>(const Limits&) const = default;
};

// Union-find with path halving over the distinct limits.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), 0U);
  }
  std::uint32_t root(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[root(a)] = root(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

Limits limits_of(const RawRun& run, RunScan scan) {
  return {voltage_of(run, scan), run.headers().window_low_mz[scan.index()],
          run.headers().window_high_mz[scan.index()]};
}

// Distinct limits, ascending, each with its number of scans.
struct CountedLimits {
  std::vector<Limits> limits;
  std::vector<std::uint32_t> scans;
};

CountedLimits distinct_limits(const RawRun& run) {
  std::vector<Limits> all;
  for (std::uint32_t i = 0; i < run.scan_count(); ++i) {
    if (run.headers().ms_order[i] == 2) all.push_back(limits_of(run, RunScan(i)));
  }
  std::sort(all.begin(), all.end());
  CountedLimits distinct;
  for (const Limits& limits : all) {
    if (distinct.limits.empty() || distinct.limits.back() != limits) {
      distinct.limits.push_back(limits);
      distinct.scans.push_back(0);
    }
    ++distinct.scans.back();
  }
  return distinct;
}

// Precondition: `limits` ascend. Each is compared with the preceding limits whose low edge is
// within the tolerance.
Groups link(const std::vector<Limits>& limits, float tolerance) {
  Groups groups(limits.size());
  for (std::uint32_t i = 1; i < limits.size(); ++i) {
    for (std::uint32_t j = i; j-- > 0 && limits[i].voltage == limits[j].voltage &&
                              limits[i].low - limits[j].low <= tolerance;) {
      if (std::abs(limits[i].high - limits[j].high) <= tolerance) groups.join(i, j);
    }
  }
  return groups;
}

// Windows at arbitrary m/z, as of data-dependent scans, link to chains that span many windows. Such
// a chain is split around its most frequent limits: each takes the limits that are close to it.
class ChainSplitter {
 public:
  ChainSplitter(const CountedLimits& distinct, float tolerance)
      : distinct_(distinct), tolerance_(tolerance), group_(distinct.limits.size(), kNone) {}

  // Precondition: `members` ascend.
  void add(const std::vector<std::uint32_t>& members) {
    if (is_one_window(members)) {
      for (const std::uint32_t i : members) group_[i] = members.front();
      return;
    }
    std::vector<std::uint32_t> by_count = members;
    std::ranges::stable_sort(by_count, std::greater<>(),
                             [&](std::uint32_t i) { return distinct_.scans[i]; });
    for (const std::uint32_t leader : by_count) {
      if (group_[leader] == kNone) take_around(leader, members);
    }
  }
  [[nodiscard]] std::uint32_t group_of(std::size_t i) const { return group_[i]; }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr float kWidestChain = 4;  // tolerances

  [[nodiscard]] bool is_one_window(const std::vector<std::uint32_t>& members) const {
    float low = distinct_.limits[members.front()].high;
    float high = low;
    for (const std::uint32_t i : members) {
      low = std::min(low, distinct_.limits[i].high);
      high = std::max(high, distinct_.limits[i].high);
    }
    const float first = distinct_.limits[members.front()].low;
    const float last = distinct_.limits[members.back()].low;
    return std::max(high - low, last - first) <= kWidestChain * tolerance_;
  }
  void take_around(std::uint32_t leader, const std::vector<std::uint32_t>& members) {
    const Limits& center = distinct_.limits[leader];
    const auto first = std::ranges::lower_bound(members, center.low - tolerance_, {},
                                                [&](auto i) { return distinct_.limits[i].low; });
    for (auto it = first; it != members.end(); ++it) {
      const Limits& limits = distinct_.limits[*it];
      if (limits.low - center.low > tolerance_) break;
      const bool is_near = std::abs(limits.high - center.high) <= tolerance_;
      if (is_near && group_[*it] == kNone) group_[*it] = leader;
    }
  }

  const CountedLimits& distinct_;
  float tolerance_;
  std::vector<std::uint32_t> group_;
};

// Maps each distinct (low, high) pair to the index of its window's representative pair.
std::vector<std::uint32_t> group_limits(const CountedLimits& distinct, float tolerance) {
  Groups linked = link(distinct.limits, tolerance);
  std::vector<std::vector<std::uint32_t>> members(distinct.limits.size());
  for (std::uint32_t i = 0; i < members.size(); ++i) members[linked.root(i)].push_back(i);
  ChainSplitter splitter(distinct, tolerance);
  for (const auto& chain : members) {
    if (!chain.empty()) splitter.add(chain);
  }
  std::vector<std::uint32_t> group(members.size());
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = splitter.group_of(i);
  return group;
}

// The lower median, which is the value of one of the scans.
float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void set_nominal_limits(IsolationWindow& window, const RawRun& run) {
  std::vector<float> low, high;
  for (const RunScan scan : window.scans) {
    const Limits limits = limits_of(run, scan);
    low.push_back(limits.low);
    high.push_back(limits.high);
  }
  window.condition.voltage = voltage_of(run, window.scans.front());
  window.low_mz = median(std::move(low));
  window.high_mz = median(std::move(high));
}

// Appends a window, or one per energy if its collision energy alternates.
void add_by_energy(IsolationWindow window, const RawRun& run,
                   std::vector<IsolationWindow>& windows) {
  const EnergyLevels levels = energy_levels(energies_of(run, window));
  if (!levels.energy.empty()) window.energy = levels.energy.front();
  if (levels.energy.size() <= 1) return windows.push_back(std::move(window));
  double sum = 0;
  for (const double energy : levels.energy) sum += energy;
  const std::vector<RunScan> scans = std::exchange(window.scans, {});
  const std::size_t first = windows.size();
  for (const double energy : levels.energy) {
    ++window.condition.energy_level;
    window.energy = energy;
    window.energy_ratio = energy * static_cast<double>(levels.energy.size()) / sum;
    windows.push_back(window);
  }
  for (std::size_t i = 0; i < scans.size(); ++i)
    windows[first + levels.of_scan[i]].scans.push_back(scans[i]);
}

// Of one condition, or of all.
std::optional<WindowId> nearest_window(std::span<const IsolationWindow> windows, Mz mz,
                                       std::optional<Condition> condition) {
  std::optional<WindowId> best;
  double best_distance = 0;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    if (!windows[w].isolates(mz) || (condition && windows[w].condition != *condition)) continue;
    const double center =
        (static_cast<double>(windows[w].low_mz) + static_cast<double>(windows[w].high_mz)) / 2;
    const double distance = std::abs(mz.value - center);
    if (best && distance >= best_distance) continue;
    best = WindowId(static_cast<std::uint16_t>(w));
    best_distance = distance;
  }
  return best;
}

}  // namespace

float voltage_of(const RawRun& run, RunScan scan) {
  const float voltage = run.headers().compensation_voltage[scan.index()];
  return std::isnan(voltage) ? 0 : voltage;
}

std::vector<float> energies_of(const RawRun& run, const IsolationWindow& window) {
  std::vector<float> energies;
  for (const RunScan scan : window.scans)
    energies.push_back(run.headers().collision_energy[scan.index()]);
  return energies;
}

std::optional<WindowId> most_central_window(std::span<const IsolationWindow> windows, Mz mz) {
  return nearest_window(windows, mz, std::nullopt);
}

std::optional<WindowId> most_central_window(std::span<const IsolationWindow> windows, Mz mz,
                                            Condition condition) {
  return nearest_window(windows, mz, condition);
}

std::size_t isolating_windows(std::span<const IsolationWindow> windows, Mz mz,
                              Condition condition) {
  return static_cast<std::size_t>(std::ranges::count_if(windows, [&](const auto& window) {
    return window.condition == condition && window.isolates(mz);
  }));
}

std::vector<std::string> condition_names(std::span<const IsolationWindow> windows) {
  std::map<Condition, std::pair<double, double>> energies;  // lowest and highest
  bool has_energies = false;
  for (const IsolationWindow& window : windows) {
    const auto [at, is_new] = energies.try_emplace(window.condition, window.energy, window.energy);
    at->second.first = std::min(at->second.first, window.energy);
    at->second.second = std::max(at->second.second, window.energy);
    has_energies |= window.condition.energy_level > 0;
  }
  std::vector<std::string> names;
  if (energies.size() < 2) return names;
  const bool has_voltages = energies.begin()->first.voltage != energies.rbegin()->first.voltage;
  for (const auto& [condition, energy] : energies) {
    std::string& name = names.emplace_back();
    if (has_voltages) name = fmt::format("{} V", condition.voltage);
    if (!has_energies) continue;
    name += fmt::format("{}energy {:.4g}", has_voltages ? ", " : "", energy.first);
    if (energy.second > energy.first) name += fmt::format(" to {:.4g}", energy.second);
  }
  return names;
}

std::vector<IsolationWindow> discover_windows(const RawRun& run, float tolerance_mz) {
  const CountedLimits distinct = distinct_limits(run);
  const std::vector<Limits>& limits = distinct.limits;
  const std::vector<std::uint32_t> group = group_limits(distinct, tolerance_mz);
  std::vector<IsolationWindow> by_root(limits.size());
  for (RunScan scan; scan.index() < run.scan_count(); ++scan) {
    if (run.headers().ms_order[scan.index()] != 2) continue;
    const auto at = std::lower_bound(limits.begin(), limits.end(), limits_of(run, scan));
    by_root[group[static_cast<std::size_t>(at - limits.begin())]].scans.push_back(scan);
  }
  std::erase_if(by_root, [](const IsolationWindow& window) { return window.scans.empty(); });
  std::vector<IsolationWindow> windows;
  for (IsolationWindow& window : by_root) {
    set_nominal_limits(window, run);
    add_by_energy(std::move(window), run, windows);
  }
  std::sort(windows.begin(), windows.end(), [](const IsolationWindow& a, const IsolationWindow& b) {
    return std::tie(a.low_mz, a.high_mz, a.condition, a.scans.front()) <
           std::tie(b.low_mz, b.high_mz, b.condition, b.scans.front());
  });
  return windows;
}

std::vector<IsolationWindow> searched_windows(const RawRun& run) {
  std::vector<IsolationWindow> windows = discover_windows(run);
  const std::size_t usual = usual_visits(windows);
  std::erase_if(windows, [&](const IsolationWindow& window) {
    return window.scans.size() * kRareShare < usual;
  });
  return windows;
}

std::size_t usual_visits(const std::vector<IsolationWindow>& windows) {
  std::vector<std::size_t> visits;
  std::size_t scans = 0;
  for (const IsolationWindow& window : windows) {
    visits.push_back(window.scans.size());
    scans += window.scans.size();
  }
  std::ranges::sort(visits, std::greater<>());
  std::size_t seen = 0;
  for (const std::size_t count : visits) {
    seen += count;
    if (2 * seen >= scans) return count;
  }
  return 0;
}

}  // namespace overland::run
