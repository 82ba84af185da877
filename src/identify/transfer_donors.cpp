#include "identify/transfer_donors.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "kernel/robust_statistics.h"

namespace overland::identify {
namespace {

constexpr std::size_t kLeastShared = 30;  // minimum number of precursors common with other runs
constexpr std::size_t kPerKnot = 100;     // precursors per knot of the shift

}  // namespace

void Donors::add(const RunScores& run) {
  for (const ScoredRow& row : run.rows) {
    if (row.global_q_value <= kDonorQValue) {
      score_sum_[row.precursor] += row.score;
      ++seen_[row.precursor];
    }
    if (!passes(row)) continue;
    irt_sum_[row.precursor] += static_cast<double>(row.irt_observed);
    float& best = best_score_[row.precursor];
    best = runs_[row.precursor] == 0 ? row.score : std::max(best, row.score);
    ++runs_[row.precursor];
  }
}

void Donors::add_peaks(const RunScores& run, const search::PsmFile& psms) {
  const search::PsmIdentity& id = psms.identity();
  const std::span<const float> all = psms.feature("log_intensity");
  for (const ScoredRow& scored : run.rows) {
    if (!passes(scored)) continue;
    const auto rows = std::ranges::equal_range(id.precursor, scored.precursor);
    const auto first = static_cast<std::uint32_t>(rows.begin() - id.precursor.begin());
    // Stays NaN if the peak group belongs to another precursor of the ion (name_ions).
    float value = std::numeric_limits<float>::quiet_NaN();
    for (std::uint32_t r = first; r < first + rows.size(); ++r) {
      if (id.window[r] == scored.window && id.apex_scan[r] == scored.apex_scan) value = all[r];
    }
    log_intensity_sum_[scored.precursor] += value;
  }
}

float Donors::score_elsewhere(std::uint32_t precursor, std::optional<float> here) const {
  const std::uint32_t others = seen_[precursor] - (here ? 1U : 0U);
  return (score_sum_[precursor] - here.value_or(0)) / static_cast<float>(others);
}

RunShift fit_shift(const RunScores& run, const Donors& donors) {
  std::vector<std::pair<double, double>> points;  // expected iRT, observed minus expected iRT
  for (const ScoredRow& row : run.rows) {
    if (!Donors::passes(row) || donors.runs(row.precursor) < 2) continue;
    const auto observed = static_cast<double>(row.irt_observed);
    const double expected = donors.irt_elsewhere(row.precursor, observed);
    points.emplace_back(expected, observed - expected);
  }
  RunShift fit;
  if (points.size() < kLeastShared) return fit;
  std::ranges::sort(points);
  const std::size_t knots = std::clamp<std::size_t>(points.size() / kPerKnot, 1, 50);
  std::vector<double> x, y;
  for (std::size_t k = 0; k < knots; ++k) {
    std::vector<double> expected, shift;
    for (std::size_t i = k * points.size() / knots; i < (k + 1) * points.size() / knots; ++i) {
      expected.push_back(points[i].first);
      shift.push_back(points[i].second);
    }
    const double middle = kernel::median_of(std::move(expected));
    if (!x.empty() && !(middle > x.back())) continue;
    x.push_back(middle);
    y.push_back(kernel::median_of(std::move(shift)));
  }
  fit.shift = calibrate::with_constant_ends(std::move(x), std::move(y));
  std::vector<double> left;
  for (const auto& [expected, shift] : points) left.push_back(shift - fit.shift(expected));
  fit.sd = kernel::robust_sd(std::move(left));
  return fit;
}

}  // namespace overland::identify
