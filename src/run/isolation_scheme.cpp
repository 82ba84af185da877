#include "run/isolation_scheme.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace overland {
namespace {

struct Limits {
  float low, high;
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

Limits limits_of(const RawRun& run, std::uint32_t scan) {
  return {run.headers().window_low_mz[scan], run.headers().window_high_mz[scan]};
}

std::vector<Limits> distinct_limits(const RawRun& run) {
  std::vector<Limits> all;
  for (std::uint32_t i = 0; i < run.scan_count(); ++i) {
    if (run.headers().ms_order[i] == 2) all.push_back(limits_of(run, i));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// Ascending `limits`: each is compared with those before it whose low edge is near enough.
Groups link(const std::vector<Limits>& limits, float tolerance) {
  Groups groups(limits.size());
  for (std::uint32_t i = 1; i < limits.size(); ++i) {
    for (std::uint32_t j = i; j-- > 0 && limits[i].low - limits[j].low <= tolerance;) {
      if (std::abs(limits[i].high - limits[j].high) <= tolerance) groups.join(i, j);
    }
  }
  return groups;
}

// The lower median: a value that one of the scans really has.
float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void set_nominal_limits(IsolationWindow& window, const RawRun& run) {
  std::vector<float> low, high;
  for (const std::uint32_t scan : window.scans) {
    low.push_back(run.headers().window_low_mz[scan]);
    high.push_back(run.headers().window_high_mz[scan]);
  }
  window.low_mz = median(std::move(low));
  window.high_mz = median(std::move(high));
}

}  // namespace

std::vector<IsolationWindow> discover_windows(const RawRun& run, float tolerance_mz) {
  const std::vector<Limits> limits = distinct_limits(run);
  Groups groups = link(limits, tolerance_mz);
  std::vector<IsolationWindow> by_root(limits.size());
  for (std::uint32_t scan = 0; scan < run.scan_count(); ++scan) {
    if (run.headers().ms_order[scan] != 2) continue;
    const auto at = std::lower_bound(limits.begin(), limits.end(), limits_of(run, scan));
    by_root[groups.root(static_cast<std::uint32_t>(at - limits.begin()))].scans.push_back(scan);
  }
  std::erase_if(by_root, [](const IsolationWindow& window) { return window.scans.empty(); });
  for (IsolationWindow& window : by_root) set_nominal_limits(window, run);
  std::sort(by_root.begin(), by_root.end(), [](const IsolationWindow& a, const IsolationWindow& b) {
    return std::tie(a.low_mz, a.high_mz, a.scans.front()) <
           std::tie(b.low_mz, b.high_mz, b.scans.front());
  });
  return by_root;
}

std::vector<std::uint32_t> ms1_scans(const RawRun& run) {
  std::vector<std::uint32_t> scans;
  for (std::uint32_t i = 0; i < run.scan_count(); ++i) {
    if (run.headers().ms_order[i] == 1) scans.push_back(i);
  }
  return scans;
}

}  // namespace overland
