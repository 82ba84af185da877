#include "quant/normalise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernel/robust_statistics.h"
#include "quant/density_mode.h"
#include "quant/place_runs.h"
#include "quant/smooth_curve.h"

namespace overland::quant {
namespace {

constexpr std::size_t kLeastForCurve = 200;
constexpr std::size_t kPointsPerSegment = 300;  // quantities per segment of the curve
constexpr std::size_t kMostSegments = 12;
constexpr std::size_t kPointsPerMode = 100;  // quantities per point of the initial curve
constexpr double kStillSpread = 3;           // stable: spread below 3 x the lower quartile
constexpr std::size_t kCurvePoints = 60;     // points of the returned curve
constexpr int kTrimRounds = 4;

class Normaliser {
 public:
  Normaliser(const CohortSource& runs, std::size_t precursors, Normalisation kind,
             std::size_t most_held)
      : runs_(runs),
        curves_(runs.run_count()),
        kind_(kind),
        precursors_(precursors),
        most_held_(most_held) {}

  Result<std::vector<NormalisationCurve>> fit() {
    is_still_.assign(precursors_, true);
    Result<void> done = count();
    if (!done) return std::unexpected(done.error());
    const auto offset = place_runs(runs_, precursors_);
    if (!offset) return std::unexpected(offset.error());
    for (std::size_t r = 0; r < curves_.size(); ++r) {
      curves_[r].rt = {0};
      curves_[r].log2 = {(*offset)[r]};
    }
    for (int round = 0; round < kTrimRounds; ++round) {
      done = find_consensus();
      if (done) done = find_still_ones();
      for (std::size_t r = 0; r < curves_.size() && done; ++r) done = fit_run(r, round == 0);
      if (!done) return std::unexpected(done.error());
      centre();
    }
    return std::move(curves_);
  }

 private:
  [[nodiscard]] double corrected(std::size_t run, const RunQuantity& row) const {
    return row.log2 - curves_[run].at(static_cast<double>(row.rt));
  }

  Result<void> count() {
    seen_in_.assign(precursors_, 0);
    for (std::size_t r = 0; r < curves_.size(); ++r) {
      const auto run = runs_.open(r);
      if (!run) return std::unexpected(run.error());
      for (const RunQuantity& row : run->rows) ++seen_in_[row.precursor];
    }
    return {};
  }

  // Level of each precursor observed in at least two runs; NaN for others. It is the lower median,
  // because the mean of the two middle values would be a level that no run has. Computed for one
  // range of precursors after another.
  Result<void> find_consensus() {
    consensus_.assign(precursors_, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t first = 0, last = 0; first < precursors_; first = last) {
      std::size_t held = 0;
      do {
        held += seen_in_[last++];
      } while (last < precursors_ && held + seen_in_[last] <= most_held_);
      if (held == 0) continue;
      if (auto done = find_consensus(first, last); !done) return done;
    }
    return {};
  }

  Result<void> find_consensus(std::size_t first, std::size_t last) {
    std::vector<std::size_t> end(last - first + 1, 0);  // of each precursor's levels
    for (std::size_t p = first; p < last; ++p) end[p - first + 1] = end[p - first] + seen_in_[p];
    std::vector<std::size_t> next(end.begin(), end.end() - 1);
    std::vector<double> levels(end.back());
    for (std::size_t r = 0; r < curves_.size(); ++r) {
      const auto run = runs_.open(r);
      if (!run) return std::unexpected(run.error());
      auto row = std::ranges::lower_bound(run->rows, first, {}, &RunQuantity::precursor);
      for (; row != run->rows.end() && row->precursor < last; ++row) {
        levels[next[row->precursor - first]++] = corrected(r, *row);
      }
    }
    std::vector<double> own;
    for (std::size_t p = first; p < last; ++p) {
      if (seen_in_[p] < 2) continue;
      own.assign(levels.begin() + static_cast<std::ptrdiff_t>(end[p - first]),
                 levels.begin() + static_cast<std::ptrdiff_t>(end[p - first + 1]));
      consensus_[p] = lower_median(own);
    }
    return {};
  }

  // Finds the stable precursors: their corrected quantities hardly change between the runs.
  Result<void> find_still_ones() {
    std::vector<double> squares(precursors_, 0), count(precursors_, 0);
    for (std::size_t r = 0; r < curves_.size(); ++r) {
      const auto run = runs_.open(r);
      if (!run) return std::unexpected(run.error());
      for (const RunQuantity& row : run->rows) {
        const double d = corrected(r, row) - consensus_[row.precursor];
        if (std::isnan(d)) continue;
        squares[row.precursor] += d * d;
        count[row.precursor] += 1;
      }
    }
    std::vector<double> spreads;
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (count[p] > 0) spreads.push_back(std::sqrt(squares[p] / count[p]));
    }
    if (spreads.empty()) return {};
    const auto quartile = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 4);
    std::nth_element(spreads.begin(), quartile, spreads.end());
    const double most = std::max(kStillSpread * *quartile, 1e-6);
    for (std::size_t p = 0; p < precursors_; ++p) {
      is_still_[p] = count[p] > 0 && std::sqrt(squares[p] / count[p]) <= most;
    }
    return {};
  }

  Result<void> fit_run(std::size_t r, bool is_first) {
    const auto run = runs_.open(r);
    if (!run) return std::unexpected(run.error());
    std::vector<double> rt, ratio;
    for (const std::uint32_t place : run->by_time) {
      const RunQuantity& row = run->rows[place];
      if (!is_still_[row.precursor] || std::isnan(consensus_[row.precursor])) continue;
      rt.push_back(static_cast<double>(row.rt));
      ratio.push_back(row.log2 - consensus_[row.precursor]);
    }
    fit_curve(rt, ratio, is_first, curves_[r]);
    return {};
  }

  void fit_curve(const std::vector<double>& rt, const std::vector<double>& ratio, bool is_first,
                 NormalisationCurve& curve) const {
    curve.precursors = ratio.size();
    if (ratio.size() < kLeastShared) {
      curve = {"none", {}, {}, ratio.size(), 0};
      return;
    }
    const std::vector<double> start = first_guess(curve, rt, ratio, is_first);
    std::vector<double> residual(ratio);
    for (std::size_t i = 0; i < ratio.size(); ++i) residual[i] -= start[i];
    curve.residual_sd = spread_of(residual);
    const double scale = std::clamp(curve.residual_sd, 0.02, 1.0);
    if (kind_ == Normalisation::global || ratio.size() < kLeastForCurve) {
      curve.method = "constant";
      curve.rt = {rt.front()};
      curve.log2 = {fit_constant(ratio, start.front(), scale)};
      return;
    }
    curve.method = "curve";
    const std::size_t segments =
        std::clamp<std::size_t>(ratio.size() / kPointsPerSegment, 1, kMostSegments);
    sample(fit_smooth_curve({rt, ratio, start}, segments, scale), curve);
  }

  // Robust SD from the third of the values with the smallest residuals, because up to half of the
  // values may belong to another cluster.
  static double spread_of(std::vector<double> residual) {
    for (double& v : residual) v = std::abs(v);
    const auto at = residual.begin() + static_cast<std::ptrdiff_t>(residual.size() / 3);
    std::nth_element(residual.begin(), at, residual.end());
    return *at / 0.43;  // a third of normal deviates lie within 0.43 standard deviations of 0
  }

  // Initial curve of a round: the curve of the previous round; in the first round, the modes of the
  // ratios along retention time.
  std::vector<double> first_guess(const NormalisationCurve& curve, const std::vector<double>& rt,
                                  const std::vector<double>& ratio, bool is_first) const {
    std::vector<double> guess(ratio.size());
    if (!is_first) {
      for (std::size_t i = 0; i < rt.size(); ++i) guess[i] = curve.at(rt[i]);
      return guess;
    }
    const double whole = curve.at(0);
    if (kind_ == Normalisation::global || ratio.size() < kLeastForCurve) {
      std::fill(guess.begin(), guess.end(), whole);
      return guess;
    }
    NormalisationCurve modes;
    const std::size_t bins = ratio.size() / kPointsPerMode;
    for (std::size_t b = 0; b < bins; ++b) {
      const std::size_t begin = b * ratio.size() / bins;
      const std::size_t end = (b + 1) * ratio.size() / bins;
      modes.rt.push_back(rt[(begin + end) / 2]);
      modes.log2.push_back(density_mode({ratio.data() + begin, end - begin}, whole, kModeWidth).at);
    }
    for (std::size_t i = 0; i < rt.size(); ++i) guess[i] = modes.at(rt[i]);
    return guess;
  }

  static void sample(const SmoothCurve& smooth, NormalisationCurve& curve) {
    curve.rt.clear();
    curve.log2.clear();
    for (std::size_t k = 0; k < kCurvePoints; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(kCurvePoints - 1);
      curve.rt.push_back(smooth.low + share * (smooth.high - smooth.low));
      curve.log2.push_back(smooth.at(curve.rt.back()));
    }
  }

  // Shifts all curves so that their mean over the runs is 0.
  void centre() {
    double sum = 0;
    std::size_t count = 0;
    for (const NormalisationCurve& curve : curves_) {
      if (curve.log2.empty()) continue;
      sum += std::accumulate(curve.log2.begin(), curve.log2.end(), 0.0) /
             static_cast<double>(curve.log2.size());
      ++count;
    }
    for (NormalisationCurve& curve : curves_) {
      for (double& v : curve.log2) v -= sum / static_cast<double>(count);
    }
  }

  const CohortSource& runs_;
  std::vector<NormalisationCurve> curves_;
  Normalisation kind_;
  std::size_t precursors_, most_held_;
  std::vector<std::uint32_t> seen_in_;  // by precursor: runs
  std::vector<double> consensus_;
  std::vector<bool> is_still_;
};

}  // namespace

double NormalisationCurve::at(double rt_minutes) const {
  if (rt.empty()) return 0;
  const auto next = std::upper_bound(rt.begin(), rt.end(), rt_minutes);
  if (next == rt.begin()) return log2.front();
  if (next == rt.end()) return log2.back();
  const auto k = static_cast<std::size_t>(next - rt.begin());
  const double share = (rt_minutes - rt[k - 1]) / (rt[k] - rt[k - 1]);
  return log2[k - 1] + share * (log2[k] - log2[k - 1]);
}

Result<std::vector<NormalisationCurve>> fit_normalisation(const CohortSource& runs,
                                                          std::size_t precursor_count,
                                                          Normalisation kind,
                                                          std::size_t most_held) {
  if (kind == Normalisation::none || runs.run_count() < 2) {
    NormalisationCurve nothing;
    nothing.method = "none";
    return std::vector<NormalisationCurve>(runs.run_count(), nothing);
  }
  return Normaliser(runs, precursor_count, kind, most_held).fit();
}

}  // namespace overland::quant
