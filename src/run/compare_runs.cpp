#include "run/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/progress.h"
#include "run/run_file.h"

namespace overland::run {
namespace {

constexpr std::size_t kMostExamples = 10;

bool near(float a, float b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) == std::isnan(b);
  return std::abs(double{a} - double{b}) <= tolerance;
}

class Comparer {
 public:
  Comparer(const io::RunColumns& first, const io::RunColumns& second,
           const RunTolerances& tolerances)
      : first_(first), second_(second), tolerances_(tolerances) {}

  RunComparison run() {
    std::map<std::int32_t, std::size_t> by_number;
    for (std::size_t j = 0; j < second_.scan_count(); ++j)
      by_number.emplace(second_.scan_number[j], j);
    for (std::size_t i = 0; i < first_.scan_count(); ++i) {
      const auto found = by_number.find(first_.scan_number[i]);
      if (found == by_number.end()) {
        ++result_.only_in_first;
        add(i, "is in the first file only");
        continue;
      }
      compare(i, found->second);
    }
    result_.only_in_second = second_.scan_count() - result_.scans;
    return std::move(result_);
  }

 private:
  void add(std::size_t i, const std::string& what) {
    if (result_.examples.size() < kMostExamples)
      result_.examples.push_back(fmt::format("scan {} {}", first_.scan_number[i], what));
  }

  void compare(std::size_t i, std::size_t j) {
    ++result_.scans;
    if (const auto header = header_difference(i, j)) {
      ++result_.other_headers;
      add(i, *header);
    } else if (const auto peaks = peak_difference(i, j)) {
      ++result_.other_peaks;
      add(i, *peaks);
    }
  }

  std::optional<std::string> header_difference(std::size_t i, std::size_t j) const {
    if (first_.ms_order[i] != second_.ms_order[j])
      return fmt::format("is of MS order {} and {}", first_.ms_order[i], second_.ms_order[j]);
    const bool is_ms2 = first_.ms_order[i] == 2;
    const struct {
      const char* name;
      float a, b;
      double tolerance;
      bool counts;
    } kNumbers[] = {
        {"retention time", first_.rt_minutes[i], second_.rt_minutes[j], tolerances_.minutes, true},
        {"lower window limit", first_.window_low_mz[i], second_.window_low_mz[j],
         tolerances_.window_mz, is_ms2},
        {"upper window limit", first_.window_high_mz[i], second_.window_high_mz[j],
         tolerances_.window_mz, is_ms2},
        {"collision energy", first_.collision_energy[i], second_.collision_energy[j],
         tolerances_.energy, is_ms2}};
    for (const auto& number : kNumbers)
      if (number.counts && !near(number.a, number.b, number.tolerance))
        return fmt::format("has {} {} and {}", number.name, number.a, number.b);
    return std::nullopt;
  }

  std::optional<std::string> peak_difference(std::size_t i, std::size_t j) {
    const std::size_t count = first_.peak_count[i];
    if (count != second_.peak_count[j])
      return fmt::format("has {} and {} peaks", count, second_.peak_count[j]);
    result_.peaks += count;
    double ppm = 0, intensity = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const double x = first_.mz[i][k], y = first_.intensity[i][k];
      ppm = std::max(ppm, 1e6 * std::abs(x - double{second_.mz[j][k]}) / x);
      intensity = std::max(intensity, std::abs(y - double{second_.intensity[j][k]}) / y);
    }
    result_.largest_ppm = std::max(result_.largest_ppm, ppm);
    result_.largest_intensity = std::max(result_.largest_intensity, intensity);
    if (ppm > tolerances_.peak_ppm)
      return fmt::format("has peaks that differ by up to {:.3g} ppm", ppm);
    if (intensity > tolerances_.intensity)
      return fmt::format("has intensities that differ by up to {:.3g} %", 100 * intensity);
    return std::nullopt;
  }

  const io::RunColumns& first_;
  const io::RunColumns& second_;
  RunTolerances tolerances_;
  RunComparison result_;
};

}  // namespace

RunComparison compare_runs(const io::RunColumns& first, const io::RunColumns& second,
                           const RunTolerances& tolerances) {
  return Comparer(first, second, tolerances).run();
}

Result<RunComparison> check_raw(const CheckRawOptions& options) {
  const auto raw = read_run_file(options.raw, options.machine, {.reader = RawReader::direct});
  if (!raw) return std::unexpected(raw.error());
  const auto converted = read_plain_run(options.converted, options.machine);
  if (!converted) return std::unexpected(converted.error());
  return compare_runs(*raw, *converted);
}

std::string comparison_text(const RunComparison& comparison) {
  std::string text = fmt::format(
      "{} scans and {} peaks compared; largest differences {:.3g} ppm in m/z and {:.3g} % in "
      "intensity\n",
      grouped(comparison.scans), grouped(comparison.peaks), comparison.largest_ppm,
      100 * comparison.largest_intensity);
  text += fmt::format(
      "{} scans differ: {} in the first file only, {} in the second only, {} in MS order, time, "
      "window or energy, {} in peaks\n",
      comparison.different_scans(), comparison.only_in_first, comparison.only_in_second,
      comparison.other_headers, comparison.other_peaks);
  for (const std::string& example : comparison.examples) text += "  " + example + "\n";
  return text;
}

Result<void> expect_equal(const RunComparison& comparison, const std::string& where) {
  if (comparison.different_scans() == 0) return {};
  return fail("OVL-RUN-067",
              fmt::format("{} scans of the two files differ", comparison.different_scans()), where,
              "If the mzML file is the conversion of this RAW file by ThermoRawFileParser or "
              "msconvert with peakPicking, search the mzML file, and report the difference.");
}

}  // namespace overland::run
