#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/rng.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

ReportRows rows_of(std::uint64_t seed, std::size_t runs, std::size_t rows) {
  ReportRows all;
  Rng random(seed, 0);
  for (std::size_t run = 0; run < runs; ++run) {
    all.runs.push_back("r" + std::to_string(run));
    RunCounts& counts = all.counts.emplace_back();
    for (std::size_t i = 0; i < rows; ++i) {
      const auto any = [&](double scale) { return static_cast<float>(scale * random.uniform()); };
      counts.sample.push_back({.key = i,
                               .rt = any(60),
                               .irt = any(100),
                               .rt_error_seconds = any(10),
                               .fwhm_seconds = random.below(20) == 0 ? kNone : any(12),
                               .points = static_cast<float>(3 + random.below(15)),
                               .interference = any(1),
                               .quantity = random.below(10) == 0 ? kNone : 1000 * any(1)});
    }
  }
  return all;
}

std::uint64_t sum(const PageJson& counts) {
  std::uint64_t total = 0;
  for (const PageJson& n : counts) total += n.get<std::uint64_t>();
  return total;
}

TEST(PageHistograms, of_all_runs_are_the_sum_of_those_of_each) {
  const PageJson h = page_histograms(rows_of(3, 4, 500));
  for (const char* key : {"fwhm", "points", "quantity", "interference"}) {
    const PageJson& one = h[key];
    ASSERT_EQ(one["runs"].size(), 4U) << key;
    for (std::size_t bin = 0; bin < one["all"].size(); ++bin) {
      std::uint64_t together = 0;
      for (const PageJson& run : one["runs"]) together += run[bin].get<std::uint64_t>();
      EXPECT_EQ(one["all"][bin], together) << key << " bin " << bin;
    }
    EXPECT_EQ(one["medians"].size(), 4U);
    EXPECT_GT(one["step"].get<double>(), 0) << key;
  }
}

TEST(PageHistograms, count_each_value_in_its_bin_and_the_last_bin_all_beyond) {
  const ReportRows rows = rows_of(5, 1, 800);
  const PageJson h = page_histograms(rows)["fwhm"];
  const auto low = h["low"].get<double>();
  const auto step = h["step"].get<double>();
  const std::size_t bins = h["all"].size();
  std::vector<std::uint64_t> want(bins, 0);
  for (const SampledRow& row : rows.counts[0].sample) {
    const double v = static_cast<double>(row.fwhm_seconds);
    if (!std::isfinite(v)) continue;
    std::size_t bin = 0;
    while (bin + 1 < bins && v >= low + step * static_cast<double>(bin + 1)) ++bin;
    ++want[bin];
  }
  std::uint64_t off = 0;  // the step is rounded for the page
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const auto got = h["all"][bin].get<std::uint64_t>();
    off += got > want[bin] ? got - want[bin] : want[bin] - got;
  }
  EXPECT_LE(off, 4U);
  EXPECT_FALSE(h.contains("runs")) << "one run is all runs";
}

TEST(PageHistograms, of_points_have_whole_bins_around_whole_numbers) {
  const ReportRows rows = rows_of(7, 2, 300);
  const PageJson h = page_histograms(rows)["points"];
  EXPECT_EQ(h["low"], -0.5);
  EXPECT_EQ(h["step"], 1);
  EXPECT_EQ(sum(h["all"]), 600U);
  std::uint64_t sevens = 0;
  for (const RunCounts& run : rows.counts)
    for (const SampledRow& row : run.sample) sevens += row.points == 7 ? 1U : 0U;
  EXPECT_EQ(h["all"][7], sevens);
}

TEST(PageHistograms, of_nothing_or_of_one_value_are_no_harm) {
  ReportRows none = rows_of(1, 2, 0);
  EXPECT_TRUE(page_histograms(none).empty());
  none.counts[1].sample.push_back({.key = 1,
                                   .rt = 1,
                                   .irt = 1,
                                   .rt_error_seconds = 0,
                                   .fwhm_seconds = 5,
                                   .points = 4,
                                   .interference = kNone,
                                   .quantity = 0});
  const PageJson h = page_histograms(none);
  EXPECT_FALSE(h.contains("interference"));
  EXPECT_FALSE(h.contains("quantity")) << "log of zero";
  EXPECT_EQ(h["fwhm"]["median"], 5);
  EXPECT_TRUE(h["fwhm"]["medians"][0].is_null());
  EXPECT_EQ(sum(h["fwhm"]["all"]), 1U);
}

TEST(PageHistograms, of_many_runs_keep_their_medians_alone) {
  EXPECT_TRUE(page_histograms(rows_of(9, 200, 3))["points"].contains("runs"));
  const PageJson h = page_histograms(rows_of(9, 201, 3))["points"];
  EXPECT_FALSE(h.contains("runs"));
  EXPECT_EQ(h["medians"].size(), 201U);
}

TEST(PageRunDetails, are_bounded_over_all_runs_and_leave_empty_ones_out) {
  for (const std::size_t runs : {std::size_t{1}, std::size_t{20}, std::size_t{1000}}) {
    ReportRows rows = rows_of(11, runs, runs == 1000 ? 40 : 900);
    rows.counts[0].sample.clear();
    const PageJson details = page_run_details(rows);
    EXPECT_EQ(details.size(), runs - 1);
    std::size_t points = 0;
    for (const PageJson& run : details) {
      EXPECT_EQ(run["rt"].size(), run["irt"].size());
      EXPECT_EQ(run["rt"].size(), run["rtError"].size());
      points += run["rt"].size();
    }
    EXPECT_LE(points, std::max<std::size_t>(12'000, 30 * runs));
    if (runs > 1) {
      EXPECT_EQ(details[0]["run"], 1);
    }
  }
}

}  // namespace
}  // namespace overland::report
