#include "calibrate/collision_energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::calibrate {
namespace {

double true_energy(double mz, int charge) {
  return 22 + 0.012 * std::min(mz, 500.0) + 1.5 * charge;
}

std::vector<EnergyPoint> plane_points(std::size_t count, std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<EnergyPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    const double mz = 350 + 500 * rng.uniform();
    const int charge = 2 + static_cast<int>(rng.below(2));
    // One in ten at the edges of the grid, whatever the precursor.
    const double energy =
        rng.below(10) == 0 ? (rng.below(2) == 0 ? 21 : 39) : true_energy(mz, charge) + rng.normal();
    points.push_back({mz, energy, 0.5 + rng.uniform(), charge});
  }
  return points;
}

TEST(CollisionEnergy, recovers_a_plane_through_edge_values) {
  for (const std::uint64_t seed : std::vector<std::uint64_t>{1, 2, 3}) {
    SCOPED_TRACE(seed);
    const EnergyModel model = fit_energy(plane_points(3000, seed), 27, 20, 40, {});
    EXPECT_EQ(model.method, EnergyMethod::plane);
    EXPECT_NEAR(model.per_charge, 1.5, 0.15);
    EXPECT_NEAR(model.slope, 0.012, 0.004);
    for (const double mz : {360.0, 450.0, 700.0})
      for (const int charge : {2, 3})
        EXPECT_NEAR(model.at(mz, charge), true_energy(mz, charge), 0.4);
    EXPECT_EQ(model.at(900, 2), model.at(500, 2));
  }
}

TEST(CollisionEnergy, little_data_means_a_constant_then_the_fallback) {
  const EnergyModel constant = fit_energy(plane_points(80, 4), 27, 20, 40, {});
  EXPECT_EQ(constant.method, EnergyMethod::constant);
  EXPECT_EQ(constant.at(300, 2), constant.at(800, 4));
  EXPECT_NEAR(constant.at(500, 2), 31.5, 1.5);
  const EnergyModel none = fit_energy(plane_points(49, 4), 27, 20, 40, {});
  EXPECT_EQ(none.method, EnergyMethod::none);
  EXPECT_EQ(none.at(400, 3), 27);
  EXPECT_EQ(fit_energy({}, 55, 20, 40, {}).at(400, 3), 40);  // within the library's range
}

TEST(CollisionEnergy, one_charge_gives_no_charge_term) {
  std::vector<EnergyPoint> points = plane_points(2000, 5);
  for (EnergyPoint& p : points) p.charge = 2;
  const EnergyModel model = fit_energy(points, 27, 20, 40, {});
  EXPECT_EQ(model.per_charge, 0);
  for (EnergyPoint& p : points) p.mz = 600;
  EXPECT_EQ(fit_energy(points, 27, 20, 40, {}).method, EnergyMethod::constant);
}

TEST(CollisionEnergy, a_parabola_gives_its_top_and_edges_give_nothing) {
  const std::vector<double> grid{24, 25, 26, 27, 28};
  std::vector<double> values;
  for (const double e : grid) values.push_back(0.9 - 0.01 * (e - 26.3) * (e - 26.3));
  const auto best = best_energy(grid, values);
  ASSERT_TRUE(best);
  EXPECT_NEAR(best->energy, 26.3, 1e-9);
  EXPECT_NEAR(best->curvature, 0.02, 1e-9);
  EXPECT_FALSE(best_energy(grid, std::vector<double>{5, 4, 3, 2, 1}));
  EXPECT_FALSE(best_energy(grid, std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_FALSE(best_energy(grid, std::vector<double>(5, 1.0)));
  EXPECT_FALSE(best_energy({}, {}));
}

}  // namespace
}  // namespace overland::calibrate
