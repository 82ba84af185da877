// Normalisation on made runs: what it must take off, and what it must leave.
#include "quant/normalise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/pinned_math.h"
#include "base/rng.h"
#include "support/whole_normalisation.h"

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
};

Made make(const Experiment& e) {
  Made made;
  for (std::uint32_t p = 0; p < e.precursors; ++p) {
    Rng rng(e.seed, p);
    const std::uint32_t protein = p / 10;
    const bool is_changed = Rng(e.seed + 1000, protein).uniform() < e.changed_share;
    const auto rt = static_cast<double>(static_cast<float>(10 + 80 * rng.uniform()));
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

// The runs in memory; rows that are missing are left out.
class MadeRuns final : public CohortSource {
 public:
  MadeRuns(const Made& made, std::size_t runs) : rows_(runs), order_(runs) {
    for (std::size_t i = 0; i < made.run.size(); ++i) {
      const double q = made.quantity[i];
      if (!(q > 0) || !std::isfinite(q) || !std::isfinite(made.rt[i])) continue;
      rows_[made.run[i]].push_back(
          {made.precursor[i], static_cast<float>(made.rt[i]), pinned::log2(q)});
    }
    for (std::size_t r = 0; r < runs; ++r) {
      std::ranges::sort(rows_[r], {}, &RunQuantity::precursor);
      order_[r] = order_by_time(rows_[r]);
    }
  }
  [[nodiscard]] std::size_t run_count() const override { return rows_.size(); }
  [[nodiscard]] std::size_t row_count(std::size_t run) const override { return rows_[run].size(); }
  [[nodiscard]] Result<RunQuantities> open(std::size_t run) const override {
    if (run == broken) return fail("OVL-RES-002", "cannot map", "", "");
    return RunQuantities{rows_[run], order_[run], nullptr};
  }
  std::size_t broken = std::numeric_limits<std::size_t>::max();

 private:
  std::vector<std::vector<RunQuantity>> rows_;
  std::vector<std::vector<std::uint32_t>> order_;
};

std::size_t precursor_count(const Made& made) {
  return made.precursor.empty() ? 0 : *std::ranges::max_element(made.precursor) + std::size_t{1};
}

std::vector<NormalisationCurve> fit(const Made& made, std::size_t runs, Normalisation kind,
                                    std::size_t most_held = 1000) {
  const auto curves =
      fit_normalisation(MadeRuns(made, runs), precursor_count(made), kind, most_held);
  EXPECT_TRUE(curves);
  return curves ? *curves : std::vector<NormalisationCurve>(runs);
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
  return greatest_error(made, fit(made, e.runs, kind));
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
  for (const auto& curve : fit(few, 6, Normalisation::retention_time)) {
    EXPECT_EQ(curve.method, "constant");
    EXPECT_EQ(curve.log2.size(), 1U);
  }
  EXPECT_LT(greatest_error(few, fit(few, 6, Normalisation::retention_time)), 0.12);
  const Made fewer = make({.precursors = 5, .load = 1});
  for (const auto& curve : fit(fewer, 6, Normalisation::retention_time)) {
    EXPECT_EQ(curve.method, "none");
    EXPECT_EQ(curve.at(50), 0);
  }
}

TEST(Normalise, does_nothing_for_one_run_or_when_off) {
  const Made made = make({.load = 1});
  for (const auto& curve : fit(made, 6, Normalisation::none)) {
    EXPECT_EQ(curve.at(40), 0);
  }
  const Made single = make({.runs = 1, .load = 1});
  EXPECT_EQ(fit(single, 1, Normalisation::retention_time)[0].at(40), 0);
}

TEST(Normalise, survives_missing_infinite_and_equal_values) {
  Made made;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::uint32_t p = 0; p < 400; ++p) {
    for (std::uint32_t r = 0; r < 3; ++r) {
      made.precursor.push_back(p);
      made.run.push_back(r);
      made.rt.push_back(p % 50 == 0 ? nan : 12);  // all at one time
      made.quantity.push_back(p % 7 == 0 ? 0 : p % 11 == 0 ? nan : r == 2 ? 200 : 100);
    }
  }
  const auto curves = fit(made, 3, Normalisation::retention_time);
  EXPECT_NEAR(curves[2].at(12) - curves[0].at(12), 1, 1e-3);
  EXPECT_NEAR(curves[1].at(12) - curves[0].at(12), 0, 1e-3);
  EXPECT_EQ(fit({}, 3, Normalisation::retention_time).size(), 3U);
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
  const auto a = fit(made, 6, Normalisation::retention_time);
  const auto b = fit(reversed, 6, Normalisation::retention_time);
  for (std::size_t r = 0; r < 6; ++r) EXPECT_EQ(a[r].log2, b[r].log2);
}

// Quantities as of a real cohort, with runs that share nothing and precursors that are seldom seen.
Experiment random_experiment(Rng& rng) {
  return {.seed = rng.next(),
          .runs = static_cast<std::uint32_t>(1 + rng.below(40)),
          .precursors = static_cast<std::uint32_t>(1 + rng.below(1500)),
          .noise = 0.4 * rng.uniform(),
          .changed_share = 0.5 * rng.uniform(),
          .missing_share = rng.uniform(),
          .load = rng.uniform(),
          .drift = 0.5 * rng.uniform()};
}

TEST(Normalise, gives_the_bits_of_the_whole_table_in_blocks_of_any_size) {
  Rng rng(907, 0);
  for (int trial = 0; trial < 60; ++trial) {
    const Experiment e = random_experiment(rng);
    const Made made = make(e);
    const auto& kinds = EnumNames<Normalisation>::kNames;
    const Normalisation kind = kinds[rng.below(kinds.size())].first;
    const auto expected =
        support::whole::fit({made.precursor, made.run, made.rt, made.quantity}, e.runs, kind);
    for (const std::size_t most_held : {std::size_t{1}, std::size_t{97}, std::size_t{1} << 20}) {
      const auto curves = fit(made, e.runs, kind, most_held);
      for (std::size_t r = 0; r < e.runs; ++r) {
        ASSERT_EQ(curves[r].method, expected[r].method) << trial;
        ASSERT_EQ(curves[r].rt, expected[r].rt) << trial;
        ASSERT_EQ(curves[r].log2, expected[r].log2) << trial;
        ASSERT_EQ(curves[r].precursors, expected[r].precursors) << trial;
        ASSERT_EQ(curves[r].residual_sd, expected[r].residual_sd) << trial;
      }
    }
  }
}

TEST(Normalise, says_when_a_run_cannot_be_read) {
  const Made made = make({});
  MadeRuns runs(made, 6);
  runs.broken = 3;
  const auto curves =
      fit_normalisation(runs, precursor_count(made), Normalisation::retention_time, 1000);
  ASSERT_FALSE(curves);
  EXPECT_EQ(curves.error().code, "OVL-RES-002");
}

}  // namespace
}  // namespace overland::quant
