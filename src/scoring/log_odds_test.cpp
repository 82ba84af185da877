#include "scoring/log_odds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/rng.h"

namespace overland::scoring {
namespace {

struct Drawn {
  std::vector<float> values;
  std::vector<std::uint8_t> label;
};

// Labels of known odds -1 + 2 x - y; a third column says nothing.
Drawn drawn(std::uint64_t seed, std::size_t count) {
  Rng rng(seed, 0);
  Drawn data;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = 3 + rng.normal(), y = 10 * rng.normal();
    for (const double value : {x, y, rng.normal()})
      data.values.push_back(static_cast<float>(value));
    data.label.push_back(rng.uniform() < 1 / (1 + std::exp(1 - 2 * (x - 3) + y / 10)) ? 1 : 0);
  }
  return data;
}

TEST(LogOdds, AreThoseThatTheLabelsWereDrawnWith) {
  constexpr std::uint64_t kSeed = 21;
  SCOPED_TRACE(kSeed);
  const Drawn data = drawn(kSeed, 20000);
  const LogOdds model = LogOdds::train(data.values, 3, data.label);
  for (const float x : {2.0F, 3.0F, 4.0F}) {
    for (const float y : {-10.0F, 0.0F, 10.0F}) {
      const double wanted = -1 + 2 * (static_cast<double>(x) - 3) - static_cast<double>(y) / 10;
      EXPECT_NEAR(model(std::vector{x, y, 0.0F}), wanted, 0.15) << x << " " << y;
    }
  }
  EXPECT_NEAR(model.weights()[2], 0, 0.06);
}

TEST(LogOdds, SumOfProbabilitiesIsTheNumberOfPositives) {  // what the best intercept makes true
  const Drawn data = drawn(22, 500);
  const LogOdds model = LogOdds::train(data.values, 3, data.label);
  double expected = 0, positives = 0;
  for (std::size_t i = 0; i < data.label.size(); ++i) {
    expected += 1 / (1 + std::exp(-model(std::span(data.values).subspan(3 * i, 3))));
    positives += data.label[i];
  }
  EXPECT_NEAR(expected, positives, 1e-3);
}

TEST(LogOdds, FewRowsGiveOneNumberForAll) {
  Drawn data = drawn(23, 100);
  std::fill(data.label.begin(), data.label.end(), std::uint8_t{0});
  for (std::size_t i = 0; i < LogOdds::kLeastRows - 1; ++i) data.label[i] = 1;
  const LogOdds model = LogOdds::train(data.values, 3, data.label);
  EXPECT_DOUBLE_EQ(model(std::vector{3.0F, 0.0F, 0.0F}), model(std::vector{9.0F, 5.0F, 2.0F}));
  EXPECT_NEAR(std::exp(model(std::vector{0.0F, 0.0F, 0.0F})), 10.0 / 92.0, 1e-9);
}

TEST(LogOdds, WhatIsMissingCountsAsTheMean) {
  const Drawn data = drawn(24, 2000);
  const LogOdds model = LogOdds::train(data.values, 3, data.label);
  double mean = 0;
  for (std::size_t i = 1; i < data.values.size(); i += 3)
    mean += static_cast<double>(data.values[i]) / 2000;
  const float missing = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NEAR(model(std::vector{3.0F, missing, 0.0F}),
              model(std::vector{3.0F, static_cast<float>(mean), 0.0F}), 1e-5);
}

}  // namespace
}  // namespace overland::scoring
