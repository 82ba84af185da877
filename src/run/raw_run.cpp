#include "run/raw_run.h"

#include <algorithm>
#include <cctype>
#include <compare>
#include <numeric>

#include "io/run_columns.h"
#include "run/run_file.h"

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

bool remove_ending(std::string& name, std::string_view ending) {
  if (name.size() <= ending.size()) return false;
  const std::string_view tail = std::string_view(name).substr(name.size() - ending.size());
  const bool matches = std::equal(tail.begin(), tail.end(), ending.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
  if (matches) name.resize(name.size() - ending.size());
  return matches;
}

}  // namespace

RawRun::RawRun(std::string name, ScanHeaders headers, Peaks peaks, ReadReport report)
    : name_(std::move(name)),
      headers_(std::move(headers)),
      peaks_(std::move(peaks)),
      report_(std::move(report)) {
  headers_.compensation_voltage.resize(scan_count(), io::kUnknown);
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
  reorder(headers_.compensation_voltage, order);
  if (!headers_.scan_parts.empty()) reorder(headers_.scan_parts, order);
  reorder(peaks_.mz, order);
  reorder(peaks_.intensity, order);
  reorder(peaks_.count, order);
}

std::string run_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  remove_ending(name, ".gz");
  for (const std::string_view ending : {".mzml", ".mzxml", ".arrow", ".raw", ".wiff"})
    if (remove_ending(name, ending)) break;
  return name;
}

Result<RawRun> open_run(const std::filesystem::path& file, const Machine& machine) {
  auto opened = open_run_file(file, machine);
  if (!opened) return std::unexpected(opened.error());
  return std::move(opened->run);
}

Result<RawRun> open_run(std::span<const std::byte> bytes, const std::string& name,
                        const Machine& machine) {
  auto columns = read_run_bytes(bytes, name, machine);
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(name, std::move(*columns), name);
}

}  // namespace overland::run
