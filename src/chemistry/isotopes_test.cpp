#include "chemistry/isotopes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "chemistry/elements.h"

namespace overland {
namespace {

// The slow twin: one atom after the other, with a list long enough to lose nothing.
std::vector<double> atom_by_atom(const Composition& atoms) {
  std::vector<double> peaks{1.0};
  const auto add = [&](const IsotopeAbundance& element, int count) {
    for (int n = 0; n < count; ++n) {
      std::vector<double> next(peaks.size() + element.size() - 1, 0.0);
      for (std::size_t i = 0; i < peaks.size(); ++i) {
        for (std::size_t k = 0; k < element.size(); ++k) next[i + k] += peaks[i] * element[k];
      }
      peaks = std::move(next);
    }
  };
  add(kCarbonIsotopes, atoms.carbon);
  add(kHydrogenIsotopes, atoms.hydrogen);
  add(kNitrogenIsotopes, atoms.nitrogen);
  add(kOxygenIsotopes, atoms.oxygen);
  add(kSulfurIsotopes, atoms.sulfur);
  return peaks;
}

TEST(Isotopes, EqualTheConvolutionAtomByAtom) {
  for (const Composition& atoms : {Composition{50, 80, 14, 15, 0, 0}, Composition{5, 9, 1, 1, 3, 1},
                                   Composition{130, 210, 35, 40, 2, 0}, Composition{}}) {
    const std::vector<double> expected = atom_by_atom(atoms);
    const IsotopeDistribution found = isotope_distribution(atoms);
    for (std::size_t k = 0; k < kIsotopeCount; ++k) {
      EXPECT_NEAR(found[k], k < expected.size() ? expected[k] : 0.0, 1e-6);
    }
  }
}

TEST(Isotopes, SumIsAtMostOneAndMonoisotopicShareFallsWithMass) {
  float last = 1.0F;
  for (double mass = 200; mass < 6000; mass += 200) {
    const IsotopeDistribution peaks = averagine_distribution(mass);
    const float sum = std::accumulate(peaks.begin(), peaks.end(), 0.0F);
    EXPECT_LE(sum, 1.0F + 1e-6F);
    EXPECT_LT(peaks[0], last);
    last = peaks[0];
  }
  // At 1800 Da the first two peaks are about equal.
  const IsotopeDistribution middle = averagine_distribution(1800);
  EXPECT_NEAR(middle[1] / middle[0], 1.0F, 0.1F);
}

TEST(Isotopes, AveragineHasTheMassAskedFor) {
  for (const double mass : {0.0, 57.0, 500.25, 1234.5, 4999.0, -100.0}) {
    EXPECT_NEAR(monoisotopic_mass(averagine_composition(mass)), mass, kHydrogenMass / 2 + 1e-9);
  }
}

TEST(Isotopes, SeriesGivesTheSamePatternAndAddsUpOverParts) {
  const Composition part{20, 31, 6, 7, 1, 0};
  const Composition rest{33, 52, 9, 11, 0, 0};
  Composition whole = part;
  whole += rest;
  const IsotopeSeries a = isotope_series(part);
  const IsotopeSeries b = isotope_series(rest);
  const IsotopeSeries sum = isotope_series(whole);
  for (std::size_t k = 0; k < kIsotopeCount; ++k) EXPECT_NEAR(a[k] + b[k], sum[k], 1e-12);
  const std::vector<double> expected = atom_by_atom(whole);
  const auto relative = relative_isotopes(sum);
  for (std::size_t k = 0; k < kIsotopeCount; ++k) {
    EXPECT_NEAR(relative[k], expected[k] / expected[0], 1e-9);
  }
  EXPECT_NEAR(std::exp(sum[0]), expected[0], 1e-9);
}

TEST(Isotopes, AveragineSeriesAgreesWithAveragine) {
  for (const double mass : {300.0, 900.0, 1800.0, 4000.0}) {
    const IsotopeDistribution whole_atoms = averagine_distribution(mass);
    const auto relative = relative_isotopes(averagine_series(mass));
    for (std::size_t k = 1; k < 3; ++k) {
      EXPECT_NEAR(relative[k], static_cast<double>(whole_atoms[k] / whole_atoms[0]),
                  0.08 * relative[k] + 0.02)
          << mass;
    }
  }
}

TEST(Isotopes, NegativeCountsOfAModificationAloneAreIgnored) {
  const IsotopeDistribution peaks = isotope_distribution(Composition{0, -2, 0, -1, 0, 0});
  EXPECT_FLOAT_EQ(peaks[0], 1.0F);
}

}  // namespace
}  // namespace overland
