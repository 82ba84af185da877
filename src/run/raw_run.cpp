#include "run/raw_run.h"

#include <algorithm>
#include <compare>
#include <numeric>

namespace overland::run {
namespace {

// A total order even with NaN, so that invalid values cannot break the sort.
bool earlier(const ScanHeaders& headers, std::uint32_t a, std::uint32_t b) {
  const auto by_rt = std::weak_order(headers.rt_minutes[a], headers.rt_minutes[b]);
  if (by_rt != 0) return by_rt < 0;
  return headers.scan_number[a] < headers.scan_number[b];
}

template <class T>
void reorder(std::vector<T>& column, const std::vector<std::uint32_t>& order) {
  std::vector<T> sorted;
  sorted.reserve(column.size());
  for (const std::uint32_t i : order) sorted.push_back(column[i]);
  column = std::move(sorted);
}

}  // namespace

RawRun::RawRun(std::string name, ScanHeaders headers, Peaks peaks, ReadReport report)
    : name_(std::move(name)),
      headers_(std::move(headers)),
      peaks_(std::move(peaks)),
      report_(report) {
  std::vector<std::uint32_t> order(scan_count());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return earlier(headers_, a, b); };
  if (std::is_sorted(order.begin(), order.end(), before)) return;
  report_.was_unsorted_by_rt = true;
  std::stable_sort(order.begin(), order.end(), before);
  reorder(headers_.rt_minutes, order);
  reorder(headers_.ms_order, order);
  reorder(headers_.scan_number, order);
  reorder(headers_.window_low_mz, order);
  reorder(headers_.window_high_mz, order);
  reorder(headers_.scan_low_mz, order);
  reorder(headers_.scan_high_mz, order);
  reorder(headers_.collision_energy, order);
  reorder(headers_.tic, order);
  reorder(peaks_.mz, order);
  reorder(peaks_.intensity, order);
  reorder(peaks_.count, order);
}

}  // namespace overland::run
