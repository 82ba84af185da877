#include "stages/log_reading.h"

#include "base/progress.h"

namespace overland::stages {

void log_reading(const run::RawRun& run, const Machine& machine) {
  const run::ReadReport& report = run.report();
  const struct {
    std::uint64_t count;
    const char* text;
  } kCounts[] = {{report.scans_other_order, "scans of MS3 and above skipped"},
                 {report.scans_negative, "scans of negative polarity skipped"},
                 {report.scans_resorted, "scans whose peaks had to be sorted"},
                 {report.peaks_dropped, "peaks without a usable m/z or intensity dropped"}};
  for (const auto& [count, text] : kCounts)
    if (count > 0) machine.warning("{}: {} {}", run.name(), grouped(count), text);
  for (const run::Finding& finding : report.findings)
    machine.warning("{}: {}: {}. {}", run.name(), finding.code, finding.what, finding.advice);
}

}  // namespace overland::stages
