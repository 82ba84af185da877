// Predicted retention times and evidence of the donors: the precursors accepted in at least one
// run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "calibrate/piecewise_linear.h"
#include "identify/score.h"
#include "library/library.h"
#include "search/psm_table.h"

namespace overland::identify {

// Sums over the runs in which each precursor (target or decoy) is accepted.
class Donors {
 public:
  explicit Donors(std::size_t precursors)
      : irt_sum_(precursors, 0),
        runs_(precursors, 0),
        best_score_(precursors, 0),
        score_sum_(precursors, 0),
        seen_(precursors, 0),
        log_intensity_sum_(precursors, 0) {}
  void add(const RunScores& run);
  // Adds the peak groups of the run given to add().
  void add_peaks(const RunScores& run, const search::PsmFile& psms);
  [[nodiscard]] static bool passes(const ScoredRow& row) {
    return row.q_value <= kDonorQValue && row.global_q_value <= kDonorQValue;
  }
  [[nodiscard]] std::uint32_t runs(std::uint32_t precursor) const { return runs_[precursor]; }
  // Best score over the runs in which the precursor is accepted.
  [[nodiscard]] float best_score(std::uint32_t precursor) const { return best_score_[precursor]; }
  // Mean score over all runs with a peak group of the precursor, accepted or not, except one run,
  // in which its score is `here` (empty if it has none there). Precondition: another run remains.
  [[nodiscard]] float score_elsewhere(std::uint32_t precursor, std::optional<float> here) const;
  // Mean iRT and log2 intensity over the runs in which the precursor is accepted. Precondition:
  // runs(precursor) > 0.
  [[nodiscard]] double irt(std::uint32_t precursor) const {
    return irt_sum_[precursor] / runs_[precursor];
  }
  [[nodiscard]] float log_intensity(std::uint32_t precursor) const {
    return log_intensity_sum_[precursor] / static_cast<float>(runs_[precursor]);
  }
  // Mean iRT over the runs in which the precursor is accepted, except the run in which it has
  // `irt`. Precondition: runs(precursor) > 1.
  [[nodiscard]] double irt_elsewhere(std::uint32_t precursor, double irt) const {
    return (irt_sum_[precursor] - irt) / (runs_[precursor] - 1);
  }

 private:
  std::vector<double> irt_sum_;
  std::vector<std::uint32_t> runs_;
  std::vector<float> best_score_;
  std::vector<float> score_sum_;
  std::vector<std::uint32_t> seen_;  // number of runs in score_sum_
  std::vector<float> log_intensity_sum_;
};

// Retention-time shift of one run relative to the other runs.
struct RunShift {
  calibrate::PiecewiseLinear shift;  // observed minus expected iRT, by expected iRT
  double sd = 0;                     // robust SD of the residuals; 0: too few common precursors
  [[nodiscard]] double expected(double irt) const { return irt + shift(irt); }
};
[[nodiscard]] RunShift fit_shift(const RunScores& run, const Donors& donors);

}  // namespace overland::identify
