// Normalisation with all quantities of all runs in memory at a time: the twin that tests hold
// fit_normalisation against.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "base/pinned_math.h"
#include "quant/density_mode.h"
#include "quant/normalise.h"
#include "quant/place_runs.h"
#include "quant/smooth_curve.h"

namespace overland::support::whole {

// One row per quantity; columns of one length.
struct WholeColumns {
  std::span<const std::uint32_t> precursor, run;
  std::span<const double> rt, quantity;
};

struct WholeRun {
  std::vector<std::uint32_t> precursor;
  std::vector<double> rt, log2;
};

constexpr std::size_t kAnchors = 25;  // runs of an island that further ones are compared with
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

class Placing {
 public:
  Placing(const std::vector<WholeRun>& runs, std::size_t precursors)
      : runs_(runs), precursors_(precursors), offset_(runs.size(), 0), is_placed_(runs.size()) {}

  std::vector<double> place() {
    std::vector<std::vector<std::size_t>> islands;
    while (true) {
      const std::size_t first = largest_left();
      if (first == runs_.size()) break;
      islands.push_back(grow_island(first));
    }
    std::stable_sort(islands.begin(), islands.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (std::size_t i = 1; i < islands.size(); ++i) {
      join(islands[0], islands[i]);
    }
    return std::move(offset_);
  }

 private:
  struct Link {
    double height = 0, offset = 0;  // of the best comparison so far
  };

  [[nodiscard]] std::size_t largest_left() const {
    std::size_t best = runs_.size();
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (is_placed_[r]) continue;
      if (best == runs_.size() || runs_[r].log2.size() > runs_[best].log2.size()) best = r;
    }
    return best;
  }

  // Ratios of a run to known levels by precursor.
  std::span<const double> ratios_to(const std::vector<double>& levels, std::size_t run) {
    ratios_.clear();
    const WholeRun& rows = runs_[run];
    for (std::size_t k = 0; k < rows.log2.size(); ++k) {
      const double level = levels[rows.precursor[k]];
      if (level == level) ratios_.push_back(rows.log2[k] - level);
    }
    return ratios_;
  }

  // Always the run next whose ratios to a run of the island are most alike.
  std::vector<std::size_t> grow_island(std::size_t first) {
    std::vector<std::size_t> island{first};
    std::vector<Link> link(runs_.size());
    is_placed_[first] = true;
    for (std::size_t next = first; next != runs_.size();) {
      if (island.size() <= kAnchors) compare_with(next, link);
      next = runs_.size();
      for (std::size_t r = 0; r < runs_.size(); ++r) {
        if (is_placed_[r] || link[r].height <= 0) continue;
        if (next == runs_.size() || link[r].height > link[next].height) next = r;
      }
      if (next == runs_.size()) break;
      is_placed_[next] = true;
      offset_[next] = link[next].offset;
      island.push_back(next);
    }
    return island;
  }

  void compare_with(std::size_t anchor, std::vector<Link>& link) {
    std::vector<double> levels(precursors_, kNone);
    for (std::size_t k = 0; k < runs_[anchor].log2.size(); ++k) {
      levels[runs_[anchor].precursor[k]] = runs_[anchor].log2[k] - offset_[anchor];
    }
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (is_placed_[r]) continue;
      const auto ratios = ratios_to(levels, r);
      if (ratios.size() < quant::kLeastShared) continue;
      const quant::DensityMode mode = quant::density_mode(ratios, 0, quant::kModeWidth);
      if (!mode.is_ambiguous && mode.height > link[r].height) link[r] = {mode.height, mode.at};
    }
  }

  [[nodiscard]] std::vector<double> levels_of(const std::vector<std::size_t>& island) const {
    std::vector<std::vector<double>> known(precursors_);
    for (std::size_t i = 0; i < std::min(island.size(), kAnchors); ++i) {
      const WholeRun& rows = runs_[island[i]];
      for (std::size_t k = 0; k < rows.log2.size(); ++k) {
        known[rows.precursor[k]].push_back(rows.log2[k] - offset_[island[i]]);
      }
    }
    std::vector<double> levels(precursors_, kNone);
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (!known[p].empty()) levels[p] = quant::lower_median(known[p]);
    }
    return levels;
  }

  [[nodiscard]] double mean_offset(const std::vector<std::size_t>& island) const {
    double sum = 0;
    for (const std::size_t r : island) sum += offset_[r];
    return sum / static_cast<double>(island.size());
  }

  // Puts the second island where it fits the first, and makes it part of it.
  void join(std::vector<std::size_t>& main, const std::vector<std::size_t>& other) {
    const std::vector<double> to = levels_of(main);
    const std::vector<double> from = levels_of(other);
    ratios_.clear();
    for (std::size_t p = 0; p < precursors_; ++p) {
      const double ratio = from[p] - to[p];
      if (ratio == ratio) ratios_.push_back(ratio);
    }
    const double expected = mean_offset(main) - mean_offset(other);
    const double shift = ratios_.size() < quant::kLeastShared
                             ? expected
                             : quant::density_mode(ratios_, expected, quant::kModeWidth).at;
    for (const std::size_t r : other) offset_[r] += shift;
    main.insert(main.end(), other.begin(), other.end());
  }

  const std::vector<WholeRun>& runs_;
  std::size_t precursors_;
  std::vector<double> offset_;
  std::vector<bool> is_placed_;
  std::vector<double> ratios_;
};

constexpr std::size_t kLeastForCurve = 200;
constexpr std::size_t kPointsPerSegment = 300;  // of the curve
constexpr std::size_t kMostSegments = 12;
constexpr std::size_t kPointsPerMode = 100;  // of a first guess along retention time
constexpr double kStillSpread = 3;           // times the lower quartile of the spreads
constexpr std::size_t kCurvePoints = 60;     // in the result
constexpr int kRounds = 4;

class Normaliser {
 public:
  Normaliser(const WholeColumns& columns, std::size_t runs, quant::Normalisation kind)
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
      WholeRun& run = runs_[columns.run[row]];
      run.precursor.push_back(columns.precursor[row]);
      run.rt.push_back(columns.rt[row]);
      run.log2.push_back(pinned::log2(quantity));
      precursors_ = std::max<std::size_t>(precursors_, columns.precursor[row] + 1U);
    }
  }

  std::vector<quant::NormalisationCurve> fit() {
    is_still_.assign(precursors_, true);
    const std::vector<double> offset = Placing(runs_, precursors_).place();
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

  // The level of each precursor that two runs have at least; NaN of others. The lower of two middle
  // values, not their mean: that would be a level which no run has.
  void find_consensus() {
    std::vector<std::vector<double>> levels(precursors_);
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      for (std::size_t k = 0; k < runs_[r].log2.size(); ++k) {
        levels[runs_[r].precursor[k]].push_back(corrected(r, k));
      }
    }
    consensus_.assign(precursors_, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (levels[p].size() >= 2) consensus_[p] = quant::lower_median(levels[p]);
    }
  }

  // Precursors whose corrected quantities hardly change between the runs.
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
    const WholeRun& rows = runs_[r];
    std::vector<double> rt, ratio;
    for (std::size_t k = 0; k < rows.log2.size(); ++k) {
      const std::uint32_t p = rows.precursor[k];
      if (!is_still_[p] || std::isnan(consensus_[p])) continue;
      rt.push_back(rows.rt[k]);
      ratio.push_back(rows.log2[k] - consensus_[p]);
    }
    quant::NormalisationCurve& curve = curves_[r];
    curve.precursors = ratio.size();
    if (ratio.size() < quant::kLeastShared) {
      curve = {"none", {}, {}, ratio.size(), 0};
      return;
    }
    const std::vector<double> start = first_guess(curve, rt, ratio, is_first);
    std::vector<double> residual(ratio);
    for (std::size_t i = 0; i < ratio.size(); ++i) residual[i] -= start[i];
    curve.residual_sd = spread_of(residual);
    const double scale = std::clamp(curve.residual_sd, 0.02, 1.0);
    if (kind_ == quant::Normalisation::global || ratio.size() < kLeastForCurve) {
      curve.method = "constant";
      curve.rt = {rt.front()};
      curve.log2 = {quant::fit_constant(ratio, start.front(), scale)};
      return;
    }
    curve.method = "curve";
    const std::size_t segments =
        std::clamp<std::size_t>(ratio.size() / kPointsPerSegment, 1, kMostSegments);
    sample(quant::fit_smooth_curve({rt, ratio, start}, segments, scale), curve);
  }

  // Of most of the values: half of them may belong elsewhere.
  static double spread_of(std::vector<double> residual) {
    for (double& v : residual) v = std::abs(v);
    const auto at = residual.begin() + static_cast<std::ptrdiff_t>(residual.size() / 3);
    std::nth_element(residual.begin(), at, residual.end());
    return *at / 0.43;  // a third of normal deviates lie within 0.43 standard deviations
  }

  // At first by clusters of the ratios along retention time; later the curve of the last round.
  std::vector<double> first_guess(const quant::NormalisationCurve& curve,
                                  const std::vector<double>& rt, const std::vector<double>& ratio,
                                  bool is_first) const {
    std::vector<double> guess(ratio.size());
    if (!is_first) {
      for (std::size_t i = 0; i < rt.size(); ++i) guess[i] = curve.at(rt[i]);
      return guess;
    }
    const double whole = curve.at(0);
    if (kind_ == quant::Normalisation::global || ratio.size() < kLeastForCurve) {
      std::fill(guess.begin(), guess.end(), whole);
      return guess;
    }
    quant::NormalisationCurve modes;
    const std::size_t bins = ratio.size() / kPointsPerMode;
    for (std::size_t b = 0; b < bins; ++b) {
      const std::size_t begin = b * ratio.size() / bins;
      const std::size_t end = (b + 1) * ratio.size() / bins;
      modes.rt.push_back(rt[(begin + end) / 2]);
      modes.log2.push_back(
          quant::density_mode({ratio.data() + begin, end - begin}, whole, quant::kModeWidth).at);
    }
    for (std::size_t i = 0; i < rt.size(); ++i) guess[i] = modes.at(rt[i]);
    return guess;
  }

  static void sample(const quant::SmoothCurve& smooth, quant::NormalisationCurve& curve) {
    curve.rt.clear();
    curve.log2.clear();
    for (std::size_t k = 0; k < kCurvePoints; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(kCurvePoints - 1);
      curve.rt.push_back(smooth.low + share * (smooth.high - smooth.low));
      curve.log2.push_back(smooth.at(curve.rt.back()));
    }
  }

  // Runs are made equal to each other, not to the lowest of them.
  void centre() {
    double sum = 0;
    std::size_t count = 0;
    for (const quant::NormalisationCurve& curve : curves_) {
      if (curve.log2.empty()) continue;
      sum += std::accumulate(curve.log2.begin(), curve.log2.end(), 0.0) /
             static_cast<double>(curve.log2.size());
      ++count;
    }
    for (quant::NormalisationCurve& curve : curves_) {
      for (double& v : curve.log2) v -= sum / static_cast<double>(count);
    }
  }

  std::vector<WholeRun> runs_;
  std::vector<quant::NormalisationCurve> curves_;
  quant::Normalisation kind_;
  std::size_t precursors_ = 0;
  std::vector<double> consensus_;
  std::vector<bool> is_still_;
};

inline std::vector<quant::NormalisationCurve> fit(const WholeColumns& columns,
                                                  std::size_t run_count,
                                                  quant::Normalisation kind) {
  if (kind == quant::Normalisation::none || run_count < 2) {
    quant::NormalisationCurve nothing;
    nothing.method = "none";
    return std::vector<quant::NormalisationCurve>(run_count, nothing);
  }
  return Normaliser(columns, run_count, kind).fit();
}

}  // namespace overland::support::whole
