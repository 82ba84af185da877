// The MS1 scans of a run, and which m/z they acquire.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "run/raw_run.h"

namespace overland::run {

// MS1 scans in retention-time order, without those whose m/z range is less than half of the widest
// one and within the ranges of the others: they monitor single ions (SIM).
[[nodiscard]] std::vector<RunScan> survey_scans(const RawRun& run);

// The survey scans that acquire a part of the m/z axis: a scan that does not acquire a precursor's
// m/z is no zero point of its MS1 trace.
struct SurveyRange {
  float low_mz = 0, high_mz = 0;
  std::vector<RunScan> scans;  // ascending in retention time
  float voltage = 0;           // of its scans, see Condition

  [[nodiscard]] bool contains(Mz mz) const {
    return static_cast<double>(low_mz) <= mz.value && mz.value < static_cast<double>(high_mz);
  }
};
// By voltage. One range without limits if all survey scans of a voltage acquire the same (within
// 1 m/z) or do not state what they acquire; otherwise the pieces between all limits, each with the
// scans that acquire it. Empty without survey scans.
[[nodiscard]] std::vector<SurveyRange> survey_ranges(const RawRun& run);
// All MS1 scans in retention-time order.
[[nodiscard]] std::vector<RunScan> ms1_scans(const RawRun& run);

}  // namespace overland::run
