#include "search/ms1_features.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>

#include "chemistry/constants.h"
#include "chemistry/isotopes.h"
#include "support/view_example.h"

namespace overland::search {
namespace {

using support::example_targets;
using support::hand_run;
using support::HandScan;
using support::ViewExample;

// What is seen of the precursor in MS1 scans of a peak around minute 10.
struct Seen {
  std::size_t scans = 9;
  double ppm = 0;     // mass error
  double shift = 0;   // minutes, of the precursor's apex
  float lighter = 0;  // peak one neutron below M0, relative to M0
  std::size_t isotopes = 3;
  float height = 1e5F;
};

constexpr float kStep = 0.02F;

float height_at(float minutes, double apex) {
  const double d = (static_cast<double>(minutes) - apex) / 0.04;
  return static_cast<float>(std::exp(-0.5 * d * d));
}

class Ms1Features : public ::testing::Test {
 protected:
  Ms1Features() : precursor_(example_targets(1)) {
    models_.ms1_mass.tolerance = {-10, 10};
    models_.cycle_minutes = static_cast<double>(kStep);
  }
  [[nodiscard]] std::vector<HandScan> scans_of(const Seen& seen) const {
    const double mz = precursor_mz(precursor_[0].peptide, precursor_[0].charge).value;
    const double spacing = kCarbon13Spacing / precursor_[0].charge;
    const IsotopeDistribution expected =
        averagine_distribution((mz - kProtonMass) * precursor_[0].charge);
    std::vector<HandScan> scans;
    for (std::size_t k = 0; k < seen.scans; ++k) {
      HandScan scan{.rt_minutes = minute(k, seen.scans), .peaks = {}};
      const float height = seen.height * height_at(scan.rt_minutes, 10 + seen.shift);
      const auto add = [&](double at, float intensity) {
        if (intensity > 0)
          scan.peaks.emplace_back(static_cast<float>(at * (1 + 1e-6 * seen.ppm)), intensity);
      };
      add(mz - spacing, seen.lighter * height);
      for (std::size_t i = 0; i < seen.isotopes; ++i)
        add(mz + static_cast<double>(i) * spacing,
            height * static_cast<float>(expected[i] / expected[0]));
      scans.push_back(std::move(scan));
    }
    return scans;
  }
  static float minute(std::size_t k, std::size_t scans) {
    return 10 + kStep * (static_cast<float>(k) - std::floor(static_cast<float>(scans) / 2));
  }
  [[nodiscard]] Ms1Scores score(const std::vector<HandScan>& scans) const {
    const ViewExample example(precursor_, hand_run(scans));
    std::vector<float> minutes, signal;
    for (std::size_t k = 0; k < 9; ++k) {
      minutes.push_back(minute(k, 9));
      signal.push_back(std::sqrt(height_at(minutes.back(), 10)));
    }
    return score_ms1(example.view(), models_, PrecursorId(0), {minutes, signal}, 12);
  }
  [[nodiscard]] Ms1Scores score(const Seen& seen) const { return score(scans_of(seen)); }

  std::vector<library::LibraryPrecursor> precursor_;
  RunModels models_;
};

TEST_F(Ms1Features, of_a_precursor_that_elutes_with_its_fragments_are_the_best_there_are) {
  const Ms1Scores scores = score(Seen{});
  EXPECT_GT(scores.correlation, 0.999F);
  EXPECT_GT(scores.second_correlation, 0.999F);
  EXPECT_GT(scores.isotope_cosine, 0.999F);
  EXPECT_EQ(scores.isotopes, 3);
  EXPECT_LT(scores.error_ppm, 0.2F);
  EXPECT_EQ(scores.apex_offset, 0);
  EXPECT_EQ(scores.lighter_ratio, 0);
  EXPECT_GT(scores.log_ratio, 4) << "log2 of about 5e5, less the fragments' 12";
}

TEST_F(Ms1Features, show_a_mass_error_unless_calibration_knows_it) {
  EXPECT_NEAR(score(Seen{.ppm = 6}).error_ppm, 6, 0.3);
  EXPECT_NEAR(score(Seen{.ppm = -6}).error_ppm, 6, 0.3) << "without a sign";
  models_.ms1_mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({10}, {6});
  EXPECT_LT(score(Seen{.ppm = 6}).error_ppm, 0.3F);
  EXPECT_EQ(score(Seen{.ppm = -6}).isotopes, 0) << "12 ppm from where it is looked for";
}

TEST_F(Ms1Features, show_a_precursor_that_elutes_at_another_time) {
  const Ms1Scores late = score(Seen{.shift = 0.06});
  EXPECT_NEAR(late.apex_offset, 3, 0.01) << "cycles";
  EXPECT_LT(late.correlation, 0.6F);
  models_.cycle_minutes = 0.001;
  EXPECT_EQ(score(Seen{.shift = 0.06}).apex_offset, 4) << "at most";
  models_.cycle_minutes = 0;
  EXPECT_EQ(score(Seen{.shift = 0.06}).apex_offset, 4) << "without a known cycle";
}

TEST_F(Ms1Features, show_that_the_precursor_is_the_isotope_of_a_lighter_one) {
  EXPECT_NEAR(score(Seen{.lighter = 1.5F}).lighter_ratio, 1.5, 0.01);
  EXPECT_EQ(score(Seen{.lighter = 50}).lighter_ratio, 4) << "at most";
}

TEST_F(Ms1Features, of_fewer_isotopes_are_lower) {
  const Ms1Scores one = score(Seen{.isotopes = 1});
  EXPECT_EQ(one.isotopes, 1);
  EXPECT_GT(one.correlation, 0.99F);
  EXPECT_LT(one.second_correlation, 0.1F);
  EXPECT_LT(one.isotope_cosine, score(Seen{}).isotope_cosine);
}

TEST_F(Ms1Features, of_a_precursor_that_is_not_there_are_the_worst_there_are) {
  const Ms1Scores scores = score(Seen{.isotopes = 0});
  EXPECT_EQ(scores.isotopes, 0);
  EXPECT_EQ(scores.apex_offset, 4);
  EXPECT_EQ(scores.lighter_ratio, 4);
  EXPECT_EQ(scores.error_ppm, 20);
  EXPECT_EQ(scores.log_ratio, -12);
  EXPECT_LE(scores.correlation, 0);
}

TEST_F(Ms1Features, need_two_scans_within_the_peak) {
  for (const std::size_t scans : {0U, 1U}) {
    const Ms1Scores scores = score(Seen{.scans = scans});
    const auto values = std::bit_cast<std::array<float, 8>>(scores);
    for (const float value : values) EXPECT_TRUE(std::isnan(value)) << scans;
  }
  EXPECT_FALSE(std::isnan(score(Seen{.scans = 2}).correlation));
}

TEST_F(Ms1Features, look_at_no_scan_before_or_after_the_peak) {
  std::vector<HandScan> scans = scans_of({});
  const Ms1Scores alone = score(scans);
  HandScan outside = scans[4];
  outside.rt_minutes = 9;
  outside.peaks[0].second *= 1000;
  scans.insert(scans.begin(), outside);
  outside.rt_minutes = 11;
  scans.push_back(outside);
  const Ms1Scores with_others = score(scans);
  const auto a = std::bit_cast<std::array<float, 8>>(alone);
  const auto b = std::bit_cast<std::array<float, 8>>(with_others);
  EXPECT_EQ(a, b);
}

TEST_F(Ms1Features, of_many_scans_in_one_peak_stay_defined) {
  std::vector<HandScan> scans;
  for (std::size_t k = 0; k < 200; ++k) {
    HandScan scan = scans_of({})[4];
    scan.rt_minutes = 9.93F + 0.0007F * static_cast<float>(k);
    scans.push_back(std::move(scan));
  }
  const Ms1Scores scores = score(scans);
  EXPECT_EQ(scores.isotopes, 3);
  EXPECT_TRUE(std::isfinite(scores.correlation));
  EXPECT_TRUE(std::isfinite(scores.log_ratio));
}

// A scan of another part of the m/z axis between each two is no zero point.
TEST_F(Ms1Features, scans_that_do_not_acquire_the_precursor_are_left_out) {
  const float mz =
      static_cast<float>(precursor_mz(precursor_[0].peptide, precursor_[0].charge).value);
  const std::vector<HandScan> whole = scans_of({});
  std::vector<HandScan> split;
  for (HandScan scan : whole) {
    scan.scan_high_mz = mz + 50;
    split.push_back(scan);
    split.push_back({.rt_minutes = scan.rt_minutes + 0.001F, .scan_low_mz = mz + 50});
  }
  const Ms1Scores a = score(whole), b = score(split);
  EXPECT_EQ(a.correlation, b.correlation);
  EXPECT_EQ(a.isotope_cosine, b.isotope_cosine);
  EXPECT_EQ(a.log_ratio, b.log_ratio);
  for (HandScan& scan : split) std::swap(scan.scan_low_mz, scan.scan_high_mz);  // not stated
  EXPECT_LT(score(split).correlation, a.correlation);
}

}  // namespace
}  // namespace overland::search
