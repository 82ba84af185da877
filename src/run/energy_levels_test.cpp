#include "run/energy_levels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace overland::run {
namespace {

std::vector<float> in_turn(const std::vector<float>& values, std::size_t count) {
  std::vector<float> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(values[i % values.size()]);
  return all;
}

using Levels = std::vector<double>;

TEST(EnergyLevels, energies_more_than_a_tenth_apart_are_levels) {
  const EnergyLevels two = energy_levels(in_turn({30, 22}, 20));
  EXPECT_EQ(two.energy, (Levels{22, 30}));
  EXPECT_EQ(two.of_scan[0], 1);
  EXPECT_EQ(two.of_scan[1], 0);
  EXPECT_EQ(energy_levels(in_turn({40, 22, 30}, 12)).energy, (Levels{22, 30, 40}));
  EXPECT_EQ(energy_levels(in_turn({20, 22.5F}, 8)).energy, (Levels{20, 22.5}));
  EXPECT_EQ(energy_levels(in_turn({20, 22}, 8)).energy, (Levels{21})) << "10 % is the same";
  std::vector<float> twelve;
  for (int k = 0; k < 12; ++k) twelve.push_back(10 * std::pow(1.2F, static_cast<float>(k)));
  EXPECT_EQ(energy_levels(in_turn(twelve, 48)).energy.size(), 12U);
}

TEST(EnergyLevels, energies_that_scatter_around_levels_keep_them) {
  Rng rng(7, 0);
  std::vector<float> energies;
  for (int i = 0; i < 200; ++i) {
    const float scatter = 1 + 0.03F * (2 * static_cast<float>(rng.uniform()) - 1);
    energies.push_back((i % 3 == 0 ? 35.0F : 25.0F) * scatter);
  }
  const EnergyLevels levels = energy_levels(energies);
  ASSERT_EQ(levels.energy.size(), 2U);
  EXPECT_NEAR(levels.energy[0], 25, 0.5);
  EXPECT_NEAR(levels.energy[1], 35, 0.7);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(levels.of_scan[i], i % 3 == 0 ? 1 : 0) << i;
}

TEST(EnergyLevels, few_scans_make_no_level) {
  std::vector<float> once = in_turn({27}, 20);
  once[7] = 40;
  EXPECT_EQ(energy_levels(once).energy, Levels{27});
  std::vector<float> beside = in_turn({22, 30}, 40);
  beside[7] = 50;
  const EnergyLevels levels = energy_levels(beside);
  EXPECT_EQ(levels.energy, (Levels{22, 30}));
  EXPECT_EQ(levels.of_scan[7], 1) << "the level next to it";
  EXPECT_EQ(energy_levels(in_turn({22, 30}, 6)).energy, Levels{26}) << "a window of few scans";
}

TEST(EnergyLevels, energies_that_are_not_known_belong_to_the_only_level) {
  const float none = std::nanf("");
  EXPECT_EQ(energy_levels(in_turn({27, none, 0}, 24)).energy, Levels{27});
  EXPECT_TRUE(energy_levels(in_turn({none, 0}, 24)).energy.empty());
  EXPECT_TRUE(energy_levels({}).energy.empty());
}

TEST(EnergyLevels, what_cannot_be_sorted_into_levels_is_named) {
  const auto defect = [](const std::vector<float>& values) {
    const EnergyLevels levels = energy_levels(in_turn(values, 5 * values.size()));
    EXPECT_TRUE(levels.energy.size() == 1 || levels.defect.empty());
    return levels.defect;
  };
  EXPECT_EQ(defect({20, 22, 24, 26, 28, 30}), "without levels that are 10 % apart");
  EXPECT_EQ(defect({22, 30, std::nanf("")}), "and 5 scans state none");
  std::vector<float> many;
  for (int k = 0; k < 17; ++k) many.push_back(std::pow(1.2F, static_cast<float>(k)));
  EXPECT_EQ(defect(many), "between 17 levels");
  EXPECT_EQ(defect({25, 26, 27}), "");
}

}  // namespace
}  // namespace overland::run
