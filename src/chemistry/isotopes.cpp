#include "chemistry/isotopes.h"

#include <algorithm>
#include <cmath>

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

}  // namespace overland
