#include "run/profile_check.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "io/run_columns.h"

namespace overland::run {
namespace {

std::vector<float> random_centers(Rng& rng, std::size_t count) {
  std::vector<float> centers;
  for (std::size_t i = 0; i < count; ++i)
    centers.push_back(static_cast<float>(200 + 1200 * rng.uniform()));
  std::ranges::sort(centers);
  return centers;
}

// `points` samples of each peak, `step` of its m/z apart.
std::vector<float> profile_of(const std::vector<float>& centers, int points, double step) {
  std::vector<float> mz;
  for (const float center : centers) {
    const double m = static_cast<double>(center);
    for (int k = 0; k < points; ++k)
      mz.push_back(static_cast<float>(m + (k - points / 2) * m * step));
  }
  std::ranges::sort(mz);
  return mz;
}

TEST(ProfileCheck, points_of_profiles_stand_at_equal_distances) {
  Rng rng(1, 0);
  const auto centers = random_centers(rng, 60);
  EXPECT_LT(equidistant_share(centers), 0.1);
  for (const double step : {3e-6, 1e-5, 2e-5, 6e-5})
    for (const int points : {5, 9, 15})
      EXPECT_GT(equidistant_share(profile_of(centers, points, step)), 0.4) << step << " " << points;
}

TEST(ProfileCheck, isotopes_and_dense_noise_are_no_profile) {
  Rng rng(2, 0);
  std::vector<float> isotopes;
  for (const float center : random_centers(rng, 60))
    for (int k = 0; k < 4; ++k) isotopes.push_back(center + 0.25F * static_cast<float>(k));
  std::ranges::sort(isotopes);
  EXPECT_LT(equidistant_share(isotopes), 0.1);
  EXPECT_LT(equidistant_share(random_centers(rng, 20'000)), 0.15);
  EXPECT_EQ(equidistant_share({}), 0);
}

struct Spectra {
  std::vector<std::vector<float>> mz;
  io::RunColumns columns;
  std::vector<std::size_t> rows;

  void add(std::uint8_t order, std::vector<float> values) {
    rows.push_back(mz.size());
    mz.push_back(std::move(values));
    columns.ms_order.push_back(order);
    columns.mz.push_back(mz.back().data());  // the buffer stays when the vector moves
    columns.peak_count.push_back(static_cast<std::uint32_t>(mz.back().size()));
  }
};

TEST(ProfileCheck, a_run_is_refused_for_most_scans_of_one_level) {
  Rng rng(3, 0);
  Spectra centroids, ms1_profile, few;
  for (int i = 0; i < 40; ++i) {
    const auto centers = random_centers(rng, 80);
    const auto profile = profile_of(centers, 9, 1e-5);
    for (auto* run : {&centroids, &ms1_profile, &few}) run->add(2, centers);
    centroids.add(1, centers);
    ms1_profile.add(1, profile);
    few.add(1, i % 4 == 0 ? profile : centers);
  }
  EXPECT_TRUE(check_centroids(centroids.columns, centroids.rows, "f"));
  EXPECT_TRUE(check_centroids(few.columns, few.rows, "f"));
  const auto refused = check_centroids(ms1_profile.columns, ms1_profile.rows, "f");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "OVL-RUN-002");
  EXPECT_NE(refused.error().what.find("MS1"), std::string::npos);
  EXPECT_NE(refused.error().what.find("40 of 40"), std::string::npos);
}

}  // namespace
}  // namespace overland::run
