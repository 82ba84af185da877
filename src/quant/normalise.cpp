#include "quant/normalise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/pinned_math.h"
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
constexpr double kModeWidth = 0.2;           // log2; about the noise between two runs
constexpr double kStillSpread = 3;           // stable: spread below 3 x the lower quartile
constexpr std::size_t kRunsToPlaceBy = 15;   // runs whose median is a run's initial reference
constexpr std::size_t kCurvePoints = 60;     // points of the returned curve
constexpr int kRounds = 4;

class Normaliser {
 public:
  Normaliser(const NormalisationColumns& columns, std::size_t runs, Normalisation kind)
      : runs_(runs), curves_(runs), kind_(kind) {
    std::vector<std::uint32_t> order(columns.run.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return columns.rt[a] != columns.rt[b] ? columns.rt[a] < columns.rt[b]
                                            : columns.precursor[a] < columns.precursor[b];
    });
    for (const std::uint32_t row : order) {
      const double quantity = columns.quantity[row];
      if (!(quantity > 0) || !std::isfinite(quantity) || !std::isfinite(columns.rt[row])) continue;
      RunQuantities& run = runs_[columns.run[row]];
      run.precursor.push_back(columns.precursor[row]);
      run.rt.push_back(columns.rt[row]);
      run.log2.push_back(pinned::log2(quantity));
      precursors_ = std::max<std::size_t>(precursors_, columns.precursor[row] + 1U);
    }
  }

  std::vector<NormalisationCurve> fit() {
    is_still_.assign(precursors_, true);
    const std::vector<double> offset = place_runs(runs_, precursors_);
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      curves_[r].rt = {0};
      curves_[r].log2 = {offset[r]};
    }
    for (int round = 0; round < kRounds; ++round) {
      find_consensus();
      find_still_ones();
      for (std::size_t r = 0; r < runs_.size(); ++r) fit_run(r, round == 0);
      centre();
    }
    return std::move(curves_);
  }

 private:
  [[nodiscard]] double corrected(std::size_t run, std::size_t row) const {
    return runs_[run].log2[row] - curves_[run].at(runs_[run].rt[row]);
  }

  // Level of each precursor observed in at least two runs; NaN for others. It is the lower median,
  // because the mean of the two middle values would be a level that no run has.
  void find_consensus() {
    std::vector<std::vector<double>> levels(precursors_);
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      for (std::size_t k = 0; k < runs_[r].log2.size(); ++k) {
        levels[runs_[r].precursor[k]].push_back(corrected(r, k));
      }
    }
    consensus_.assign(precursors_, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (levels[p].size() >= 2) consensus_[p] = lower_median(levels[p]);
    }
  }

  // Finds the stable precursors: their corrected quantities hardly change between the runs.
  void find_still_ones() {
    std::vector<double> squares(precursors_, 0), count(precursors_, 0);
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      for (std::size_t k = 0; k < runs_[r].log2.size(); ++k) {
        const double d = corrected(r, k) - consensus_[runs_[r].precursor[k]];
        if (std::isnan(d)) continue;
        squares[runs_[r].precursor[k]] += d * d;
        count[runs_[r].precursor[k]] += 1;
      }
    }
    std::vector<double> spreads;
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (count[p] > 0) spreads.push_back(std::sqrt(squares[p] / count[p]));
    }
    if (spreads.empty()) return;
    const auto quartile = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 4);
    std::nth_element(spreads.begin(), quartile, spreads.end());
    const double most = std::max(kStillSpread * *quartile, 1e-6);
    for (std::size_t p = 0; p < precursors_; ++p) {
      is_still_[p] = count[p] > 0 && std::sqrt(squares[p] / count[p]) <= most;
    }
  }

  void fit_run(std::size_t r, bool is_first) {
    const RunQuantities& rows = runs_[r];
    std::vector<double> rt, ratio;
    for (std::size_t k = 0; k < rows.log2.size(); ++k) {
      const std::uint32_t p = rows.precursor[k];
      if (!is_still_[p] || std::isnan(consensus_[p])) continue;
      rt.push_back(rows.rt[k]);
      ratio.push_back(rows.log2[k] - consensus_[p]);
    }
    NormalisationCurve& curve = curves_[r];
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

  std::vector<RunQuantities> runs_;
  std::vector<NormalisationCurve> curves_;
  Normalisation kind_;
  std::size_t precursors_ = 0;
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

std::vector<NormalisationCurve> fit_normalisation(const NormalisationColumns& columns,
                                                  std::size_t run_count, Normalisation kind) {
  if (kind == Normalisation::none || run_count < 2) {
    NormalisationCurve nothing;
    nothing.method = "none";
    return std::vector<NormalisationCurve>(run_count, nothing);
  }
  return Normaliser(columns, run_count, kind).fit();
}

}  // namespace overland::quant
