#include "calibrate/collision_energy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "kernel/robust_statistics.h"

namespace overland::calibrate {
namespace {

constexpr double kBreakMz = 500;  // above it the energy no longer depends on m/z
constexpr double kHuber = 1.345;  // 95 % efficiency for normal errors
constexpr std::size_t kTerms = 3;
// Coefficients of min(m, 500) - 500, charge - 2 and 1, which are nearly uncorrelated.
using Terms = std::array<double, kTerms>;

Terms regressors(double mz, int charge) {
  return {std::min(mz, kBreakMz) - kBreakMz, static_cast<double>(charge) - 2, 1};
}

double product(const Terms& a, const Terms& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

// Gaussian elimination with pivoting; terms without data (rows of zeros) get the value 0.
Terms solve(std::array<Terms, kTerms> a, Terms b) {
  for (std::size_t k = 0; k < kTerms; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < kTerms; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    if (std::abs(a[k][k]) < 1e-9) continue;
    for (std::size_t i = 0; i < kTerms; ++i) {
      if (i == k) continue;
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = 0; j < kTerms; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  Terms x{};
  for (std::size_t k = 0; k < kTerms; ++k) x[k] = std::abs(a[k][k]) < 1e-9 ? 0 : b[k] / a[k][k];
  return x;
}

struct Wanted {
  bool slope = false, charge = false;
  [[nodiscard]] Terms of(const EnergyPoint& p) const {
    Terms t = regressors(p.mz, p.charge);
    if (!slope) t[0] = 0;
    if (!charge) t[1] = 0;
    return t;
  }
};

// The slope is fitted if enough precursors have m/z < 500, the charge term if two charges have
// enough points.
Wanted wanted_terms(std::span<const EnergyPoint> points, const EnergySettings& settings) {
  std::map<int, std::size_t> per_charge;
  std::size_t light = 0;
  for (const EnergyPoint& p : points) {
    ++per_charge[p.charge];
    light += p.mz < kBreakMz - 20 ? 1U : 0U;
  }
  const auto enough = std::count_if(per_charge.begin(), per_charge.end(), [&](const auto& entry) {
    return entry.second >= settings.min_per_charge;
  });
  return {light >= 2 * settings.min_per_charge, enough >= 2};
}

// Weights limited to four times the median weight, so that a few precursors cannot dominate the
// fit.
std::vector<double> capped_weights(std::span<const EnergyPoint> points) {
  std::vector<double> weight;
  for (const EnergyPoint& p : points) weight.push_back(p.weight);
  const double limit = 4 * kernel::median_of(weight);
  for (double& w : weight) w = std::min(w, limit);
  return weight;
}

Terms fit_terms(std::span<const EnergyPoint> points, const Wanted& wanted) {
  const std::vector<double> prior = capped_weights(points);
  std::vector<double> energies;
  for (const EnergyPoint& p : points) energies.push_back(p.energy);
  Terms terms{0, 0, kernel::median_of(std::move(energies))};
  for (int round = 0; round < 12; ++round) {
    std::vector<double> r;
    for (const EnergyPoint& p : points) r.push_back(p.energy - product(terms, wanted.of(p)));
    const double limit = kHuber * std::max(kernel::robust_sd(r), 1e-6);
    std::array<Terms, kTerms> a{};
    Terms b{};
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Terms x = wanted.of(points[i]);
      const double w = prior[i] * std::min(1.0, limit / std::max(std::abs(r[i]), 1e-12));
      for (std::size_t s = 0; s < kTerms; ++s) {
        for (std::size_t t = 0; t < kTerms; ++t) a[s][t] += w * x[s] * x[t];
        b[s] += w * x[s] * points[i].energy;
      }
    }
    terms = solve(a, b);
  }
  return terms;
}

}  // namespace

double EnergyModel::at(double mz, int charge) const {
  return std::clamp(slope * std::min(mz, kBreakMz) + per_charge * charge + constant, low, high);
}

std::optional<BestEnergy> best_energy(std::span<const double> energies,
                                      std::span<const double> similarity) {
  if (energies.size() < 3) return std::nullopt;
  const auto top = static_cast<std::size_t>(std::max_element(similarity.begin(), similarity.end()) -
                                            similarity.begin());
  if (top == 0 || top + 1 == similarity.size()) return std::nullopt;
  const double step = energies[top + 1] - energies[top];
  const double left = similarity[top - 1];
  const double right = similarity[top + 1];
  const double bend = 2 * similarity[top] - left - right;
  if (!(bend > 1e-9)) return std::nullopt;
  return BestEnergy{energies[top] + 0.5 * step * (right - left) / bend, bend / (step * step)};
}

EnergyModel fit_energy(std::span<const EnergyPoint> points, double fallback, double low,
                       double high, const EnergySettings& settings) {
  EnergyModel model;
  model.points = points.size();
  model.low = low;
  model.high = high;
  model.constant = std::clamp(fallback, low, high);
  if (points.size() < std::max<std::size_t>(settings.min_constant, 1)) return model;
  model.source = ModelSource::run;
  const bool is_plane = points.size() >= settings.min_plane;
  const Wanted wanted = is_plane ? wanted_terms(points, settings) : Wanted{};
  model.method = wanted.slope || wanted.charge ? EnergyMethod::plane : EnergyMethod::constant;
  const Terms terms = fit_terms(points, wanted);
  model.slope = terms[0];
  model.per_charge = terms[1];
  model.constant = terms[2] - kBreakMz * terms[0] - 2 * terms[1];
  std::vector<double> r;
  for (const EnergyPoint& p : points) r.push_back(p.energy - model.at(p.mz, p.charge));
  model.quality = kernel::robust_sd(std::move(r));
  return model;
}

}  // namespace overland::calibrate
