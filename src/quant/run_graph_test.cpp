#include "quant/run_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/rng.h"

namespace overland::quant {
namespace {

struct Edge {
  std::size_t a = 0, b = 0;  // a < b
  double difference = 0;     // x_a - x_b
};

// As PairwiseProfile asks: each run with all later ones, eight at a time.
RunGraph graph_of(std::size_t runs, const std::vector<Edge>& edges) {
  std::map<std::pair<std::size_t, std::size_t>, double> of;
  for (const Edge& e : edges) of[{e.a, e.b}] = e.difference;
  RunGraph graph;
  graph.reset(runs);
  for (std::size_t run = 0; run < runs; ++run)
    for (std::size_t other = (run + 1) / kLanes * kLanes; other < runs; other += kLanes) {
      RatioMedians ratio{};
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        if (const auto found = of.find({run, other + lane}); found != of.end()) {
          ratio.median[lane] = found->second;
          ratio.count[lane] = 1;
        }
      graph.connect(run, other, ratio, 1);
    }
  graph.close();
  return graph;
}

struct Solution {
  std::size_t components = 0;
  std::vector<std::uint32_t> component;
  std::vector<double> x;
};
Solution solved(std::size_t runs, const std::vector<Edge>& edges) {
  const RunGraph graph = graph_of(runs, edges);
  Solution s{.components = 0,
             .component = std::vector<std::uint32_t>(runs),
             .x = std::vector<double>(runs)};
  s.components = graph.find_components(s.component);
  graph.solve(s.component, s.components, s.x);
  return s;
}

std::vector<Edge> random_edges(Rng& random, std::size_t runs, double density,
                               const std::vector<double>& truth, double noise) {
  std::vector<Edge> edges;
  for (std::size_t a = 0; a < runs; ++a)
    for (std::size_t b = a + 1; b < runs; ++b)
      if (random.uniform() < density)
        edges.push_back({a, b, truth[a] - truth[b] + noise * random.normal()});
  return edges;
}

// By following edges until nothing changes.
std::vector<std::uint32_t> slow_components(std::size_t runs, const std::vector<Edge>& edges) {
  std::vector<std::uint32_t> label(runs);
  for (std::uint32_t r = 0; r < runs; ++r) label[r] = r;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Edge& e : edges) {
      const std::uint32_t low = std::min(label[e.a], label[e.b]);
      changed = changed || label[e.a] != low || label[e.b] != low;
      label[e.a] = label[e.b] = low;
    }
  }
  std::map<std::uint32_t, std::uint32_t> number;
  for (std::uint32_t& l : label)
    l = number.try_emplace(l, static_cast<std::uint32_t>(number.size())).first->second;
  return label;
}

TEST(RunGraph, finds_the_components_that_edges_make) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Rng random(seed, 0);
    const std::size_t runs = 1 + random.below(150);
    const std::vector<double> truth(runs, 0);
    const auto edges =
        random_edges(random, runs, 1.2 * random.uniform() / static_cast<double>(runs), truth, 0);
    const Solution s = solved(runs, edges);
    EXPECT_EQ(s.component, slow_components(runs, edges));
    EXPECT_EQ(s.components, 1U + *std::ranges::max_element(s.component));
  }
}

TEST(RunGraph, recovers_levels_that_all_ratios_agree_on) {
  for (const std::size_t runs : std::vector<std::size_t>{2, 9, 24, 25, 26, 64, 65, 130}) {
    SCOPED_TRACE(runs);
    Rng random(runs, 0);
    std::vector<double> truth(runs);
    for (double& t : truth) t = 3 * random.normal();
    auto edges = random_edges(random, runs, 0.3, truth, 0);
    for (std::size_t r = 0; r + 1 < runs; ++r) edges.push_back({r, r + 1, truth[r] - truth[r + 1]});
    const Solution s = solved(runs, edges);
    ASSERT_EQ(s.components, 1U);
    double mean = 0, sum = 0;
    for (const double t : truth) mean += t / static_cast<double>(runs);
    for (std::size_t r = 0; r < runs; ++r) {
      EXPECT_NEAR(s.x[r], truth[r] - mean, 1e-9);
      sum += s.x[r];
    }
    EXPECT_NEAR(sum, 0, 1e-9);
  }
}

// At the minimum of the sum of squares no run can move and lower it: the gradient is zero.
TEST(RunGraph, is_at_the_minimum_of_the_squares_whatever_the_noise) {
  for (const double density : {0.05, 0.5, 1.0}) {
    for (const std::size_t runs : std::vector<std::size_t>{12, 40, 100}) {
      Rng random(runs, static_cast<std::uint64_t>(100 * density));
      SCOPED_TRACE(testing::Message() << runs << " runs, density " << density);
      const std::vector<double> truth(runs, 0);
      const auto edges = random_edges(random, runs, density, truth, 1);
      const Solution s = solved(runs, edges);
      std::vector<double> gradient(runs, 0);
      for (const Edge& e : edges) {
        const double residual = s.x[e.a] - s.x[e.b] - e.difference;
        gradient[e.a] += residual;
        gradient[e.b] -= residual;
      }
      for (const double g : gradient) EXPECT_NEAR(g, 0, 1e-8);
    }
  }
}

TEST(RunGraph, runs_without_an_edge_stand_alone_at_zero) {
  const Solution s = solved(5, {{1, 3, 2}});
  EXPECT_EQ(s.component, (std::vector<std::uint32_t>{0, 1, 2, 1, 3}));
  EXPECT_EQ(s.x, (std::vector<double>{0, 1, 0, -1, 0}));
  EXPECT_EQ(solved(0, {}).components, 0U);
}

TEST(RunGraph, too_few_shared_ions_are_no_edge) {
  RunGraph graph;
  graph.reset(3);
  RatioMedians ratio{};
  ratio.median = {0, 5, 7};
  ratio.count = {9, 1, 2};
  graph.connect(0, 0, ratio, 2);
  graph.close();
  std::vector<std::uint32_t> component(3);
  EXPECT_EQ(graph.find_components(component), 2U);
  EXPECT_EQ(component, (std::vector<std::uint32_t>{0, 1, 0}));
}

TEST(RunGraph, forgets_what_it_was_used_for) {
  RunGraph graph = graph_of(100, {{0, 99, 1}, {3, 4, 2}});
  graph.reset(4);
  graph.close();
  std::vector<std::uint32_t> component(4);
  EXPECT_EQ(graph.find_components(component), 4U);
}

}  // namespace
}  // namespace overland::quant
