#include "exchange/results/observed_fragments.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;
using report::ReportRow;

using Visited = std::map<std::size_t, std::vector<ObservedFragment>>;

Visited visited(const SearchResults& results) {
  Visited all;
  const auto done =
      visit_fragments(results, [&](std::size_t row, std::span<const ObservedFragment> fragments) {
        EXPECT_TRUE(all.try_emplace(row, fragments.begin(), fragments.end()).second) << row;
        return Result<void>();
      });
  EXPECT_TRUE(done) << done.error().message();
  return all;
}

// By the formulas of docs/formats/interop.md, point by point.
struct SlowFragment {
  double area = 0, corrected = 0, correlation = 0;
};
SlowFragment slow(const ExampleTrace& t, const ReportRow& row, std::size_t f) {
  std::vector<double> time, seen, capped, weight;
  for (std::size_t k = 0; k < t.minutes.size(); ++k) {
    const auto minutes = static_cast<double>(t.minutes[k]);
    if (minutes < static_cast<double>(row.rt_start) - 1e-5) continue;
    if (minutes > static_cast<double>(row.rt_stop) + 1e-5) continue;
    time.push_back(minutes);
    seen.push_back(static_cast<double>(t.raw[f * t.minutes.size() + k]));
    weight.push_back(static_cast<double>(t.weight[k]));
    capped.push_back(std::min(seen.back(), 1.5 * static_cast<double>(t.share[f]) * weight.back()));
  }
  SlowFragment out;
  for (std::size_t k = 1; k < time.size(); ++k) {
    out.area += (time[k] - time[k - 1]) * (seen[k] + seen[k - 1]) / 2;
    out.corrected += (time[k] - time[k - 1]) * (capped[k] + capped[k - 1]) / 2;
  }
  double mean_seen = 0, mean_weight = 0;
  for (std::size_t k = 0; k < time.size(); ++k) mean_seen += seen[k], mean_weight += weight[k];
  mean_seen /= static_cast<double>(time.size()), mean_weight /= static_cast<double>(time.size());
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t k = 0; k < time.size(); ++k) {
    xx += (seen[k] - mean_seen) * (seen[k] - mean_seen);
    yy += (weight[k] - mean_weight) * (weight[k] - mean_weight);
    xy += (seen[k] - mean_seen) * (weight[k] - mean_weight);
  }
  out.correlation = xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
  return out;
}

TEST(ObservedFragments, areas_and_correlations_are_those_of_their_definition) {
  constexpr std::uint64_t kSeed = 17;
  SCOPED_TRACE(kSeed);
  const TestFolder folder;
  ExampleResults example = example_results();
  Rng random(kSeed, 0);
  for (ExampleTrace& t : example.traces) {
    for (float& v : t.raw) v = static_cast<float>(100 * random.uniform());
    for (float& v : t.weight) v = static_cast<float>(100 * random.uniform());
  }
  const Visited all = visited(opened(example, folder / "out"));
  ASSERT_EQ(all.size(), example.rows.size());
  for (const ExampleTrace& t : example.traces) {
    const auto& fragments = all.at(t.row);
    ASSERT_EQ(fragments.size(), 3U);
    for (std::size_t f = 0; f < 3; ++f) {
      const SlowFragment want = slow(t, example.rows[t.row], f);
      EXPECT_NEAR(fragments[f].area, want.area, 1e-4);
      EXPECT_NEAR(fragments[f].corrected, want.corrected, 1e-4);
      EXPECT_NEAR(fragments[f].correlation, want.correlation, 1e-4);
      EXPECT_LE(fragments[f].corrected, fragments[f].area + 1e-9);
      EXPECT_NEAR(fragments[f].mz, static_cast<double>(t.mz[f]), 1e-4);
    }
    EXPECT_EQ(fragments[2].type + std::to_string(fragments[2].ordinal), "b3");
  }
}

TEST(ObservedFragments, points_outside_of_the_limits_do_not_count) {
  const TestFolder folder;
  ExampleResults example = example_results();
  for (ExampleTrace& t : example.traces) {
    const std::size_t points = t.minutes.size();
    for (std::size_t f = 0; f < 3; ++f) t.raw[f * points] = t.raw[f * points + points - 1] = 1e9F;
  }
  for (ReportRow& row : example.rows) row.rt_start = row.rt - 0.06F, row.rt_stop = row.rt + 0.06F;
  for (const auto& [row, fragments] : visited(opened(example, folder / "out")))
    for (const ObservedFragment& f : fragments) EXPECT_LT(f.area, 1000) << row;
}

TEST(ObservedFragments, rows_that_are_not_whole_or_not_reported_are_left_out) {
  const TestFolder folder;
  ExampleResults example = example_results();
  example.traces[0].raw.pop_back();
  example.traces[1].share.pop_back();
  example.traces[2].weight.clear();
  example.traces[3].fragments[1] = "z5^1";
  example.traces[4].minutes.clear();
  const ExampleResults all_rows = example;
  example.rows.pop_back();  // that of the last trace
  example.traces.pop_back();
  example.write(folder / "out");
  all_rows.write_traces(folder / "out" / "xic.parquet");
  const auto results = open_search_results(folder / "out", {});
  ASSERT_TRUE(results);
  const Visited all = visited(*results);
  for (const std::size_t row : std::vector<std::size_t>{0, 1, 2, 4})
    EXPECT_FALSE(all.contains(row)) << row;
  EXPECT_EQ(all.at(3).size(), 2U) << "an unknown kind of ion is passed over";
  EXPECT_FALSE(all.contains(all_rows.rows.size() - 1));
  EXPECT_EQ(all.size(), example.rows.size() - 4);
}

TEST(ObservedFragments, a_missing_file_or_column_and_the_visitors_own_error_come_back) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const SearchResults results = opened(example, folder / "out");
  const auto nothing = [](std::size_t, std::span<const ObservedFragment>) {
    return Result<void>();
  };
  std::size_t calls = 0;
  const auto stopping = [&](std::size_t, std::span<const ObservedFragment>) -> Result<void> {
    ++calls;
    return fail("OVL-INT-001", "stop", "", "");
  };
  EXPECT_EQ(code_of(visit_fragments(results, stopping)), "OVL-INT-001");
  EXPECT_EQ(calls, 1U);
  const std::filesystem::path file = results.folder / "xic.parquet";
  ASSERT_TRUE(io::write_parquet(example.report(), file));
  EXPECT_EQ(code_of(visit_fragments(results, nothing)), "OVL-IO-090");
  write_text(file, "PAR1 and no more");
  EXPECT_EQ(code_of(visit_fragments(results, nothing)), "OVL-IO-003");
  std::filesystem::remove(file);
  EXPECT_EQ(code_of(visit_fragments(results, nothing)), "OVL-IO-095");
}

TEST(FragmentLabel, of_any_ion_reads_back) {
  for (const char* type : {"y", "b"})
    for (int ordinal = 1; ordinal <= 60; ++ordinal)
      for (int charge = 1; charge <= 4; ++charge) {
        ObservedFragment f;
        const std::string label = type + std::to_string(ordinal) + "^" + std::to_string(charge);
        ASSERT_TRUE(read_fragment_label(label, f)) << label;
        EXPECT_EQ(std::tuple(f.type, f.ordinal, f.charge), std::tuple(type, ordinal, charge));
      }
  ObservedFragment f;
  for (const char* label : {"y99999999999999999999^1", "b-^1", "y 3", "Y3", "y3^ 1", "y3/1"})
    EXPECT_FALSE(read_fragment_label(label, f)) << label;
}

}  // namespace
}  // namespace overland::exchange
