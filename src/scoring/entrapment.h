// Estimates the false-discovery proportion (FDP) from entrapments: peptides that cannot be in the
// sample and that the search has treated as targets.
//
// At a threshold, with N_T targets and N_E entrapments accepted, and r entrapments per target in
// the library (Wen et al. 2025):
//   lower bound  N_E / (N_T + N_E)                  can only refute the stated error rate
//   combined     N_E (1 + 1/r) / (N_T + N_E)        upper bound
//   paired       (N_E + N_a + 2 N_b) / (N_T + N_E)  tighter upper bound, for r = 1
// N_a: accepted entrapments whose target is not accepted. N_b: pairs in which both are accepted and
// the entrapment scores at least as high as the target. All three bounds are at most 1.
//
// Confidence interval: 95 % interval of a bootstrap that draws clusters (a target with its
// entrapments, in all runs) with Poisson(1) weights. Without an accepted entrapment the bootstrap
// interval is empty; the upper limit is then computed from 3.69 entrapments, the exact Poisson
// 97.5 % upper limit for a count of zero.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/machine.h"

namespace overland::scoring {

// One row per candidate: a precursor or protein group, in one run or in the whole search.
struct AuditRow {
  std::uint32_t cluster = 0;  // equal for a target and its entrapments
  std::uint32_t run = 0;      // targets are paired with entrapments of the same run only
  bool is_entrapment = false;
  double q_value = 1;
  float score = 0;  // higher is better; compared within a run only
};

struct ProportionBounds {
  double lower_bound = 0, combined = 0;
  double paired = 0;  // NaN unless r = 1
};

struct AuditPoint {
  double q_value = 0;  // threshold: rows with a q-value <= it are accepted
  std::uint64_t targets = 0, entrapments = 0;
  ProportionBounds fdp, low, high;  // estimate, and limits of its 95 % confidence interval
};

struct AuditSettings {
  double ratio = 1;        // entrapments per target in the library
  bool is_paired = false;  // each target has exactly one entrapment
  // Whether entrapments represent every kind of false match; if not, `combined` and `paired` are
  // NaN.
  bool has_upper_bound = true;
  int resamples = 1000;
  std::uint64_t seed = 1;
  Machine machine = {};
};

// Counts of accepted rows at a threshold; `extra` is N_a + 2 N_b.
struct AuditCounts {
  std::int64_t targets = 0, entrapments = 0, extra = 0;
  AuditCounts& operator+=(const AuditCounts& other);
};

// Collects the rows of a curve in pieces. It holds at most one step per cluster and threshold,
// however many runs there are, and the steps of the last piece.
class AuditSteps {
 public:
  // Change of the counts of one cluster at threshold number `at` and all later ones.
  struct Step {
    std::uint32_t cluster = 0, at = 0;
    AuditCounts change;
  };
  // Precondition: `thresholds` ascend. They must outlive the steps.
  explicit AuditSteps(std::span<const double> thresholds) : thresholds_(thresholds) {}
  // Precondition: one piece has all rows of a cluster in a run. The order of rows and of pieces has
  // no effect.
  void add(std::vector<AuditRow> rows);
  // One point per threshold.
  [[nodiscard]] std::vector<AuditPoint> curve(const AuditSettings& settings);

 private:
  void add_pair(std::span<const AuditRow> rows);
  void compact();

  std::span<const double> thresholds_;
  std::vector<Step> steps_;
  std::size_t compacted_ = 0;  // number of steps after the last compaction
};

// The curve of rows that are in memory.
[[nodiscard]] std::vector<AuditPoint> audit_curve(std::vector<AuditRow> rows,
                                                  std::span<const double> thresholds,
                                                  const AuditSettings& settings);

enum class AuditVerdict : std::uint8_t { valid, inconclusive, invalid };

// Whether the stated error rate `level` holds at `point`.
//   valid: the upper bound (paired if available, else combined) is at most `level`;
//   invalid: the whole 95 % confidence interval of the lower bound is above `level`;
//   inconclusive: otherwise.
// The verdict is never `valid` without an upper bound or if has_too_few.
[[nodiscard]] AuditVerdict verdict_at(const AuditPoint& point, double level, double ratio);
// Whether fewer than 3 entrapments would be expected at this error rate: the sample is then too
// small to certify it.
[[nodiscard]] bool has_too_few(const AuditPoint& point, double level, double ratio);
[[nodiscard]] std::string to_text(AuditVerdict verdict);

// The paired upper bound if available, else the combined one.
[[nodiscard]] double upper_bound(const ProportionBounds& bounds);

}  // namespace overland::scoring
