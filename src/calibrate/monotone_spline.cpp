#include "calibrate/monotone_spline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"

namespace overland::calibrate {
namespace {

constexpr std::size_t kTerms = 4;
constexpr std::size_t kStepsPerInterval = 12;  // segments of the polyline
constexpr double kBisquare = 4.685;            // Tukey's constant: 95 % efficiency, normal errors

// Clamped knot vector on [0, 1]: both ends are repeated four times.
class Knots {
 public:
  Knots(std::span<const double> x01, std::size_t intervals) {
    at_.assign(kTerms, 0.0);
    const double least = 0.2 / static_cast<double>(intervals);
    for (std::size_t k = 1; k < intervals; ++k) {
      const double q = x01[k * (x01.size() - 1) / intervals];
      if (q - at_.back() >= least && 1 - q >= least) at_.push_back(q);
    }
    at_.insert(at_.end(), kTerms, 1.0);
  }
  [[nodiscard]] std::size_t coefficients() const { return at_.size() - kTerms; }
  [[nodiscard]] std::size_t interval_of(double x) const {
    const auto above = std::upper_bound(at_.begin() + 3, at_.end() - 4, x);
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - at_.begin() - 1, 3));
  }
  // The four basis functions of the interval (index of its left knot), by de Boor's recursion.
  [[nodiscard]] std::array<double, kTerms> basis(double x, std::size_t left) const {
    std::array<double, kTerms> b{1, 0, 0, 0};
    for (std::size_t degree = 1; degree < kTerms; ++degree) {
      double saved = 0;
      for (std::size_t r = 0; r < degree; ++r) {
        const double right_knot = at_[left + r + 1];
        const double left_knot = at_[left + 1 + r - degree];
        const double share = b[r] / (right_knot - left_knot);
        b[r] = saved + (right_knot - x) * share;
        saved = (x - left_knot) * share;
      }
      b[degree] = saved;
    }
    return b;
  }
  // Position at which coefficient i has its largest effect.
  [[nodiscard]] double center(std::size_t i) const {
    return (at_[i + 1] + at_[i + 2] + at_[i + 3]) / 3;
  }
  [[nodiscard]] std::span<const double> all() const { return at_; }

 private:
  std::vector<double> at_;
};

class Square {
 public:
  explicit Square(std::size_t n) : n_(n), v_(n * n, 0.0) {}
  double& operator()(std::size_t i, std::size_t j) { return v_[i * n_ + j]; }
  double operator()(std::size_t i, std::size_t j) const { return v_[i * n_ + j]; }
  [[nodiscard]] std::size_t size() const { return n_; }
  void add(const Square& other, double factor) {
    for (std::size_t i = 0; i < v_.size(); ++i) v_[i] += factor * other.v_[i];
  }
  [[nodiscard]] double trace() const {
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i) sum += (*this)(i, i);
    return sum;
  }

 private:
  std::size_t n_;
  std::vector<double> v_;
};

// Cholesky factorisation in place (lower triangle); vanishing pivots are replaced by a small value.
void factorise(Square& a) {
  const double least = 1e-12 * std::max(a.trace(), 1e-300);
  for (std::size_t j = 0; j < a.size(); ++j) {
    for (std::size_t i = j; i < a.size(); ++i) {
      double sum = a(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= a(i, k) * a(j, k);
      a(i, j) = i == j ? std::sqrt(std::max(sum, least)) : sum / a(j, j);
    }
  }
}

void solve(const Square& factor, std::span<double> b) {
  const std::size_t n = factor.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= factor(i, k) * b[k];
    b[i] /= factor(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= factor(k, i) * b[k];
    b[i] /= factor(i, i);
  }
}

class SplineFit {
 public:
  SplineFit(std::span<const double> x01, std::span<const double> y, std::size_t intervals)
      : y_(y), knots_(x01, intervals), penalty_(knots_.coefficients()), weight_(y.size(), 1.0) {
    for (const double x : x01) {
      left_.push_back(knots_.interval_of(x));
      basis_.push_back(knots_.basis(x, left_.back()));
    }
    make_penalty();
  }

  std::vector<double> run() {
    double lambda = 1e-4;
    std::vector<double> c = fit(lambda);
    for (int round = 0; round < 6; ++round) {
      reweigh(c);
      if (round == 2) lambda = best_lambda();
      c = fit(lambda);
    }
    // Removes the small decreases that the penalty leaves.
    return kernel::isotonic_fit(c, std::vector<double>(c.size(), 1.0));
  }

  [[nodiscard]] const Knots& knots() const { return knots_; }
  [[nodiscard]] static double value(const Knots& knots, std::span<const double> c, double x) {
    const std::size_t left = knots.interval_of(x);
    const auto b = knots.basis(x, left);
    double sum = 0;
    for (std::size_t t = 0; t < kTerms; ++t) sum += b[t] * c[left - 3 + t];
    return sum;
  }

 private:
  // Squared second divided differences of the coefficients at their positions, an approximation of
  // the integral of the squared second derivative.
  void make_penalty() {
    const std::size_t n = knots_.coefficients();
    for (std::size_t i = 0; i + 2 < n; ++i) {
      const double g1 = knots_.center(i + 1) - knots_.center(i);
      const double g2 = knots_.center(i + 2) - knots_.center(i + 1);
      const double span = 0.5 * (g1 + g2);
      const std::array<double, 3> d{1 / g1 / span, -(1 / g1 + 1 / g2) / span, 1 / g2 / span};
      for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t b = 0; b < 3; ++b) penalty_(i + a, i + b) += span * d[a] * d[b];
      }
    }
  }

  [[nodiscard]] Square normal_matrix() const {
    Square a(knots_.coefficients());
    for (std::size_t i = 0; i < y_.size(); ++i) {
      for (std::size_t s = 0; s < kTerms; ++s) {
        for (std::size_t t = 0; t < kTerms; ++t)
          a(left_[i] - 3 + s, left_[i] - 3 + t) += weight_[i] * basis_[i][s] * basis_[i][t];
      }
    }
    return a;
  }

  [[nodiscard]] std::vector<double> right_side() const {
    std::vector<double> b(knots_.coefficients(), 0.0);
    for (std::size_t i = 0; i < y_.size(); ++i) {
      for (std::size_t t = 0; t < kTerms; ++t)
        b[left_[i] - 3 + t] += weight_[i] * y_[i] * basis_[i][t];
    }
    return b;
  }

  // Scales `lambda` by the weight of the data, which makes it dimensionless.
  [[nodiscard]] double scaled(double lambda, const Square& normal) const {
    return lambda * normal.trace() / std::max(penalty_.trace(), 1e-300);
  }

  // Penalises decreasing steps until none is left (Eilers 2005) or the rounds are used up.
  [[nodiscard]] std::vector<double> fit(double lambda) const {
    Square a = normal_matrix();
    const double against_falling = 1e4 * a.trace() / static_cast<double>(a.size());
    a.add(penalty_, scaled(lambda, a));
    const std::vector<double> b = right_side();
    std::vector<std::uint8_t> falls(b.size(), 0);
    std::vector<double> c;
    for (int round = 0; round < 15; ++round) {
      Square with = a;
      for (std::size_t i = 0; i + 1 < b.size(); ++i) {
        if (falls[i] == 0) continue;
        with(i, i) += against_falling;
        with(i + 1, i + 1) += against_falling;
        with(i, i + 1) -= against_falling;
        with(i + 1, i) -= against_falling;
      }
      factorise(with);
      c = b;
      solve(with, c);
      bool is_new = false;
      for (std::size_t i = 0; i + 1 < c.size(); ++i) {
        if (c[i + 1] >= c[i] || falls[i] != 0) continue;
        falls[i] = 1;
        is_new = true;
      }
      if (!is_new) break;
    }
    return c;
  }

  [[nodiscard]] double residual(std::span<const double> c, std::size_t i) const {
    double sum = y_[i];
    for (std::size_t t = 0; t < kTerms; ++t) sum -= basis_[i][t] * c[left_[i] - 3 + t];
    return sum;
  }

  void reweigh(std::span<const double> c) {
    std::vector<double> r(y_.size());
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = std::abs(residual(c, i));
    const double limit = kBisquare * std::max(1.4826 * kernel::median_of(r), 1e-12);
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double u = r[i] / limit;
      weight_[i] = u < 1 ? (1 - u * u) * (1 - u * u) : 0;
    }
  }

  // The lambda with the lowest generalised cross-validation score for the present weights.
  [[nodiscard]] double best_lambda() const {
    const Square normal = normal_matrix();
    const std::vector<double> b = right_side();
    double total = 0;
    for (const double w : weight_) total += w;
    double best = 1e-4;
    double best_score = -1;
    for (double lambda = 1e-8; lambda < 0.2; lambda *= 10) {
      Square a = normal;
      a.add(penalty_, scaled(lambda, normal));
      factorise(a);
      std::vector<double> c = b;
      solve(a, c);
      double squares = 0;
      for (std::size_t i = 0; i < y_.size(); ++i)
        squares += weight_[i] * residual(c, i) * residual(c, i);
      const double freedom = total - degrees(a, normal);
      if (freedom <= 1) continue;
      const double score = squares / (freedom * freedom);
      if (best_score >= 0 && score >= best_score) continue;
      best_score = score;
      best = lambda;
    }
    return best;
  }

  // Effective degrees of freedom: the trace of (A + P)^-1 A.
  static double degrees(const Square& factor, const Square& normal) {
    double sum = 0;
    std::vector<double> column(normal.size());
    for (std::size_t j = 0; j < normal.size(); ++j) {
      for (std::size_t i = 0; i < normal.size(); ++i) column[i] = normal(i, j);
      solve(factor, column);
      sum += column[j];
    }
    return sum;
  }

  std::span<const double> y_;
  Knots knots_;
  Square penalty_;
  std::vector<double> weight_;
  std::vector<std::size_t> left_;
  std::vector<std::array<double, kTerms>> basis_;
};

// Adds knots far outside the data, on lines with the limited slopes of the ends.
void extend(std::vector<double>& x, std::vector<double>& y) {
  const double length = x.back() - x.front();
  const double mean = (y.back() - y.front()) / length;
  const auto bounded = [&](double slope) { return std::clamp(slope, 0.25 * mean, 4 * mean); };
  const std::size_t n = x.size();
  const double first = bounded((y[1] - y[0]) / (x[1] - x[0]));
  const double last = bounded((y[n - 1] - y[n - 2]) / (x[n - 1] - x[n - 2]));
  x.insert(x.begin(), x.front() - length);
  y.insert(y.begin(), y.front() - length * first);
  x.push_back(x.back() + length);
  y.push_back(y.back() + length * last);
}

}  // namespace

std::optional<PiecewiseLinear> fit_monotone_spline(std::span<const double> x,
                                                   std::span<const double> y,
                                                   const SplineFitSettings& settings) {
  if (x.size() < 8) return std::nullopt;
  const double low = x.front();
  const double length = x.back() - low;
  if (!(length > 0)) return std::nullopt;
  std::vector<double> x01;
  for (const double v : x) x01.push_back((v - low) / length);
  const std::size_t intervals =
      std::clamp<std::size_t>(x.size() / settings.points_per_interval, 1, settings.max_intervals);
  SplineFit fit(x01, y, intervals);
  const std::vector<double> c = fit.run();
  std::vector<double> knot_x;
  std::vector<double> knot_y;
  const std::span<const double> knots = fit.knots().all();
  for (std::size_t k = 3; k + 4 < knots.size(); ++k) {
    for (std::size_t s = 0; s < kStepsPerInterval; ++s) {
      const double u = knots[k] + (knots[k + 1] - knots[k]) * static_cast<double>(s) /
                                      static_cast<double>(kStepsPerInterval);
      knot_x.push_back(low + length * u);
      knot_y.push_back(SplineFit::value(fit.knots(), c, u));
    }
  }
  knot_x.push_back(low + length);
  knot_y.push_back(c.back());
  // Rounding errors must not make the curve decrease.
  for (std::size_t i = 1; i < knot_y.size(); ++i) knot_y[i] = std::max(knot_y[i], knot_y[i - 1]);
  extend(knot_x, knot_y);
  return PiecewiseLinear(std::move(knot_x), std::move(knot_y));
}

}  // namespace overland::calibrate
