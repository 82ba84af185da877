// What entrapments say about an error rate. Entrapments are peptides that cannot be in the sample;
// until here they were treated as targets.
//
// At a threshold, with N_T targets and N_E entrapments accepted, and r entrapments per target in
// the library (Wen et al. 2025):
//   lower bound  N_E / (N_T + N_E)                  can only refute control
//   combined     N_E (1 + 1/r) / (N_T + N_E)        upper bound
//   paired       (N_E + N_a + 2 N_b) / (N_T + N_E)  r = 1: a tighter upper bound
// N_a: accepted entrapments whose target is not accepted; N_b: both accepted, the entrapment
// scoring at least as high. All three at most 1.
//
// Interval: 95 % of a bootstrap that draws clusters (a target with its entrapments, in all runs)
// with Poisson(1) weights. Where no entrapment is accepted it would be empty; its upper end then is
// what 3.69 of them would give, the exact Poisson limit of a count of none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace overland::scoring {

// One row per accepted candidate: a precursor or protein group, of one run or of all together.
struct AuditRow {
  std::uint32_t cluster = 0;  // a target and its entrapments share it
  std::uint32_t run = 0;      // pairs are looked for inside it
  bool is_entrapment = false;
  double q_value = 1;
  float score = 0;  // higher is better; compared within a run only
};

struct ProportionBounds {
  double lower_bound = 0, combined = 0;
  double paired = 0;  // NaN unless r = 1
};

struct AuditPoint {
  double q_value = 0;  // the threshold: rows at or below it are accepted
  std::uint64_t targets = 0, entrapments = 0;
  ProportionBounds fdp, low, high;  // the estimate, and its 95 % interval
};

struct AuditSettings {
  double ratio = 1;        // entrapments per target of the library
  bool is_paired = false;  // each target has one entrapment of its own
  // Whether entrapments stand for all that can be wrong; else `combined` and `paired` are NaN.
  bool has_upper_bound = true;
  int resamples = 1000;
  std::uint64_t seed = 1;
  int threads = 1;
};

// One point per threshold, which ascend. The rows' order does not matter.
[[nodiscard]] std::vector<AuditPoint> audit_curve(std::vector<AuditRow> rows,
                                                  std::span<const double> thresholds,
                                                  const AuditSettings& settings);

enum class AuditVerdict : std::uint8_t { valid, inconclusive, invalid };

// Whether the stated error rate `level` is kept at `point`.
//   valid: the upper bound (paired, else combined) is at most `level`;
//   invalid: the lower bound is above it beyond chance, its whole 95 % interval; else inconclusive.
// Without an upper bound never valid.
// Where an error of exactly `level` would put fewer than three entrapments among the accepted, to
// see none proves nothing: then not valid.
[[nodiscard]] AuditVerdict verdict_at(const AuditPoint& point, double level, double ratio);
[[nodiscard]] bool has_too_few(const AuditPoint& point, double level, double ratio);
[[nodiscard]] std::string to_text(AuditVerdict verdict);

// Upper bound of a point: paired where there is one, else combined.
[[nodiscard]] double upper_bound(const ProportionBounds& bounds);

}  // namespace overland::scoring
