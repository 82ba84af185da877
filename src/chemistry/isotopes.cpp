#include "chemistry/isotopes.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"
#include "chemistry/elements.h"

namespace overland {
namespace {

using Polynomial = std::array<double, kIsotopeCount>;

Polynomial multiply(const Polynomial& a, const Polynomial& b) {
  Polynomial product{};
  for (std::size_t i = 0; i < kIsotopeCount; ++i) {
    for (std::size_t j = 0; i + j < kIsotopeCount; ++j) product[i + j] += a[i] * b[j];
  }
  return product;
}

// base^count by squaring. Truncation is exact: a term of order k only needs terms up to order k.
Polynomial power(Polynomial base, std::int32_t count) {
  Polynomial result{1, 0, 0, 0, 0};
  for (; count > 0; count >>= 1) {
    if ((count & 1) != 0) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

// Averagine: atoms per unit of 111.0543 Da monoisotopic (Senko, Beu, McLafferty 1995).
constexpr double kAveragineCarbon = 4.9384;
constexpr double kAveragineHydrogen = 7.7583;
constexpr double kAveragineNitrogen = 1.3577;
constexpr double kAveragineOxygen = 1.4773;
constexpr double kAveragineSulfur = 0.0417;
// Logarithm L of a polynomial with positive constant term: n L_n = n q_n - sum_{k<n} k L_k q_(n-k),
// where q is the polynomial divided by its constant term.
IsotopeSeries log_series(const IsotopeAbundance& abundance) {
  IsotopeSeries series{};
  series[0] = pinned::log(abundance[0]);
  for (std::size_t n = 1; n < kIsotopeCount; ++n) {
    double sum = static_cast<double>(n) * abundance[n] / abundance[0];
    for (std::size_t k = 1; k < n; ++k) {
      sum -= static_cast<double>(k) * series[k] * abundance[n - k] / abundance[0];
    }
    series[n] = sum / static_cast<double>(n);
  }
  return series;
}

struct Atoms {
  double carbon, hydrogen, nitrogen, oxygen, sulfur;
};

IsotopeSeries series_of(const Atoms& atoms) {
  static const IsotopeSeries kCarbon = log_series(kCarbonIsotopes);
  static const IsotopeSeries kHydrogen = log_series(kHydrogenIsotopes);
  static const IsotopeSeries kNitrogen = log_series(kNitrogenIsotopes);
  static const IsotopeSeries kOxygen = log_series(kOxygenIsotopes);
  static const IsotopeSeries kSulfur = log_series(kSulfurIsotopes);
  IsotopeSeries sum{};
  for (std::size_t k = 0; k < kIsotopeCount; ++k) {
    sum[k] = atoms.carbon * kCarbon[k] + atoms.hydrogen * kHydrogen[k] +
             atoms.nitrogen * kNitrogen[k] + atoms.oxygen * kOxygen[k] + atoms.sulfur * kSulfur[k];
  }
  return sum;
}

constexpr double kAveragineMass = kAveragineCarbon * kCarbonMass +
                                  kAveragineHydrogen * kHydrogenMass +
                                  kAveragineNitrogen * kNitrogenMass +
                                  kAveragineOxygen * kOxygenMass + kAveragineSulfur * kSulfurMass;

}  // namespace

Composition averagine_composition(double neutral_mass) {
  const double units = neutral_mass / kAveragineMass;
  const auto atoms = [&](double per_unit) {
    return static_cast<std::int32_t>(std::lround(units * per_unit));
  };
  Composition result{atoms(kAveragineCarbon), 0, atoms(kAveragineNitrogen), atoms(kAveragineOxygen),
                     atoms(kAveragineSulfur), 0};
  const double rest = neutral_mass - monoisotopic_mass(result);
  result.hydrogen = static_cast<std::int32_t>(std::lround(rest / kHydrogenMass));
  return result;
}

IsotopeDistribution isotope_distribution(const Composition& composition) {
  Polynomial product = power(kCarbonIsotopes, composition.carbon);
  product = multiply(product, power(kHydrogenIsotopes, composition.hydrogen));
  product = multiply(product, power(kNitrogenIsotopes, composition.nitrogen));
  product = multiply(product, power(kOxygenIsotopes, composition.oxygen));
  product = multiply(product, power(kSulfurIsotopes, composition.sulfur));
  IsotopeDistribution distribution{};
  for (std::size_t k = 0; k < kIsotopeCount; ++k) distribution[k] = static_cast<float>(product[k]);
  return distribution;
}

IsotopeDistribution averagine_distribution(double neutral_mass) {
  return isotope_distribution(averagine_composition(std::max(neutral_mass, 0.0)));
}

IsotopeSeries isotope_series(const Composition& atoms) {
  return series_of({static_cast<double>(atoms.carbon), static_cast<double>(atoms.hydrogen),
                    static_cast<double>(atoms.nitrogen), static_cast<double>(atoms.oxygen),
                    static_cast<double>(atoms.sulfur)});
}

IsotopeSeries averagine_series(double neutral_mass) {
  static const IsotopeSeries kPerDalton = [] {
    IsotopeSeries unit = series_of({kAveragineCarbon, kAveragineHydrogen, kAveragineNitrogen,
                                    kAveragineOxygen, kAveragineSulfur});
    for (double& term : unit) term /= kAveragineMass;
    return unit;
  }();
  IsotopeSeries series = kPerDalton;
  for (double& term : series) term *= neutral_mass;
  return series;
}

// The exponential of a series: n q_n = sum_{k=1..n} k L_k q_(n-k).
std::array<double, kIsotopeCount> relative_isotopes(const IsotopeSeries& series) {
  std::array<double, kIsotopeCount> q{1};
  for (std::size_t n = 1; n < kIsotopeCount; ++n) {
    for (std::size_t k = 1; k <= n; ++k) {
      q[n] += static_cast<double>(k) * series[k] * q[n - k] / static_cast<double>(n);
    }
  }
  return q;
}

}  // namespace overland
