#include "stages/transfer_donors.h"

#include <algorithm>
#include <utility>

#include "kernel/robust_statistics.h"

namespace overland {
namespace {

constexpr std::size_t kLeastShared = 30;  // precursors that a run must share with the others
constexpr std::size_t kPerKnot = 100;     // precursors behind a knot of the shift

}  // namespace

void Donors::add(const RunScores& run) {
  for (const ScoredRow& row : run.rows) {
    if (!passes(row)) continue;
    irt_sum_[row.precursor] += static_cast<double>(row.irt_observed);
    float& best = best_score_[row.precursor];
    best = runs_[row.precursor] == 0 ? row.score : std::max(best, row.score);
    ++runs_[row.precursor];
  }
}

RunShift fit_shift(const RunScores& run, const Donors& donors) {
  std::vector<std::pair<double, double>> points;  // expected, observed less expected
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
    const double middle = median_of(std::move(expected));
    if (!x.empty() && !(middle > x.back())) continue;
    x.push_back(middle);
    y.push_back(median_of(std::move(shift)));
  }
  fit.shift = with_constant_ends(std::move(x), std::move(y));
  std::vector<double> left;
  for (const auto& [expected, shift] : points) left.push_back(shift - fit.shift(expected));
  fit.sd = robust_sd(std::move(left));
  return fit;
}

}  // namespace overland
