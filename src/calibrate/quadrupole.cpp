#include "calibrate/quadrupole.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"

namespace overland::calibrate {
namespace {

constexpr double kLn9 = 2.1972245773362196;
constexpr double kLeast = 1e-3;      // T below this counts as 0, T above 1 - this as 1
constexpr double kLeakage = 2e-3;    // added to both transmissions of a ratio: T is never exactly 0
constexpr double kSmallestA = 0.05;  // Th

double inverse_sinh(double x) {
  return pinned::log(x + std::sqrt(x * x + 1));
}

}  // namespace

WindowTransmission::Side WindowTransmission::make_side(const QuadrupoleEdge& edge,
                                                       double half_width) {
  const double a = std::max(half_width + edge.offset_mz, kSmallestA);
  if (edge.width_mz <= 0) return {1 / a, 0, a, a};
  const double two_b = kLn9 / inverse_sinh(0.5 * edge.width_mz / a);
  const double stretch = pinned::pow(1 / kLeast - 1, 1 / two_b);
  return {1 / a, two_b, a / stretch, a * stretch};
}

WindowTransmission::WindowTransmission(const QuadrupoleModel& model, double low_mz, double high_mz)
    : centre_(0.5 * (low_mz + high_mz)),
      sides_{make_side(model.low, 0.5 * (high_mz - low_mz)),
             make_side(model.high, 0.5 * (high_mz - low_mz))} {}

double WindowTransmission::at(double mz) const {
  const Side& side = sides_[mz < centre_ ? 0 : 1];
  const double x = std::abs(mz - centre_);
  if (x <= side.inner) return 1;
  if (x >= side.reach) return 0;
  return 1 / (1 + pinned::pow(x * side.inverse_a, side.two_b));
}

kernel::IsotopeTransmission WindowTransmission::isotopes(double mz, double spacing) const {
  kernel::IsotopeTransmission t{};
  for (std::size_t k = 0; k < t.size(); ++k) t[k] = at(mz + static_cast<double>(k) * spacing);
  return t;
}

double expected_log_ratio(const SplitIsotopeRow& row, const QuadrupoleModel& model) {
  const WindowTransmission window(model, row.low_mz, row.high_mz);
  const kernel::IsotopeTransmission t = window.isotopes(row.precursor_mz, row.spacing);
  double lighter = kLeakage;
  double heavier = kLeakage;
  for (std::size_t c = 0; row.isotope + c < t.size(); ++c) {
    lighter += row.complement[c] * t[row.isotope + c];
    if (row.isotope + c + 1 < t.size()) heavier += row.complement[c] * t[row.isotope + c + 1];
  }
  return pinned::log(row.own_ratio * heavier / lighter);
}

namespace {

using Parameters = std::array<double, 4>;  // offset and ln width: low edge, then high edge

QuadrupoleModel model_of(const Parameters& p) {
  QuadrupoleModel model;
  model.low = {p[0], pinned::exp(p[1])};
  model.high = {p[2], pinned::exp(p[3])};
  return model;
}

double residual(const SplitIsotopeRow& row, const QuadrupoleModel& model) {
  const double r = row.log_ratio - expected_log_ratio(row, model);
  if (row.seen == SplitIsotopeRow::Seen::lighter_only) return std::min(r, 0.0);
  if (row.seen == SplitIsotopeRow::Seen::heavier_only) return std::max(r, 0.0);
  return r;
}

// Whether a precursor isotope that contributes to the ratio lies near the edge.
bool is_near(const SplitIsotopeRow& row, double edge_mz) {
  constexpr double kNear = 0.6;  // Th
  for (std::size_t k = row.isotope; k < row.isotope + 3U; ++k) {
    const double mz = row.precursor_mz + static_cast<double>(k) * row.spacing;
    if (std::abs(mz - edge_mz) < kNear) return true;
  }
  return false;
}

class Fit {
 public:
  Fit(std::span<const SplitIsotopeRow> rows, const QuadrupoleSettings& settings)
      : rows_(rows), settings_(settings) {}

  Parameters run() const {
    Parameters best = start();
    double cost = cost_of(best);
    double damping = 1e-2;
    for (int step = 0; step < 40 && damping < 1e8; ++step) {
      const Parameters next = improve(best, damping);
      const double next_cost = cost_of(next);
      if (next_cost < cost) {
        const bool is_done = cost - next_cost < 1e-7 * cost;
        best = next;
        cost = next_cost;
        damping *= 0.2;
        if (is_done) break;
      } else {
        damping *= 6;
      }
    }
    return best;
  }

  std::vector<double> residuals(const QuadrupoleModel& model) const {
    std::vector<double> all;
    for (const SplitIsotopeRow& row : rows_) {
      if (row.seen == SplitIsotopeRow::Seen::both) all.push_back(residual(row, model));
    }
    return all;
  }

 private:
  static double default_log_width() { return pinned::log(QuadrupoleEdge{}.width_mz); }
  double inverse_variance(const SplitIsotopeRow& row) const {
    return 1 / (row.variance + settings_.scatter * settings_.scatter);
  }
  double prior(const Parameters& p) const {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); i += 2) {
      const double offset = p[i] / settings_.offset_prior_sd;
      const double width = (p[i + 1] - default_log_width()) / settings_.log_width_prior_sd;
      sum += offset * offset + width * width;
    }
    return sum;
  }
  double cost_of(const Parameters& p) const {
    constexpr double kCauchy = 2;
    const QuadrupoleModel model = model_of(p);
    double sum = prior(p);
    for (const SplitIsotopeRow& row : rows_) {
      const double r = residual(row, model);
      sum +=
          kCauchy * kCauchy * pinned::log(1 + r * r * inverse_variance(row) / (kCauchy * kCauchy));
    }
    return sum;
  }

  // The loss has several minima, so the fit starts at the best point of a coarse grid.
  Parameters start() const {
    Parameters best{0, default_log_width(), 0, default_log_width()};
    for (const std::size_t side : {0U, 2U}) {
      double least = cost_of(best);
      const Parameters base = best;
      for (const double offset : {-0.4, -0.2, 0.0, 0.2, 0.4}) {
        for (const double width : {0.1, 0.4, 1.0}) {
          Parameters candidate = base;
          candidate[side] = offset;
          candidate[side + 1] = pinned::log(width);
          const double cost = cost_of(candidate);
          if (cost < least) {
            least = cost;
            best = candidate;
          }
        }
      }
    }
    return best;
  }

  // One damped Gauss-Newton step of the iteratively reweighted least squares, with derivatives by
  // finite differences.
  Parameters improve(const Parameters& p, double damping) const {
    constexpr double kStep = 1e-3;
    std::array<QuadrupoleModel, 4> moved;
    for (std::size_t i = 0; i < 4; ++i) {
      Parameters q = p;
      q[i] += kStep;
      moved[i] = model_of(q);
    }
    const QuadrupoleModel model = model_of(p);
    std::array<std::array<double, 5>, 4> system{};
    for (const SplitIsotopeRow& row : rows_) {
      const double r = residual(row, model);
      if (r == 0) continue;
      const double w = inverse_variance(row) / (1 + r * r * inverse_variance(row) / 4);
      const double expected = expected_log_ratio(row, model);
      std::array<double, 4> slope{};
      for (std::size_t i = 0; i < 4; ++i) {
        slope[i] = (expected_log_ratio(row, moved[i]) - expected) / kStep;
      }
      for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) system[i][j] += w * slope[i] * slope[j];
        system[i][4] += w * slope[i] * r;
      }
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool is_offset = i % 2 == 0;
      const double sd = is_offset ? settings_.offset_prior_sd : settings_.log_width_prior_sd;
      system[i][i] += 1 / (sd * sd);
      system[i][4] -= (p[i] - (is_offset ? 0 : default_log_width())) / (sd * sd);
      system[i][i] *= 1 + damping;
    }
    return step_from(p, system);
  }

  // Gaussian elimination of a positive definite 4 x 4 system; steps are limited to the range in
  // which the linearisation holds.
  static Parameters step_from(const Parameters& p, std::array<std::array<double, 5>, 4>& a) {
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t r = i + 1; r < 4; ++r) {
        const double factor = a[r][i] / a[i][i];
        for (std::size_t c = i; c < 5; ++c) a[r][c] -= factor * a[i][c];
      }
    }
    Parameters next = p;
    std::array<double, 4> delta{};
    for (std::size_t i = 4; i-- > 0;) {
      double sum = a[i][4];
      for (std::size_t c = i + 1; c < 4; ++c) sum -= a[i][c] * delta[c];
      delta[i] = sum / a[i][i];
      next[i] += std::clamp(delta[i], i % 2 == 0 ? -0.2 : -0.7, i % 2 == 0 ? 0.2 : 0.7);
    }
    for (const std::size_t i : {1U, 3U}) next[i] = std::clamp(next[i], -4.0, 1.2);
    return next;
  }

  std::span<const SplitIsotopeRow> rows_;
  const QuadrupoleSettings& settings_;
};

}  // namespace

QuadrupoleModel fit_quadrupole(std::span<const SplitIsotopeRow> rows,
                               const QuadrupoleSettings& settings) {
  std::vector<SplitIsotopeRow> near;
  std::size_t low = 0;
  std::size_t high = 0;
  for (const SplitIsotopeRow& row : rows) {
    const bool is_low = is_near(row, row.low_mz);
    const bool is_high = is_near(row, row.high_mz);
    low += is_low ? 1U : 0U;
    high += is_high ? 1U : 0U;
    if (is_low || is_high) near.push_back(row);
  }
  QuadrupoleModel fallback;
  fallback.rows = near.size();
  if (near.size() < settings.min_rows) return fallback;
  if (std::min(low, high) < settings.min_rows_per_side) return fallback;
  const Fit fit(near, settings);
  QuadrupoleModel model = model_of(fit.run());
  model.rows = near.size();
  model.residual_sd = kernel::robust_sd(fit.residuals(model));
  const double largest = std::max(std::abs(model.low.offset_mz), std::abs(model.high.offset_mz));
  if (largest > settings.largest_offset) return fallback;
  model.method = QuadrupoleMethod::fitted;
  return model;
}

}  // namespace overland::calibrate
