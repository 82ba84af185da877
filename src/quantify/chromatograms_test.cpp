// Layout, memory and determinism of the chromatograms: what the plan says is what happens.
#include "quantify/chromatograms.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/allocation_counter.h"
#include "base/files/hash.h"
#include "search/window_search.h"
#include "support/synthetic_task.h"

namespace overland::quantify {
namespace {

using support::SyntheticSize;
using support::SyntheticTask;

constexpr std::uint64_t kPlenty = 1ULL << 40;

struct Outcome {
  std::vector<kernel::TracePoint> points;
  std::size_t batches = 0, positive = 0;
  std::uint64_t allocations = 0, peak_bytes = 0, planned = 0, tasks = 0;
};

// `keeps`: the points of all batches too, for comparison.
Outcome outcome_of(const SyntheticTask& task, int threads, std::uint64_t max_bytes = kPlenty,
                   bool keeps = true, std::size_t competitors = 0) {
  const run::RawRun raw = task.run();
  const search::RunView view = task.view(raw);
  const search::RunModels models = task.models();
  const params::SearchConfig config;
  const auto accepted = std::span(task.rows()).subspan(competitors);
  const TracePlanInput input{.view = view,
                             .cycle_minutes = task.cycle_minutes(),
                             .peak_width_minutes = task.peak_width(),
                             .accepted = accepted,
                             .competitors = std::span(task.rows()).first(competitors)};
  const ChromatogramBuilder builder(view, models, config.integrate, threads);
  Outcome outcome;
  const std::uint64_t before = allocation_count();
  const std::uint64_t live = live_allocated_bytes();
  reset_peak_allocated_bytes();
  const auto plan = TracePlan::make(input, threads, max_bytes);
  EXPECT_TRUE(plan) << plan.error().message();
  if (!plan) return outcome;
  if (keeps) outcome.points.reserve(plan->point_count());
  const auto counts = builder.run(*plan, [&](const BatchPoints& batch) -> Result<void> {
    for (const auto& point : batch.points) outcome.positive += point.weight > 0 ? 1U : 0U;
    if (keeps)
      outcome.points.insert(outcome.points.end(), batch.points.begin(), batch.points.end());
    return {};
  });
  EXPECT_TRUE(counts);
  outcome.allocations = allocation_count() - before;
  outcome.peak_bytes = peak_allocated_bytes() - live;
  outcome.planned = plan->memory().total();
  outcome.batches = plan->batches().size();
  outcome.tasks = counts->tasks;
  return outcome;
}

TEST(QuantitySettings, loss_and_delta_are_those_of_integrate_whatever_the_search_uses) {
  search::RunModels models;
  models.median_peak_intensity = 200;
  params::SearchConfig config;
  config.second_pass.loss = kernel::Loss::poisson;
  config.second_pass.huber_delta_factor = 50;
  config.integrate.huber_delta_factor = 1.5;
  EXPECT_EQ(quantity_settings(models, config.integrate).solver.loss, kernel::Loss::huber);
  EXPECT_FLOAT_EQ(quantity_settings(models, config.integrate).solver.delta, 300);
  config.integrate.loss = kernel::Loss::squared;
  EXPECT_EQ(quantity_settings(models, config.integrate).solver.loss, kernel::Loss::squared);
  config.integrate.loss = kernel::Loss::poisson;
  EXPECT_EQ(quantity_settings(models, config.integrate).solver.loss, kernel::Loss::poisson);
  EXPECT_EQ(search::trace_settings(models, params::SecondPassParameters::of(config)).solver.loss,
            kernel::Loss::poisson);
  EXPECT_FLOAT_EQ(
      search::trace_settings(models, params::SecondPassParameters::of(config)).solver.delta,
      50 * 200);
}

bool same_bytes(const Outcome& a, const Outcome& b) {
  return a.points.size() == b.points.size() &&
         std::memcmp(a.points.data(), b.points.data(),
                     a.points.size() * sizeof(kernel::TracePoint)) == 0;
}

TEST(Chromatograms, allocations_do_not_depend_on_the_number_of_scans) {
  const SyntheticTask small({.scans = 2000, .windows = 4, .active = 30});
  const SyntheticTask large({.scans = 20000, .windows = 4, .active = 30});
  const Outcome a = outcome_of(small, 1, kPlenty, false);
  const Outcome b = outcome_of(large, 1, kPlenty, false);
  EXPECT_GT(b.tasks, 4 * a.tasks);
  EXPECT_GT(a.allocations, 5U);
  EXPECT_EQ(a.allocations, b.allocations);
}

TEST(Chromatograms, allocations_do_not_depend_on_when_threads_come) {
  const SyntheticTask small({.scans = 2000, .windows = 4, .active = 30});
  const SyntheticTask large({.scans = 20000, .windows = 4, .active = 30});
  (void)outcome_of(small, 8, kPlenty, false);  // the threads are up
  const std::uint64_t first = outcome_of(small, 8, kPlenty, false).allocations;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(outcome_of(round == 2 ? large : small, 8, kPlenty, false).allocations, first);
  }
}

TEST(Chromatograms, memory_is_what_the_plan_says) {
  for (const std::uint32_t active : {50U, 400U}) {
    const SyntheticTask task({.scans = 8000, .windows = 4, .active = active});
    const Outcome outcome = outcome_of(task, 2, kPlenty, false);
    const double ratio =
        static_cast<double>(outcome.peak_bytes) / static_cast<double>(outcome.planned);
    EXPECT_GT(ratio, 0.9) << active;
    EXPECT_LT(ratio, 1.1) << active;
  }
}

TEST(Chromatograms, threads_do_not_change_a_byte) {
  const SyntheticTask task({.scans = 6000, .windows = 4, .active = 40});
  const Outcome one = outcome_of(task, 1);
  EXPECT_GT(one.positive, one.points.size() / 200);
  EXPECT_TRUE(same_bytes(one, outcome_of(task, 2)));
  EXPECT_TRUE(same_bytes(one, outcome_of(task, 8)));
}

TEST(Chromatograms, batches_do_not_change_a_byte_and_keep_the_limit) {
  const SyntheticTask task({.scans = 6000, .windows = 4, .active = 200});
  const Outcome whole = outcome_of(task, 2);
  ASSERT_EQ(whole.batches, 1U);
  for (const double share : {0.7, 0.5}) {
    const auto limit = static_cast<std::uint64_t>(share * static_cast<double>(whole.planned));
    const Outcome cut = outcome_of(task, 2, limit);
    EXPECT_GT(cut.batches, 1U);
    EXPECT_LE(cut.planned, limit);
    EXPECT_TRUE(same_bytes(whole, cut)) << share;
    EXPECT_LT(outcome_of(task, 2, limit, false).peak_bytes, limit + limit / 10);
  }
}

TEST(Chromatograms, competitors_change_weights_and_have_no_points) {
  const SyntheticTask task({.scans = 4000, .windows = 2, .active = 300, .fragments = 8});
  const Outcome alone = outcome_of(task, 1);
  const Outcome with = outcome_of(task, 1, kPlenty, true, task.rows().size() / 2);
  EXPECT_LT(with.points.size(), 0.6 * static_cast<double>(alone.points.size()));
  EXPECT_GT(with.positive, 0U);
}

TEST(TracePlan, what_cannot_fit_is_refused_with_what_it_needs) {
  const SyntheticTask task({.scans = 4000, .windows = 4, .active = 100});
  const run::RawRun raw = task.run();
  const search::RunView view = task.view(raw);
  const TracePlanInput input{.view = view,
                             .cycle_minutes = task.cycle_minutes(),
                             .peak_width_minutes = task.peak_width(),
                             .accepted = task.rows(),
                             .competitors = {}};
  const auto refused = TracePlan::make(input, 8, 1000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "OVL-RES-010");
  EXPECT_EQ(refused.error().exit_code(), 6);
  EXPECT_EQ(refused.error().message().find(" 0 "), std::string::npos) << refused.error().message();
  EXPECT_NE(refused.error().message().find("1 kB may be used"), std::string::npos);
  // What it needs at least is enough, with fewer workers and many batches.
  const auto least = [&] {
    std::uint64_t low = 1000, high = kPlenty;
    while (high - low > 1000) {
      const std::uint64_t middle = (low + high) / 2;
      (TracePlan::make(input, 8, middle) ? high : low) = middle;
    }
    return high;
  }();
  const auto tight = TracePlan::make(input, 8, least);
  ASSERT_TRUE(tight);
  EXPECT_LT(tight->memory().workers, 8);
  EXPECT_GT(tight->batches().size(), 8U);
  EXPECT_LE(tight->memory().total(), least);
}

TEST(TracePlan, odd_runs_are_planned_without_fault) {
  for (const std::uint32_t scans : {1U, 2U, 7U}) {
    const SyntheticTask task({.scans = scans, .windows = 1, .active = 3});
    const Outcome outcome = outcome_of(task, 2);
    EXPECT_EQ(outcome.batches, 1U);
    EXPECT_GE(outcome.points.size(), 1U);
  }
  const SyntheticTask task({.scans = 50, .windows = 1, .active = 3});
  const run::RawRun raw = task.run();
  const search::RunView view = task.view(raw);
  const search::RunModels models = task.models();
  const auto nothing =
      TracePlan::make({.view = view, .accepted = {}, .competitors = {}}, 2, kPlenty);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->point_count(), 0U);
  const params::SearchConfig config;
  const auto counts =
      ChromatogramBuilder(view, models, config.integrate, 2).run(*nothing, [](const BatchPoints&) {
        return Result<void>{};
      });
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->solved.scans, 0U);
}

// Places are a partition of the points, and every trace lies in its window.
TEST(TracePlan, each_point_has_one_place) {
  const SyntheticTask task({.scans = 3000, .windows = 3, .active = 20});
  const run::RawRun raw = task.run();
  const search::RunView view = task.view(raw);
  const auto plan = TracePlan::make({.view = view,
                                     .cycle_minutes = task.cycle_minutes(),
                                     .peak_width_minutes = task.peak_width(),
                                     .accepted = task.rows(),
                                     .competitors = {}},
                                    2, kPlenty);
  ASSERT_TRUE(plan);
  std::vector<std::uint8_t> taken(plan->point_count(), 0);
  for (const PlannedTrace& trace : plan->traces()) {
    EXPECT_LE(trace.last_scan().index(), scans_of(view, trace.list).size());
    for (std::uint64_t i = 0; i < trace.length; ++i) ++taken[trace.arena_index + i];
  }
  for (const std::uint8_t count : taken) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace overland::quantify
