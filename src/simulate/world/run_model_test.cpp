#include "simulate/world/run_model.h"

#include <gtest/gtest.h>

namespace overland::simulate {
namespace {

TEST(RunModel, retention_is_monotone_whatever_the_bend) {
  for (double curvature = -0.6; curvature <= 0.61; curvature += 0.2) {
    for (double skew = -0.3; skew <= 0.31; skew += 0.1) {
      const RetentionWarp warp{0, 60, 2, 23, curvature, skew};
      for (double irt = -20; irt < 80; irt += 0.1) {
        ASSERT_LT(warp.minutes(irt), warp.minutes(irt + 0.1)) << curvature << " " << skew;
      }
      EXPECT_NEAR(warp.minutes(0), 2, 1e-12);
      EXPECT_NEAR(warp.minutes(60), 23, 1e-12);
      // No step where the linear continuation begins.
      EXPECT_NEAR(warp.minutes(-1e-6), warp.minutes(1e-6), 1e-5);
      EXPECT_NEAR(warp.minutes(60 - 1e-6), warp.minutes(60 + 1e-6), 1e-5);
    }
  }
}

TEST(RunModel, mass_drift_starts_from_its_offset) {
  const MassDrift flat{1.5, 0, 0, 25};
  EXPECT_EQ(flat.ppm(0), 1.5);
  EXPECT_EQ(flat.ppm(25), 1.5);
  const MassDrift tilted{0, 2, 0, 25};
  EXPECT_NEAR(tilted.ppm(25) - tilted.ppm(0), 4, 1e-12);
}

}  // namespace
}  // namespace overland::simulate
