#include "run/survey_ranges.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "run/isolation_scheme.h"

namespace overland::run {
namespace {

// Limits of survey scans that differ by less are the same.
constexpr float kSameLimit = 1;           // m/z
constexpr std::size_t kMostLimits = 256;  // more do not come from a method of a few ranges

bool states_range(const ScanHeaders& headers, RunScan scan) {
  const float low = headers.scan_low_mz[scan.index()], high = headers.scan_high_mz[scan.index()];
  return std::isfinite(low) && std::isfinite(high) && low < high;
}

// Those less than half as wide as the widest, and within the others that are wider.
std::set<std::pair<float, float>> narrow_ranges(std::vector<std::pair<float, float>> ranges) {
  const auto width = [](const auto& range) { return range.second - range.first; };
  std::ranges::stable_sort(ranges, std::greater<>(), width);
  float lowest = std::numeric_limits<float>::infinity();
  float highest = -lowest;
  std::set<std::pair<float, float>> narrow;
  for (const auto& range : ranges) {
    const bool is_within = range.first > lowest - kSameLimit && range.second < highest + kSameLimit;
    if (is_within && width(range) < width(ranges.front()) / 2) {
      narrow.insert(range);
    } else {
      lowest = std::min(lowest, range.first);
      highest = std::max(highest, range.second);
    }
  }
  return narrow;
}

// Low and high limit of each range that a scan acquires; empty if it does not state them.
std::vector<float> acquired_limits(const ScanHeaders& headers, RunScan scan) {
  const std::size_t i = scan.index();
  if (!headers.scan_parts.empty() && !headers.scan_parts[i].empty()) return headers.scan_parts[i];
  if (!states_range(headers, scan)) return {};
  return {headers.scan_low_mz[i], headers.scan_high_mz[i]};
}

// Whether a scan acquires the whole range, or may do so.
bool may_acquire(const ScanHeaders& headers, RunScan scan, const SurveyRange& range) {
  const std::vector<float> limits = acquired_limits(headers, scan);
  for (std::size_t k = 0; k < limits.size(); k += 2)
    if (limits[k] < range.low_mz + kSameLimit && limits[k + 1] > range.high_mz - kSameLimit)
      return true;
  return limits.empty();
}

// Ascending; of those that are the same the lowest.
std::vector<float> distinct_limits_of(const ScanHeaders& headers, std::span<const RunScan> scans) {
  std::vector<float> limits;
  for (const RunScan scan : scans) {
    const std::vector<float> own = acquired_limits(headers, scan);
    limits.insert(limits.end(), own.begin(), own.end());
  }
  std::ranges::sort(limits);
  const auto tail =
      std::ranges::unique(limits, [](float a, float b) { return b - a < kSameLimit; });
  limits.erase(tail.begin(), tail.end());
  return limits;
}

// The ranges of the scans of one voltage.
void add_survey_ranges(const RawRun& run, float voltage, const std::vector<RunScan>& scans,
                       std::vector<SurveyRange>& ranges) {
  const ScanHeaders& headers = run.headers();
  const std::vector<float> limits = distinct_limits_of(headers, scans);
  if (limits.size() <= 2 || limits.size() > kMostLimits) {
    constexpr float kEverywhere = std::numeric_limits<float>::infinity();
    ranges.push_back({-kEverywhere, kEverywhere, scans, voltage});
    return;
  }
  for (std::size_t k = 1; k < limits.size(); ++k) {
    SurveyRange range{limits[k - 1], limits[k], {}, voltage};
    std::ranges::copy_if(scans, std::back_inserter(range.scans),
                         [&](RunScan scan) { return may_acquire(headers, scan, range); });
    if (!range.scans.empty()) ranges.push_back(std::move(range));
  }
}

}  // namespace

std::vector<RunScan> survey_scans(const RawRun& run) {
  const ScanHeaders& headers = run.headers();
  const auto range_of = [&](RunScan scan) {
    return std::pair(headers.scan_low_mz[scan.index()], headers.scan_high_mz[scan.index()]);
  };
  std::vector<RunScan> scans = ms1_scans(run);
  std::set<std::pair<float, float>> ranges;
  for (const RunScan scan : scans) {
    if (states_range(headers, scan)) ranges.insert(range_of(scan));
  }
  const auto narrow = narrow_ranges({ranges.begin(), ranges.end()});
  std::erase_if(scans, [&](RunScan scan) {
    return states_range(headers, scan) && narrow.contains(range_of(scan));
  });
  return scans;
}

std::vector<SurveyRange> survey_ranges(const RawRun& run) {
  std::map<float, std::vector<RunScan>> by_voltage;
  for (const RunScan scan : survey_scans(run)) by_voltage[voltage_of(run, scan)].push_back(scan);
  std::vector<SurveyRange> ranges;
  for (const auto& [voltage, scans] : by_voltage) add_survey_ranges(run, voltage, scans, ranges);
  return ranges;
}

std::vector<RunScan> ms1_scans(const RawRun& run) {
  std::vector<RunScan> scans;
  for (RunScan scan; scan.index() < run.scan_count(); ++scan) {
    if (run.headers().ms_order[scan.index()] == 1) scans.push_back(scan);
  }
  return scans;
}

}  // namespace overland::run
