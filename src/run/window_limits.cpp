#include "run/window_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/run_columns.h"
#include "kernel/robust_statistics.h"

namespace overland::run {
namespace {

using io::WindowDefect;

constexpr std::array<const char*, io::kWindowDefects> kDefectTexts{
    "",
    "isolation window missing",
    "isolation window target m/z (MS:1000827) missing or 0",
    "isolation window lower and upper offset (MS:1000828, MS:1000829) missing",
    "one of the isolation window offsets (MS:1000828, MS:1000829) missing",
    "an isolation window offset (MS:1000828, MS:1000829) is negative",
    "isolation window of no width (both offsets, MS:1000828 and MS:1000829, are 0)",
    "isolation window reaches below m/z 0 (lower offset, MS:1000828, above the target)"};

bool is_searched_ms2(const io::RunColumns& columns, std::size_t i) {
  return columns.ms_order[i] == 2 && (columns.is_negative.empty() || columns.is_negative[i] == 0);
}

std::vector<std::size_t> ms2_rows(const io::RunColumns& columns) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < columns.ms_order.size(); ++i)
    if (is_searched_ms2(columns, i)) rows.push_back(i);
  return rows;
}

int percent(std::size_t part, std::size_t all) {
  return static_cast<int>(
      std::lround(100.0 * static_cast<double>(part) / static_cast<double>(all)));
}

// Distinct targets, ascending.
std::vector<float> targets_of(const io::RunColumns& columns, const std::vector<std::size_t>& ms2) {
  constexpr float kSame = 0.01F;  // m/z
  std::vector<float> targets;
  for (const std::size_t i : ms2) targets.push_back(columns.window_target_mz[i]);
  std::ranges::sort(targets);
  const auto tail = std::ranges::unique(targets, [](float a, float b) { return b - a <= kSame; });
  targets.erase(tail.begin(), tail.end());
  return targets;
}

std::size_t nearest(const std::vector<float>& targets, float mz) {
  const auto above = std::ranges::lower_bound(targets, mz);
  const auto i = static_cast<std::size_t>(above - targets.begin());
  if (i == 0) return 0;
  if (i == targets.size()) return i - 1;
  return targets[i] - mz < mz - targets[i - 1] ? i : i - 1;
}

// The one distance between neighbouring targets; 0 if there is no such distance.
float common_spacing(const std::vector<float>& targets) {
  constexpr std::size_t kFewestTargets = 4;
  constexpr float kTolerance = 0.01F;  // of the distance
  if (targets.size() < kFewestTargets) return 0;
  const float spacing = (targets.back() - targets.front()) / static_cast<float>(targets.size() - 1);
  for (std::size_t k = 1; k < targets.size(); ++k) {
    if (std::abs(targets[k] - targets[k - 1] - spacing) > kTolerance * spacing) return 0;
  }
  return spacing;
}

// Whether nearly all steps from scan to scan go to the next target, or from the last to the first.
// Staggered cycles, whose windows are twice as wide as the distance of all targets, do not.
bool visits_in_order(const io::RunColumns& columns, const std::vector<std::size_t>& ms2,
                     const std::vector<float>& targets) {
  constexpr double kLeastShare = 0.95;
  std::size_t in_order = 0;
  for (std::size_t k = 1; k < ms2.size(); ++k) {
    const std::size_t from = nearest(targets, columns.window_target_mz[ms2[k - 1]]);
    const std::size_t to = nearest(targets, columns.window_target_mz[ms2[k]]);
    in_order += to == (from + 1) % targets.size() ? 1U : 0U;
  }
  return static_cast<double>(in_order) >= kLeastShare * static_cast<double>(ms2.size() - 1);
}

// Width of the acquired range: of MS1 scans, or of the MS2 scans if there is none; 0 if unknown.
double acquired_width(const io::RunColumns& columns, const std::vector<std::size_t>& rows) {
  for (const std::uint8_t order : {std::uint8_t{1}, std::uint8_t{2}}) {
    std::vector<double> widths;
    for (const std::size_t i : rows) {
      const double width = static_cast<double>(columns.scan_high_mz[i]) -
                           static_cast<double>(columns.scan_low_mz[i]);
      if (columns.ms_order[i] == order && width > 0) widths.push_back(width);
    }
    if (!widths.empty()) return kernel::median_of(std::move(widths));
  }
  return 0;
}

void find_wide_windows(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                       std::vector<Finding>& findings) {
  constexpr double kWide = 100, kShareOfRange = 0.9;  // m/z
  const double range = acquired_width(columns, rows);
  if (range == 0) return;
  std::size_t wide = 0, ms2 = 0;
  for (const std::size_t i : rows) {
    if (columns.ms_order[i] != 2) continue;
    const double width = static_cast<double>(columns.window_high_mz[i]) -
                         static_cast<double>(columns.window_low_mz[i]);
    ++ms2;
    wide += width >= std::max(kWide, kShareOfRange * range) ? 1U : 0U;
  }
  if (wide == 0) return;
  findings.push_back(
      {"OVL-RUN-024",
       fmt::format("{} of {} MS2 scans ({} %) have isolation windows as wide as the acquired range "
                   "({:.0f} m/z): every precursor is looked for in them",
                   wide, ms2, percent(wide, ms2), range),
       "Unless all ions were fragmented together, the isolation windows are stated wrongly: "
       "convert the run again."});
}

}  // namespace

std::string window_defects(const io::RunColumns& columns) {
  if (columns.window_defect.empty()) return "";
  const std::vector<std::size_t> ms2 = ms2_rows(columns);
  std::array<std::size_t, io::kWindowDefects> counts{};
  for (const std::size_t i : ms2) ++counts[static_cast<std::size_t>(columns.window_defect[i])];
  std::string text;
  for (std::size_t d = 1; d < counts.size(); ++d) {
    if (counts[d] == 0) continue;
    text += fmt::format("{}{} in {} of {} MS2 scans ({} %)", text.empty() ? "" : "; ",
                        kDefectTexts[d], counts[d], ms2.size(), percent(counts[d], ms2.size()));
  }
  return text;
}

void derive_windows(io::RunColumns& columns, std::vector<Finding>& findings) {
  if (columns.window_defect.empty() || columns.window_target_mz.empty()) return;
  const std::vector<std::size_t> ms2 = ms2_rows(columns);
  const bool lacks_offsets = std::ranges::all_of(ms2, [&](std::size_t i) {
    const WindowDefect defect = columns.window_defect[i];
    return defect == WindowDefect::no_offsets || defect == WindowDefect::no_width;
  });
  if (!lacks_offsets) return;
  const std::vector<float> targets = targets_of(columns, ms2);
  const float spacing = common_spacing(targets);
  if (spacing == 0 || ms2.size() < 3 * targets.size() || !visits_in_order(columns, ms2, targets))
    return;
  for (const std::size_t i : ms2) {
    const float target = targets[nearest(targets, columns.window_target_mz[i])];
    columns.window_low_mz[i] = target - spacing / 2;
    columns.window_high_mz[i] = target + spacing / 2;
    columns.window_defect[i] = WindowDefect::none;
  }
  findings.push_back(
      {"OVL-RUN-022",
       fmt::format(
           "the isolation window offsets (MS:1000828, MS:1000829) are missing or 0 in all {} "
           "MS2 scans: windows of {:.4g} m/z are assumed, the distance of their {} targets",
           ms2.size(), spacing, targets.size()),
       "If the windows overlapped, or were narrower, convert the run again with the offsets."});
}

void find_odd_windows(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                      std::vector<Finding>& findings) {
  if (columns.limits_as_offsets > 0) {
    findings.push_back(
        {"OVL-RUN-023",
         fmt::format("the isolation window offsets (MS:1000828, MS:1000829) of {} MS2 scans are "
                     "the limits of the windows: taken as limits",
                     columns.limits_as_offsets),
         "If they are offsets, convert the run again."});
  }
  find_wide_windows(columns, rows, findings);
  if (const std::string defects = window_defects(columns); !defects.empty()) {
    findings.push_back({"OVL-RUN-025", "MS2 scans are left out: " + defects,
                        "Convert the run again with complete isolation windows."});
  }
}

}  // namespace overland::run
