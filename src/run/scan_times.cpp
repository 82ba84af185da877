#include "run/scan_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "io/run_columns.h"
#include "kernel/robust_statistics.h"

namespace overland::run {
namespace {

constexpr float kLongestRun = 600;   // minutes
constexpr double kLongestVisit = 1;  // minutes between two visits of a window
constexpr double kShortestVisit = 0.02 / 60;
constexpr std::uint64_t kFewVisits = 10;  // too few to refuse a run

// A time between visits that can only be one in minutes is below the first limit, one in seconds
// above the second: 6 s as minutes, 0.4 s as seconds.
constexpr double kMinutesBelow = 0.1, kSecondsAbove = 0.4;

// Visits of a window (or of the survey) after the first one.
struct Visits {
  std::vector<double> gaps;  // to the visit before, in the unit of the file; above 0
  std::uint64_t still = 0;   // without a gap

  [[nodiscard]] std::uint64_t count() const { return gaps.size() + still; }
  [[nodiscard]] double usual_gap() const { return kernel::median_of(gaps); }  // 0: none
};

Visits visits_of(const io::RunColumns& columns, std::vector<std::size_t> rows) {
  std::ranges::stable_sort(rows, {}, [&](std::size_t i) { return columns.rt_minutes[i]; });
  std::map<std::tuple<bool, float, float>, float> last;
  Visits visits;
  for (const std::size_t i : rows) {
    const bool is_ms1 = columns.ms_order[i] == 1;
    const float low = is_ms1 ? 0 : columns.window_low_mz[i];
    const float high = is_ms1 ? 0 : columns.window_high_mz[i];
    const float time = columns.rt_minutes[i];
    const auto [before, is_first] = last.emplace(std::tuple(is_ms1, low, high), time);
    if (is_first) continue;
    if (time > before->second) {
      visits.gaps.push_back(static_cast<double>(time) - static_cast<double>(before->second));
    } else {
      ++visits.still;
    }
    before->second = time;
  }
  return visits;
}

std::uint64_t backward_steps(const io::RunColumns& columns, const std::vector<std::size_t>& rows) {
  std::uint64_t count = 0;
  for (std::size_t k = 1; k < rows.size(); ++k)
    count += columns.rt_minutes[rows[k]] < columns.rt_minutes[rows[k - 1]] ? 1U : 0U;
  return count;
}

constexpr const char* kUnitAdvice =
    "State the unit of the scan start times (MS:1000016) in the file, or convert the run again.";

// Takes times without unit as minutes or seconds.
Result<void> choose_unit(io::RunColumns& columns, Visits& visits, const std::string& where,
                         std::vector<Finding>& findings) {
  if (columns.times_without_unit == 0) return {};
  if (columns.times_with_unit > 0) {
    return fail("OVL-RUN-018",
                fmt::format("{} retention times have no unit, {} have one",
                            columns.times_without_unit, columns.times_with_unit),
                where, kUnitAdvice);
  }
  const double gap = visits.usual_gap();
  if (gap > kMinutesBelow && gap < kSecondsAbove) {
    return fail("OVL-RUN-018",
                fmt::format("the retention times have no unit, and a window is visited every "
                            "{:.2g} of it, which fits neither minutes nor seconds",
                            gap),
                where, kUnitAdvice);
  }
  const bool is_seconds = gap >= kSecondsAbove;
  std::string reason = "the first unit of the format";
  if (gap > 0)
    reason = fmt::format("a window is then visited every {:.3g} s", is_seconds ? gap : 60 * gap);
  findings.push_back(
      {"OVL-RUN-018",
       fmt::format("the {} retention times have no unit: taken as {} ({})",
                   columns.times_without_unit, is_seconds ? "seconds" : "minutes", reason),
       kUnitAdvice});
  if (!is_seconds) return {};
  for (float& time : columns.rt_minutes) time /= 60;
  for (double& each : visits.gaps) each /= 60;
  return {};
}

Result<void> find_standstill(const Visits& visits, const std::string& where,
                             std::vector<Finding>& findings) {
  if (visits.still == 0) return {};
  const std::string what =
      fmt::format("{} of {} visits of a window have the retention time of the visit before",
                  visits.still, visits.count());
  constexpr const char* kAdvice =
      "Convert the run again with the start time of each scan (MS:1000016).";
  if (visits.still >= kFewVisits && 2 * visits.still > visits.count())
    return fail("OVL-RUN-017", "the retention times stand still: " + what, where, kAdvice);
  findings.push_back({"OVL-RUN-021", what, kAdvice});
  return {};
}

// Minutes from here on.
void find_odd_times(const Visits& visits, float last, std::vector<Finding>& findings) {
  const double gap = visits.usual_gap();
  const bool is_long = gap > kLongestVisit || last > kLongestRun;
  const bool is_short = gap > 0 && gap < kShortestVisit;
  if (!is_long && !is_short) return;
  findings.push_back(
      {"OVL-RUN-020",
       fmt::format(
           "a window is visited every {:.3g} s and the last scan is at {:.1f} minutes. "
           "Retention times in {}? Times of the results are in the unit of the file",
           60 * gap, last,
           is_long ? "seconds that are stated as minutes" : "minutes that are stated as seconds"),
       "Convert the run again with the right unit, unless the times are right."});
}

}  // namespace

Result<void> settle_times(io::RunColumns& columns, const std::vector<std::size_t>& rows,
                          const std::string& where, std::vector<Finding>& findings) {
  Visits visits = visits_of(columns, rows);
  if (auto done = choose_unit(columns, visits, where, findings); !done) return done;
  if (auto done = find_standstill(visits, where, findings); !done) return done;
  if (const std::uint64_t steps = backward_steps(columns, rows); steps > 0) {
    findings.push_back({"OVL-RUN-019",
                        fmt::format("{} of {} scans are earlier than the scan before them in the "
                                    "file: sorted by retention time",
                                    steps, rows.size()),
                        "If the file joins several runs, search them one by one."});
  }
  float last = 0;
  for (const std::size_t i : rows) last = std::max(last, columns.rt_minutes[i]);
  find_odd_times(visits, last, findings);
  return {};
}

}  // namespace overland::run
