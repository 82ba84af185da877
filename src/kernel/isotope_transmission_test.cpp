#include "kernel/isotope_transmission.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace overland::kernel {
namespace {

// The slow twin: every pair (neutrons of the fragment, of the complement) from whole distributions.
std::array<double, kFragmentIsotopes> pair_by_pair(const Composition& fragment,
                                                   const Composition& complement,
                                                   const IsotopeTransmission& transmission) {
  const IsotopeDistribution own = isotope_distribution(fragment);
  const IsotopeDistribution rest = isotope_distribution(complement);
  std::array<double, kFragmentIsotopes> shares{};
  for (std::size_t precursor = 0; precursor < kIsotopeCount; ++precursor) {
    for (std::size_t f = 0; f <= precursor && f < kFragmentIsotopes; ++f) {
      shares[f] += static_cast<double>(own[f]) * static_cast<double>(rest[precursor - f]) *
                   transmission[precursor];
    }
  }
  return shares;
}

IsotopeTransmission random_transmission(Rng& rng) {
  IsotopeTransmission t{};
  for (double& x : t) x = rng.uniform() < 0.3 ? 0.0 : rng.uniform();
  return t;
}

Composition random_composition(Rng& rng) {
  const auto up_to = [&](std::uint64_t n) { return static_cast<std::int32_t>(rng.below(n)); };
  return {5 + up_to(60), 8 + up_to(90), 1 + up_to(18), 1 + up_to(20), up_to(3), 0};
}

TEST(IsotopeTransmission, equals_the_sum_over_all_pairs) {
  constexpr std::uint64_t kSeed = 20250101;
  SCOPED_TRACE(kSeed);
  Rng rng(kSeed, 0);
  for (int i = 0; i < 300; ++i) {
    const Composition fragment = random_composition(rng);
    const Composition complement = random_composition(rng);
    const IsotopeTransmission t = random_transmission(rng);
    const auto found =
        transmitted_fragment(isotope_series(fragment), isotope_series(complement), t);
    const auto expected = pair_by_pair(fragment, complement, t);
    for (std::size_t f = 0; f < kFragmentIsotopes; ++f) EXPECT_NEAR(found[f], expected[f], 1e-6);
  }
}

TEST(IsotopeTransmission, limits_that_are_known) {
  const IsotopeSeries fragment = averagine_series(700);
  const IsotopeSeries complement = averagine_series(900);
  const auto only_mono = transmitted_fragment(fragment, complement, {1, 0, 0, 0, 0});
  EXPECT_GT(only_mono[0], 0.3);
  EXPECT_EQ(only_mono[1], 0);
  EXPECT_EQ(only_mono[2], 0);
  // Of a pure M+1 precursor the fragment carries the neutron in proportion to its mass.
  const auto only_first = transmitted_fragment(fragment, complement, {0, 1, 0, 0, 0});
  EXPECT_NEAR(only_first[1] / (only_first[0] + only_first[1]), 700.0 / 1600.0, 1e-9);
  EXPECT_EQ(only_first[2], 0);
  const auto nothing = transmitted_fragment(fragment, complement, {});
  EXPECT_EQ(nothing[0], 0);
}

TEST(IsotopeTransmission, shares_are_relative_to_a_whole_precursor) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  Rng rng(kSeed, 0);
  for (int i = 0; i < 200; ++i) {
    const double precursor = 600 + 2400 * rng.uniform();
    const double fragment = precursor * (0.1 + 0.85 * rng.uniform());
    const IsotopeSeries own = averagine_series(fragment);
    const IsotopeSeries rest = averagine_series(precursor - fragment);
    const IsotopeTransmission t = random_transmission(rng);
    const auto whole = transmitted_fragment(own, rest, kAllIsotopes);
    const auto part = transmitted_fragment(own, rest, t);
    const FragmentShares shares = fragment_shares(fragment, precursor, t);
    EXPECT_NEAR(shares.mono, part[0] / whole[0], 1e-6);
    // The last isotope is cut off: J_1 sums over one fewer.
    EXPECT_NEAR(shares.first, part[1] / whole[0], 1e-6);
  }
  EXPECT_FLOAT_EQ(fragment_shares(800, 1500, kAllIsotopes).mono, 1.0F);
  EXPECT_NEAR(fragment_shares(800, 1500, kAllIsotopes).first, averagine_series(800)[1], 0.01);
  EXPECT_FLOAT_EQ(fragment_shares(1500, 1500, {1, 0, 0, 0, 0}).mono, 1.0F);
}

TEST(IsotopeTransmission, transmitted_share_is_that_of_the_isotopes) {
  const IsotopeDistribution p = averagine_distribution(1800);
  EXPECT_NEAR(transmitted_share(1800, kAllIsotopes), 1, 1e-12);
  EXPECT_NEAR(transmitted_share(1800, {1, 0, 0, 0, 0}), p[0], 0.03);
  EXPECT_EQ(transmitted_share(1800, {}), 0);
}

}  // namespace
}  // namespace overland::kernel
