#include "simulate/instrument/quadrupole.h"

#include <gtest/gtest.h>

namespace overland::simulate {
namespace {

TEST(Quadrupole, transmits_half_at_the_limits_and_all_in_the_middle) {
  for (const double width : {2.0, 8.0, 25.0}) {
    const Quadrupole quadrupole({Mz{500}, Mz{500 + width}}, {0.4, 0.4});
    EXPECT_NEAR(quadrupole.transmission(500), 0.5, 1e-12);
    EXPECT_NEAR(quadrupole.transmission(500 + width), 0.5, 1e-12);
    EXPECT_NEAR(quadrupole.transmission(500 + width / 2), 1.0, 1e-12);
    EXPECT_LT(quadrupole.transmission(499), 0.05);
  }
}

TEST(Quadrupole, edge_width_is_the_distance_from_09_to_01) {
  for (const double edge : {0.1, 0.4, 1.5}) {
    const Quadrupole quadrupole({Mz{600}, Mz{608}}, {edge, edge});
    double at_09 = 0;
    double at_01 = 0;
    for (double mz = 604; mz < 615; mz += 1e-4) {
      if (quadrupole.transmission(mz) >= 0.9) at_09 = mz;
      if (quadrupole.transmission(mz) >= 0.1) at_01 = mz;
    }
    EXPECT_NEAR(at_01 - at_09, edge, 1e-3);
  }
}

TEST(Quadrupole, falls_monotonically_and_reach_bounds_it) {
  const Quadrupole quadrupole({Mz{600}, Mz{608}}, {0.5, 0.5});
  for (double mz = 604; mz < 620; mz += 0.01) {
    EXPECT_GE(quadrupole.transmission(mz), quadrupole.transmission(mz + 0.01));
    EXPECT_NEAR(quadrupole.transmission(mz), quadrupole.transmission(1208 - mz), 1e-9);
  }
  EXPECT_NEAR(quadrupole.transmission(quadrupole.reach().high.value), 1e-3, 1e-9);
}

TEST(Quadrupole, zero_edge_width_is_a_square) {
  const Quadrupole quadrupole({Mz{600}, Mz{608}}, {});
  EXPECT_EQ(quadrupole.transmission(599.999), 0);
  EXPECT_EQ(quadrupole.transmission(600), 1);
  EXPECT_EQ(quadrupole.transmission(608), 0);
}

TEST(Quadrupole, each_edge_has_a_place_and_a_width) {
  const Quadrupole quadrupole({Mz{600}, Mz{608}}, {0.2, 0.8, 0.15, -0.3});
  EXPECT_NEAR(quadrupole.transmission(599.85), 0.5, 1e-12);
  EXPECT_NEAR(quadrupole.transmission(607.7), 0.5, 1e-12);
  EXPECT_GT(quadrupole.transmission(600.1), 0.9);
  EXPECT_LT(quadrupole.transmission(607.4), 0.9);
  EXPECT_NEAR(quadrupole.transmission(quadrupole.reach().low.value), 1e-3, 1e-9);
  const Quadrupole square({Mz{600}, Mz{608}}, {0, 0, 0.1, -0.1});
  EXPECT_EQ(square.transmission(599.95), 1);
  EXPECT_EQ(square.transmission(607.95), 0);
  EXPECT_NEAR(square.reach().low.value, 599.9, 1e-9);
}

}  // namespace
}  // namespace overland::simulate
