#include "tune/borrow_models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace overland::tune {
namespace {

search::RunModels good_run(double offset, double irt_shift, double nce) {
  search::RunModels run;
  run.scheme = "a";
  run.last_minute = 25;
  run.mass.method = calibrate::MassMethod::drift;
  run.mass.source = calibrate::ModelSource::run;
  run.mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({0, 25}, {offset - 1, offset + 1});
  run.mass.tolerance = {-6, 5};
  run.ms1_mass = run.mass;
  run.rt.method = calibrate::RtMethod::spline;
  run.rt.source = calibrate::ModelSource::run;
  run.rt.irt_of_rt = calibrate::PiecewiseLinear({0, 25}, {irt_shift, 100 + irt_shift});
  run.rt.tolerance = 2;
  run.energy = {.constant = nce,
                .low = 20,
                .high = 40,
                .method = calibrate::EnergyMethod::constant,
                .source = calibrate::ModelSource::run};
  return run;
}

search::RunModels poor_run() {
  search::RunModels run;
  run.scheme = "a";
  run.last_minute = 24;
  run.rt.tolerance = 100;
  run.nce = 27;
  return run;
}

void borrow(std::vector<search::RunModels>& runs) {
  std::vector<search::RunModels*> pointers;
  for (search::RunModels& run : runs) pointers.push_back(&run);
  borrow_models(pointers);
}

TEST(BorrowModels, a_poor_run_gets_the_median_of_the_others) {
  std::vector<search::RunModels> runs{good_run(1, 0, 28), poor_run(), good_run(5, 1, 31),
                                      good_run(2, -1, 30)};
  borrow(runs);
  const search::RunModels& poor = runs[1];
  EXPECT_EQ(poor.mass.source, calibrate::ModelSource::other_runs);
  EXPECT_NEAR(poor.mass.offset_at(3, 700), 2, 1e-9);
  EXPECT_NEAR(poor.mass.tolerance.low, -9, 1e-6) << "6 and the 3 ppm by which the runs differ";
  EXPECT_NEAR(poor.mass.tolerance.high, 8, 1e-6);
  EXPECT_EQ(poor.ms1_mass.source, calibrate::ModelSource::other_runs);
  EXPECT_EQ(poor.rt.source, calibrate::ModelSource::other_runs);
  EXPECT_NEAR(poor.rt.irt_of_rt(12.5), 50, 1e-9);
  EXPECT_NEAR(poor.rt.tolerance, 3, 1e-9);
  EXPECT_EQ(poor.nce_of(500, 2), 30);
  EXPECT_EQ(search::to_json(runs[0]), search::to_json(good_run(1, 0, 28)))
      << "those that have are left alone";
}

TEST(BorrowModels, neither_order_nor_borrowers_matter) {
  std::vector<search::RunModels> runs{good_run(1, 0, 28), poor_run(), poor_run(),
                                      good_run(5, 1, 31)};
  std::vector<search::RunModels> turned{runs.rbegin(), runs.rend()};
  borrow(runs);
  borrow(turned);
  for (std::size_t i = 0; i < runs.size(); ++i)
    EXPECT_EQ(search::to_json(runs[i]), search::to_json(turned[runs.size() - 1 - i]));
  EXPECT_EQ(search::to_json(runs[1]), search::to_json(runs[2]));
}

TEST(BorrowModels, only_from_runs_that_are_alike) {
  std::vector<search::RunModels> other_scheme{good_run(1, 0, 28), poor_run()};
  other_scheme[1].scheme = "b";
  borrow(other_scheme);
  EXPECT_EQ(other_scheme[1].mass.method, calibrate::MassMethod::none);
  EXPECT_EQ(other_scheme[1].rt.method, calibrate::RtMethod::none);
  std::vector<search::RunModels> other_gradient{good_run(1, 0, 28), poor_run()};
  other_gradient[1].last_minute = 60;
  borrow(other_gradient);
  EXPECT_EQ(other_gradient[1].mass.source, calibrate::ModelSource::other_runs);
  EXPECT_EQ(other_gradient[1].rt.method, calibrate::RtMethod::none);
  std::vector<search::RunModels> nobody{poor_run(), poor_run()};
  borrow(nobody);
  EXPECT_EQ(search::to_json(nobody[0]), search::to_json(poor_run()));
  borrow_models({});
}

TEST(BorrowModels, one_lender_means_a_wider_tolerance) {
  std::vector<search::RunModels> runs{good_run(1, 0, 28), poor_run()};
  borrow(runs);
  EXPECT_LT(runs[1].mass.tolerance.low, runs[0].mass.tolerance.low - 1);
  EXPECT_GT(runs[1].rt.tolerance, runs[0].rt.tolerance);
}

}  // namespace
}  // namespace overland::tune
