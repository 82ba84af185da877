#include "calibrate/quadrupole.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"
#include "chemistry/constants.h"

namespace overland::calibrate {
namespace {

constexpr std::uint64_t kSeed = 4711;

// The formula of the header, spelled out.
double slow_transmission(const QuadrupoleModel& model, double low, double high, double mz) {
  const double centre = (low + high) / 2;
  const QuadrupoleEdge& edge = mz < centre ? model.low : model.high;
  const double a = (high - low) / 2 + edge.offset_mz;
  const double b = std::log(9.0) / (2 * std::asinh(edge.width_mz / (2 * a)));
  return 1 / (1 + std::pow(std::abs(mz - centre) / a, 2 * b));
}

TEST(WindowTransmission, equals_its_formula) {
  SCOPED_TRACE(kSeed);
  Rng rng(kSeed, 1);
  for (int i = 0; i < 500; ++i) {
    QuadrupoleModel model;
    model.low = {0.6 * rng.uniform() - 0.3, 0.05 + rng.uniform()};
    model.high = {0.6 * rng.uniform() - 0.3, 0.05 + rng.uniform()};
    const double low = 400 + 600 * rng.uniform();
    const double width = 2 + 25 * rng.uniform();
    const WindowTransmission window(model, low, low + width);
    const double mz = low - 2 + (width + 4) * rng.uniform();
    EXPECT_NEAR(window.at(mz), slow_transmission(model, low, low + width, mz), 1.1e-3);
    EXPECT_NEAR(window.at(low - model.low.offset_mz), 0.5, 1e-9);
    EXPECT_NEAR(window.at(low + width + model.high.offset_mz), 0.5, 1e-9);
    EXPECT_LE(window.at(window.high_reach() + 1e-6), 1e-3);
    EXPECT_LE(window.at(window.low_reach() - 1e-6), 1e-3);
  }
}

TEST(WindowTransmission, no_edge_width_is_a_square) {
  QuadrupoleModel model;
  model.low = {0.1, 0};
  model.high = {-0.1, 0};
  const WindowTransmission window(model, 500, 508);
  EXPECT_EQ(window.at(499.901), 1);
  EXPECT_EQ(window.at(499.899), 0);
  EXPECT_EQ(window.at(507.899), 1);
  EXPECT_EQ(window.at(507.901), 0);
}

struct Recipe {
  double width = 8;
  double noise = 0.2;
  double outliers = 0;
  double detection = 0;  // share of the fragment below which an isotope is not seen
  int rows = 2000;
};

// Ratios as a quadrupole with `truth` makes them: precursors around the window, charges 2 to 4.
std::vector<SplitIsotopeRow> simulate(const QuadrupoleModel& truth, const Recipe& recipe,
                                      std::uint64_t stream) {
  Rng rng(kSeed, stream);
  std::vector<SplitIsotopeRow> rows;
  while (rows.size() < static_cast<std::size_t>(recipe.rows)) {
    SplitIsotopeRow row;
    row.low_mz = 500;
    row.high_mz = 500 + recipe.width;
    const int charge = 2 + static_cast<int>(rng.below(3));
    row.spacing = kCarbon13Spacing / charge;
    row.precursor_mz = 499 + (recipe.width + 2) * rng.uniform();
    const double mass = row.precursor_mz * charge;
    const double fragment = mass * (0.1 + 0.8 * rng.uniform());
    row.complement = relative_isotopes(averagine_series(mass - fragment));
    const auto own = relative_isotopes(averagine_series(fragment));
    row.isotope = static_cast<std::uint8_t>(rng.below(2));
    row.own_ratio = own[row.isotope + 1U] / own[row.isotope];
    const WindowTransmission window(truth, row.low_mz, row.high_mz);
    const auto t = window.isotopes(row.precursor_mz, row.spacing);
    double lighter = 0;
    double heavier = 0;
    for (std::size_t c = 0; row.isotope + c < kIsotopeCount; ++c) {
      lighter += row.complement[c] * t[row.isotope + c];
      if (row.isotope + c + 1 < kIsotopeCount)
        heavier += row.complement[c] * t[row.isotope + c + 1];
    }
    heavier *= row.own_ratio;
    lighter *= std::exp(recipe.noise * rng.normal());
    heavier *= std::exp(recipe.noise * rng.normal());
    if (rng.uniform() < recipe.outliers) heavier += 5 * rng.uniform();
    const double limit = std::max(recipe.detection, 1e-6);
    if (lighter < limit && heavier < limit) continue;
    row.seen = lighter < limit   ? SplitIsotopeRow::Seen::heavier_only
               : heavier < limit ? SplitIsotopeRow::Seen::lighter_only
                                 : SplitIsotopeRow::Seen::both;
    row.log_ratio = std::log(std::max(heavier, limit) / std::max(lighter, limit));
    row.variance = 2 * recipe.noise * recipe.noise;
    rows.push_back(row);
  }
  return rows;
}

void expect_recovered(const QuadrupoleModel& truth, const Recipe& recipe, std::uint64_t stream) {
  SCOPED_TRACE(stream);
  const QuadrupoleModel fitted = fit_quadrupole(simulate(truth, recipe, stream), {});
  EXPECT_EQ(fitted.method, QuadrupoleMethod::fitted);
  EXPECT_NEAR(fitted.low.offset_mz, truth.low.offset_mz, 0.03);
  EXPECT_NEAR(fitted.high.offset_mz, truth.high.offset_mz, 0.03);
  EXPECT_NEAR(fitted.low.width_mz, truth.low.width_mz, 0.35 * truth.low.width_mz);
  EXPECT_NEAR(fitted.high.width_mz, truth.high.width_mz, 0.35 * truth.high.width_mz);
  EXPECT_GT(fitted.rows, 200U);
  EXPECT_GT(fitted.residual_sd, 0.1);
}

TEST(FitQuadrupole, recovers_the_edges_with_noise) {
  QuadrupoleModel truth;
  truth.low = {0.12, 0.5};
  truth.high = {-0.2, 0.25};
  for (const double width : {2.0, 4.0, 8.0, 25.0}) {
    expect_recovered(truth, {.width = width}, static_cast<std::uint64_t>(width));
  }
}

TEST(FitQuadrupole, recovers_the_edges_with_interference_and_missing_isotopes) {
  QuadrupoleModel truth;
  truth.low = {-0.15, 0.4};
  truth.high = {0.25, 0.4};
  expect_recovered(truth, {.width = 8, .outliers = 0.1, .detection = 0.08, .rows = 4000}, 50);
  expect_recovered(truth, {.width = 3, .outliers = 0.1, .detection = 0.08, .rows = 4000}, 51);
}

TEST(FitQuadrupole, a_mixture_of_widths_is_one_model) {
  QuadrupoleModel truth;
  truth.low = {0.1, 0.3};
  truth.high = {0.1, 0.3};
  auto rows = simulate(truth, {.width = 4}, 60);
  const auto wide = simulate(truth, {.width = 20}, 61);
  rows.insert(rows.end(), wide.begin(), wide.end());
  const QuadrupoleModel fitted = fit_quadrupole(rows, {});
  EXPECT_NEAR(fitted.low.offset_mz, 0.1, 0.03);
  EXPECT_NEAR(fitted.high.offset_mz, 0.1, 0.03);
}

TEST(FitQuadrupole, few_or_one_sided_rows_keep_the_default) {
  QuadrupoleModel truth;
  truth.low = {0.3, 0.2};
  auto rows = simulate(truth, {.rows = 60}, 70);
  QuadrupoleModel fitted = fit_quadrupole(rows, {});
  EXPECT_EQ(fitted.method, QuadrupoleMethod::bell);
  EXPECT_EQ(fitted.low, QuadrupoleEdge{});
  EXPECT_EQ(fit_quadrupole({}, {}).method, QuadrupoleMethod::bell);
  rows = simulate(truth, {}, 71);
  std::erase_if(rows, [](const SplitIsotopeRow& row) { return row.precursor_mz > 503; });
  EXPECT_EQ(fit_quadrupole(rows, {}).method, QuadrupoleMethod::bell);
}

// Nominal limits that are wrong by more than a quadrupole can be.
TEST(FitQuadrupole, an_implausible_result_is_not_believed) {
  QuadrupoleModel truth;
  truth.low = {0.9, 0.3};
  truth.high = {0.9, 0.3};
  EXPECT_EQ(fit_quadrupole(simulate(truth, {}, 80), {}).method, QuadrupoleMethod::bell);
}

TEST(FitQuadrupole, does_not_depend_on_the_order_of_rows_much) {
  QuadrupoleModel truth;
  truth.high = {0.2, 0.3};
  auto rows = simulate(truth, {}, 90);
  const QuadrupoleModel one = fit_quadrupole(rows, {});
  const QuadrupoleModel again = fit_quadrupole(rows, {});
  EXPECT_EQ(one.high, again.high);
  std::reverse(rows.begin(), rows.end());
  EXPECT_NEAR(fit_quadrupole(rows, {}).high.offset_mz, one.high.offset_mz, 1e-3);
}

}  // namespace
}  // namespace overland::calibrate
