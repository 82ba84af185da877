// Normalisation on made runs: what it must take off, and what it must leave.
#include "quant/normalise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace overland::quant {
namespace {

struct Experiment {
  std::uint64_t seed = 1;
  std::uint32_t runs = 6, precursors = 3000;
  double noise = 0.2;        // log2
  double changed_share = 0;  // of the proteins, fourfold up in the second half of the runs
  double change = 2;         // log2
  double missing_share = 0.1;
  double load = 0;   // SD of a run's amount, log2
  double drift = 0;  // height of a wave over retention time, another one in each run
};

struct Made {
  std::vector<std::uint32_t> precursor, run;
  std::vector<double> rt, quantity, distortion;  // log2, to be taken off
  std::vector<bool> is_changed;                  // by row

  [[nodiscard]] NormalisationColumns columns() const { return {precursor, run, rt, quantity}; }
};

Made make(const Experiment& e) {
  Made made;
  for (std::uint32_t p = 0; p < e.precursors; ++p) {
    Rng rng(e.seed, p);
    const std::uint32_t protein = p / 10;
    const bool is_changed = Rng(e.seed + 1000, protein).uniform() < e.changed_share;
    const double rt = 10 + 80 * rng.uniform();
    const double level = 18 + 3 * rng.normal();
    for (std::uint32_t r = 0; r < e.runs; ++r) {
      if (rng.uniform() < e.missing_share) continue;
      const double amount = e.load * Rng(e.seed + 2000, r).normal();
      const double wave = e.drift * std::sin(rt / 15 + static_cast<double>(r));
      const double up = is_changed && 2 * r >= e.runs ? e.change : 0;
      made.precursor.push_back(p);
      made.run.push_back(r);
      made.rt.push_back(rt);
      made.quantity.push_back(std::exp2(level + amount + wave + up + e.noise * rng.normal()));
      made.distortion.push_back(amount + wave);
      made.is_changed.push_back(is_changed);
    }
  }
  return made;
}

// The greatest error of the correction over all rows, log2, after one common constant.
double greatest_error(const Made& made, const std::vector<NormalisationCurve>& curves) {
  double mean = 0;
  std::vector<double> error;
  for (std::size_t i = 0; i < made.run.size(); ++i) {
    error.push_back(curves[made.run[i]].at(made.rt[i]) - made.distortion[i]);
    mean += error.back();
  }
  mean /= static_cast<double>(error.size());
  double greatest = 0;
  for (const double e : error) greatest = std::max(greatest, std::abs(e - mean));
  return greatest;
}

double error_of(const Experiment& e, Normalisation kind = Normalisation::retention_time) {
  const Made made = make(e);
  return greatest_error(made, fit_normalisation(made.columns(), e.runs, kind));
}

const double kFivePercent = std::log2(1.05);

TEST(Normalise, leaves_equal_runs_as_they_are) {
  EXPECT_LT(error_of({.noise = 0}), 1e-9);
  EXPECT_LT(error_of({}), kFivePercent);
}

TEST(Normalise, takes_off_amounts_and_drifts) {
  EXPECT_LT(error_of({.load = 1}), kFivePercent);
  EXPECT_LT(error_of({.load = 0.5}, Normalisation::global), kFivePercent);
  EXPECT_LT(error_of({.precursors = 6000, .load = 0.4, .drift = 0.5}), 3 * kFivePercent);
}

TEST(Normalise, unchanged_proteins_stay_when_half_of_all_change_in_half_of_the_runs) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    for (const double load : {0.0, 0.3}) {
      for (const std::uint32_t runs : {2U, 5U, 6U, 20U}) {
        if (runs == 2 && load > 0) continue;  // nothing tells which half changed
        const Experiment e{.seed = seed, .runs = runs, .changed_share = 0.5, .load = load};
        EXPECT_LT(error_of(e), kFivePercent) << seed << ' ' << load << ' ' << runs;
        EXPECT_LT(error_of(e, Normalisation::global), kFivePercent) << seed << ' ' << load;
      }
    }
  }
}

TEST(Normalise, noise_and_drift_and_change_together) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Experiment e{.seed = seed,
                       .runs = 8,
                       .precursors = 8000,
                       .noise = 0.35,
                       .changed_share = 0.5,
                       .missing_share = 0.4,
                       .load = 0.3,
                       .drift = 0.3};
    EXPECT_LT(error_of(e), 0.25) << seed;
  }
}

TEST(Normalise, few_precursors_get_a_constant_and_fewer_nothing) {
  const Made few = make({.precursors = 100, .load = 1});
  for (const auto& curve : fit_normalisation(few.columns(), 6, Normalisation::retention_time)) {
    EXPECT_EQ(curve.method, "constant");
    EXPECT_EQ(curve.log2.size(), 1U);
  }
  EXPECT_LT(greatest_error(few, fit_normalisation(few.columns(), 6, Normalisation::retention_time)),
            0.12);
  const Made fewer = make({.precursors = 5, .load = 1});
  for (const auto& curve : fit_normalisation(fewer.columns(), 6, Normalisation::retention_time)) {
    EXPECT_EQ(curve.method, "none");
    EXPECT_EQ(curve.at(50), 0);
  }
}

TEST(Normalise, does_nothing_for_one_run_or_when_off) {
  const Made made = make({.load = 1});
  for (const auto& curve : fit_normalisation(made.columns(), 6, Normalisation::none)) {
    EXPECT_EQ(curve.at(40), 0);
  }
  const Made single = make({.runs = 1, .load = 1});
  EXPECT_EQ(fit_normalisation(single.columns(), 1, Normalisation::retention_time)[0].at(40), 0);
}

TEST(Normalise, survives_missing_infinite_and_equal_values) {
  std::vector<std::uint32_t> precursor, run;
  std::vector<double> rt, quantity;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::uint32_t p = 0; p < 400; ++p) {
    for (std::uint32_t r = 0; r < 3; ++r) {
      precursor.push_back(p);
      run.push_back(r);
      rt.push_back(p % 50 == 0 ? nan : 12);  // all at one time
      quantity.push_back(p % 7 == 0 ? 0 : p % 11 == 0 ? nan : r == 2 ? 200 : 100);
    }
  }
  const auto curves =
      fit_normalisation({precursor, run, rt, quantity}, 3, Normalisation::retention_time);
  EXPECT_NEAR(curves[2].at(12) - curves[0].at(12), 1, 1e-3);
  EXPECT_NEAR(curves[1].at(12) - curves[0].at(12), 0, 1e-3);
  EXPECT_EQ(fit_normalisation({}, 3, Normalisation::retention_time).size(), 3U);
}

TEST(Normalise, does_not_depend_on_the_order_of_rows) {
  const Made made = make({.load = 0.5, .drift = 0.3});
  Made reversed;
  for (std::size_t i = made.run.size(); i-- > 0;) {
    reversed.precursor.push_back(made.precursor[i]);
    reversed.run.push_back(made.run[i]);
    reversed.rt.push_back(made.rt[i]);
    reversed.quantity.push_back(made.quantity[i]);
  }
  const auto a = fit_normalisation(made.columns(), 6, Normalisation::retention_time);
  const auto b = fit_normalisation(reversed.columns(), 6, Normalisation::retention_time);
  for (std::size_t r = 0; r < 6; ++r) EXPECT_EQ(a[r].log2, b[r].log2);
}

}  // namespace
}  // namespace overland::quant
