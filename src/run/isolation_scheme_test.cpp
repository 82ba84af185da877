#include "run/isolation_scheme.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/rng.h"
#include "support/example_runs.h"

namespace overland::run {
namespace {

struct Window {
  float low, high;
};

// MS2 scans with these windows in this order; a window of 0..0 stands for an MS1 scan.
RawRun run_with(const std::vector<Window>& windows) {
  ScanHeaders headers;
  RawRun::Peaks peaks;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    headers.rt_minutes.push_back(static_cast<float>(i));
    headers.ms_order.push_back(windows[i].high == 0 ? 1 : 2);
    headers.scan_number.push_back(static_cast<std::int32_t>(i));
    headers.window_low_mz.push_back(windows[i].low);
    headers.window_high_mz.push_back(windows[i].high);
    for (auto* column :
         {&headers.scan_low_mz, &headers.scan_high_mz, &headers.collision_energy, &headers.tic}) {
      column->push_back(0);
    }
    peaks.mz.push_back(nullptr);
    peaks.intensity.push_back(nullptr);
    peaks.count.push_back(0);
  }
  return {"r", headers, peaks, {}};
}

std::vector<std::uint32_t> indices(const std::vector<RunScan>& scans) {
  std::vector<std::uint32_t> result;
  for (const RunScan scan : scans) result.push_back(scan.index());
  return result;
}

std::vector<std::vector<std::uint32_t>> scans_of(const std::vector<IsolationWindow>& windows) {
  std::vector<std::vector<std::uint32_t>> result;
  for (const IsolationWindow& window : windows) result.push_back(indices(window.scans));
  return result;
}

// Scans [from, from + count) of windows that begin at `low` + `step` k.
void add_windows(std::vector<Window>& windows, std::size_t count, float low, float step,
                 float width) {
  for (std::size_t k = 0; k < count; ++k) {
    const float first = low + step * static_cast<float>(k);
    windows.push_back({first, first + width});
  }
}

// The obvious twin: join groups as long as any two scans of different groups are near enough.
std::set<std::set<std::uint32_t>> slow_groups(const RawRun& run, float tolerance) {
  std::set<std::set<std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < run.scan_count(); ++i) {
    if (run.headers().ms_order[i] != 2) continue;
    std::set<std::uint32_t> joined{i};
    for (auto group = groups.begin(); group != groups.end();) {
      bool is_near = false;
      for (const std::uint32_t j : *group) {
        const auto& h = run.headers();
        is_near |= std::abs(h.window_low_mz[i] - h.window_low_mz[j]) <= tolerance &&
                   std::abs(h.window_high_mz[i] - h.window_high_mz[j]) <= tolerance;
      }
      if (is_near) {
        joined.insert(group->begin(), group->end());
        group = groups.erase(group);
      } else {
        ++group;
      }
    }
    groups.insert(joined);
  }
  return groups;
}

TEST(IsolationScheme, staggered_windows_stay_apart_though_they_overlap) {
  const auto windows = discover_windows(
      run_with({{400, 408}, {408, 416}, {404, 412}, {412, 420}, {400, 408}, {404, 412}}));
  EXPECT_EQ(scans_of(windows), (std::vector<std::vector<std::uint32_t>>{{0, 4}, {2, 5}, {1}, {3}}));
  EXPECT_EQ(windows[1].low_mz, 404);
  EXPECT_EQ(windows[1].high_mz, 412);
}

TEST(IsolationScheme, noise_does_not_split_a_window_and_limits_are_medians) {
  const auto windows =
      discover_windows(run_with({{500.02F, 510}, {500, 510.01F}, {0, 0}, {499.99F, 509.99F}}));
  ASSERT_EQ(windows.size(), 1U);
  EXPECT_EQ(indices(windows[0].scans), (std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_EQ(windows[0].low_mz, 500);
  EXPECT_EQ(windows[0].high_mz, 510);
}

TEST(IsolationScheme, one_shared_edge_is_not_enough) {
  EXPECT_EQ(discover_windows(run_with({{400, 410}, {400, 420}, {390, 410}})).size(), 3U);
}

TEST(IsolationScheme, chains_are_followed_and_the_tolerance_counts) {
  const auto chain = run_with({{400, 410}, {400.04F, 410}, {400.08F, 410.04F}});
  EXPECT_EQ(discover_windows(chain, 0.05F).size(), 1U);
  EXPECT_EQ(discover_windows(chain, 0.01F).size(), 3U);
}

TEST(IsolationScheme, equals_the_slow_twin_on_random_schemes) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 0);
    std::vector<Window> windows;
    for (std::size_t i = 0; i < 120; ++i) {
      // Noise of up to 0.15 about edges that are far enough apart: chains, none of them too long.
      const float low = static_cast<float>(400 + static_cast<double>(rng.below(9)) +
                                           0.03 * static_cast<double>(rng.below(6)));
      const float width = static_cast<float>(8 + static_cast<double>(rng.below(3)) +
                                             0.03 * static_cast<double>(rng.below(2)));
      windows.push_back(rng.below(6) == 0 ? Window{0, 0} : Window{low, low + width});
    }
    const RawRun run = run_with(windows);
    const auto found = discover_windows(run);
    std::set<std::set<std::uint32_t>> as_sets;
    for (const IsolationWindow& window : found) {
      EXPECT_TRUE(std::is_sorted(window.scans.begin(), window.scans.end()));
      const std::vector<std::uint32_t> scans = indices(window.scans);
      as_sets.insert({scans.begin(), scans.end()});
    }
    EXPECT_EQ(as_sets, slow_groups(run, 0.05F));
    for (std::size_t i = 1; i < found.size(); ++i) {
      EXPECT_LE(std::pair(found[i - 1].low_mz, found[i - 1].high_mz),
                std::pair(found[i].low_mz, found[i].high_mz));
    }
  }
}

TEST(IsolationScheme, data_dependent_windows_do_not_chain_the_scheme_together) {
  std::vector<Window> windows;
  for (std::size_t cycle = 0; cycle < 60; ++cycle) {
    add_windows(windows, 4, 400, 2, 2);
    add_windows(windows, 3, 400.03F + 0.09F * static_cast<float>(cycle), 0.03F, 2);
  }
  const auto found = searched_windows(run_with(windows));
  ASSERT_EQ(found.size(), 4U);
  for (std::size_t w = 0; w < 4; ++w) {
    EXPECT_FLOAT_EQ(found[w].low_mz, 400 + 2 * static_cast<float>(w));
    EXPECT_GE(found[w].scans.size(), 60U);
    EXPECT_LE(found[w].scans.size(), 66U);  // those within the tolerance count as its own
  }
}

TEST(IsolationScheme, windows_visited_too_seldom_are_no_part_of_the_scheme) {
  std::vector<Window> windows;
  for (std::size_t cycle = 0; cycle < 100; ++cycle) {
    add_windows(windows, 3, 400, 25, 25);
    windows.push_back({430.0F + static_cast<float>(cycle), 431.6F + static_cast<float>(cycle)});
  }
  windows.insert(windows.end(), 6, {600, 625});  // a twentieth and a little
  const RawRun run = run_with(windows);
  EXPECT_EQ(discover_windows(run).size(), 104U);
  EXPECT_EQ(usual_visits(discover_windows(run)), 100U);
  const auto found = searched_windows(run);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[3].scans.size(), 6U);
}

TEST(IsolationScheme, windows_that_are_all_visited_once_stay) {
  std::vector<Window> windows;
  add_windows(windows, 40, 400, 10, 10);
  EXPECT_EQ(searched_windows(run_with(windows)).size(), 40U);
  EXPECT_EQ(usual_visits({}), 0U);
}

TEST(IsolationScheme, a_run_without_scans_has_no_windows) {
  EXPECT_TRUE(discover_windows(run_with({})).empty());
}

TEST(MostCentralWindow, is_the_one_whose_centre_is_nearest) {
  const std::vector<IsolationWindow> windows{
      {400, 410, {}}, {405, 415, {}}, {410, 420, {}}, {500, 510, {}}};
  EXPECT_EQ(most_central_window(windows, Mz{400}), WindowId(0));
  EXPECT_EQ(most_central_window(windows, Mz{407}), WindowId(0));
  EXPECT_EQ(most_central_window(windows, Mz{407.5}), WindowId(0))
      << "a tie goes to the lower window";
  EXPECT_EQ(most_central_window(windows, Mz{407.6}), WindowId(1));
  EXPECT_EQ(most_central_window(windows, Mz{410}), WindowId(1));
  EXPECT_EQ(most_central_window(windows, Mz{419.99}), WindowId(2));
  EXPECT_EQ(most_central_window(windows, Mz{420}), std::nullopt) << "limits are half-open";
  EXPECT_EQ(most_central_window(windows, Mz{505}), WindowId(3));
  EXPECT_EQ(most_central_window(windows, Mz{399.99}), std::nullopt);
  EXPECT_EQ(most_central_window({}, Mz{500}), std::nullopt);
}

TEST(IsolationWindow, isolates_within_half_open_limits) {
  const IsolationWindow window{400, 410, {}};
  EXPECT_FALSE(window.isolates(Mz{399.99}));
  EXPECT_TRUE(window.isolates(Mz{400}));
  EXPECT_TRUE(window.isolates(Mz{409.99}));
  EXPECT_FALSE(window.isolates(Mz{410}));
  const std::vector<IsolationWindow> windows{{400, 410, {}}, {405, 415, {}}};
  EXPECT_EQ(isolating_windows(windows, Mz{402}, {}), 1U);
  EXPECT_EQ(isolating_windows(windows, Mz{407}, {}), 2U);
  EXPECT_EQ(isolating_windows(windows, Mz{420}, {}), 0U);
}

}  // namespace
}  // namespace overland::run
