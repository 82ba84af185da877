// Where the precursors that pass somewhere are expected in the other runs, and how good they are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "calibrate/piecewise_linear.h"
#include "identify/score.h"
#include "library/library.h"
#include "search/psm_table.h"

namespace overland::identify {

// Sums over the runs in which each precursor, target or decoy, passes.
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
  // The peak groups of the same run.
  void add_peaks(const RunScores& run, const search::PsmFile& psms);
  [[nodiscard]] static bool passes(const ScoredRow& row) {
    return row.q_value <= kDonorQValue && row.global_q_value <= kDonorQValue;
  }
  [[nodiscard]] std::uint32_t runs(std::uint32_t precursor) const { return runs_[precursor]; }
  // Of the runs in which it passes.
  [[nodiscard]] float best_score(std::uint32_t precursor) const { return best_score_[precursor]; }
  // Mean over all runs in which there is a peak group of it, whether it passes there or not, but
  // for one, where it has the score `here`. Precondition: another one is left.
  [[nodiscard]] float score_elsewhere(std::uint32_t precursor, std::optional<float> here) const;
  // Mean over the runs; precondition of these: there is one.
  [[nodiscard]] double irt(std::uint32_t precursor) const {
    return irt_sum_[precursor] / runs_[precursor];
  }
  [[nodiscard]] float log_intensity(std::uint32_t precursor) const {
    return log_intensity_sum_[precursor] / static_cast<float>(runs_[precursor]);
  }
  // Mean over the other runs than the one it was seen in at `irt`; precondition: there is one.
  [[nodiscard]] double irt_elsewhere(std::uint32_t precursor, double irt) const {
    return (irt_sum_[precursor] - irt) / (runs_[precursor] - 1);
  }

 private:
  std::vector<double> irt_sum_;
  std::vector<std::uint32_t> runs_;
  std::vector<float> best_score_;
  std::vector<float> score_sum_;
  std::vector<std::uint32_t> seen_;  // runs of score_sum_
  std::vector<float> log_intensity_sum_;
};

// One run's times against those of the others.
struct RunShift {
  calibrate::PiecewiseLinear shift;  // observed less expected, over the expected iRT
  double sd = 0;                     // robust, of what is left; 0: too few precursors in common
  [[nodiscard]] double expected(double irt) const { return irt + shift(irt); }
};
[[nodiscard]] RunShift fit_shift(const RunScores& run, const Donors& donors);

}  // namespace overland::identify
