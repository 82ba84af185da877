// Runs and precursors as they should not be: each accepted precursor keeps its row, with a quantity
// or with the reason why there is none.
#include <gtest/gtest.h>

#include <cmath>

#include "io/table/table.h"
#include "quantify/integrate.h"
#include "support/example_search.h"
#include "support/synthetic_task.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using kernel::QuantityStatus;
using support::SyntheticSize;
using support::SyntheticTask;

// Chromatograms on the disk, and what is integrated from them.
class OddRuns : public testing::Test {
 protected:
  // `precursor_mz`: in place of the task's, where not empty.
  std::vector<quantify::Quantity> quantities(const SyntheticTask& task,
                                             const std::vector<identify::ScoredRow>& accepted,
                                             std::span<const float> precursor_mz = {}) {
    const run::RawRun raw = task.run();
    search::RunView run_view = task.view(raw);
    if (!precursor_mz.empty()) run_view.library.precursor_mz = precursor_mz;
    const search::RunModels models = task.models();
    const params::SearchConfig config;
    const auto plan = quantify::TracePlan::make({.view = run_view,
                                                 .cycle_minutes = task.cycle_minutes(),
                                                 .peak_width_minutes = task.peak_width(),
                                                 .accepted = accepted,
                                                 .competitors = {}},
                                                2, 1ULL << 40);
    EXPECT_TRUE(plan);
    auto writer = quantify::TraceFileWriter::create(folder_);
    EXPECT_TRUE(writer);
    const auto counts = quantify::ChromatogramBuilder(run_view, models, config.integrate, 2)
                            .run(*plan, [&](const quantify::BatchPoints& batch) {
                              writer->append(*plan, batch);
                              return Result<void>{};
                            });
    EXPECT_TRUE(counts);
    EXPECT_TRUE(writer->finish());
    const auto traces = quantify::TraceFile::open(folder_, accepted, run_view);
    EXPECT_TRUE(traces) << traces.error().message();
    if (!traces) return {};
    const auto rows = quantify::integrate({.view = run_view,
                                           .models = models,
                                           .config = config.integrate,
                                           .accepted = accepted,
                                           .traces = *traces})
                          .rows;
    for (const quantify::Quantity& row : rows) {
      EXPECT_TRUE(std::isfinite(row.area) && std::isfinite(row.sd));
      EXPECT_EQ(row.area > 0, row.status == QuantityStatus::ok);
      EXPECT_GE(row.sd, 0);
    }
    return rows;
  }

  support::ScratchFolder scratch_;
  const fs::path folder_ = scratch_.path();
};

std::size_t count_of(const std::vector<quantify::Quantity>& rows, QuantityStatus status) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const quantify::Quantity& q) { return q.status == status; }));
}

TEST_F(OddRuns, a_precursor_in_no_window_is_outside) {
  const SyntheticTask task({.scans = 400, .windows = 2, .active = 5});
  const std::vector<float> nowhere(4096, 2000.0F);
  const auto rows = quantities(task, task.rows(), nowhere);
  ASSERT_EQ(rows.size(), task.rows().size());
  EXPECT_EQ(count_of(rows, QuantityStatus::outside), rows.size());
}

TEST_F(OddRuns, times_outside_of_the_run_are_taken_to_its_ends) {
  const SyntheticTask task({.scans = 400, .windows = 2, .active = 5});
  std::vector<identify::ScoredRow> accepted = task.rows();
  for (std::size_t i = 0; i < accepted.size(); ++i) accepted[i].rt_minutes = i % 2 == 0 ? -5 : 1e6F;
  const auto rows = quantities(task, accepted);
  ASSERT_EQ(rows.size(), accepted.size());
  EXPECT_EQ(count_of(rows, QuantityStatus::outside), 0U);
}

TEST_F(OddRuns, a_trace_without_any_peak_has_no_signal) {
  const SyntheticTask task({.scans = 400, .windows = 2, .active = 5, .peaks = 0});
  const auto rows = quantities(task, task.rows());
  ASSERT_EQ(rows.size(), task.rows().size());
  EXPECT_EQ(count_of(rows, QuantityStatus::no_signal), rows.size());
}

TEST_F(OddRuns, apexes_at_both_ends_are_integrated) {
  const SyntheticTask task({.scans = 400, .windows = 2, .active = 20, .peaks = 500});
  std::vector<identify::ScoredRow> accepted = task.rows();
  const run::RawRun raw = task.run();
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    accepted[i].rt_minutes = raw.headers().rt_minutes[i % 2 == 0 ? 0 : 399];
  }
  const auto rows = quantities(task, accepted);
  EXPECT_GT(count_of(rows, QuantityStatus::ok), rows.size() / 2);
}

TEST_F(OddRuns, equal_time_stamps_do_no_harm) {
  const SyntheticTask task(
      {.scans = 400, .windows = 2, .active = 20, .peaks = 500, .scans_a_stamp = 8});
  const auto rows = quantities(task, task.rows());
  ASSERT_EQ(rows.size(), task.rows().size());
  EXPECT_GT(count_of(rows, QuantityStatus::ok), rows.size() / 2);
}

TEST_F(OddRuns, runs_of_one_to_three_scans_and_none) {
  for (const std::uint32_t scans : {1U, 2U, 3U}) {
    const SyntheticTask task({.scans = scans, .windows = 1, .active = 3, .peaks = 500});
    EXPECT_EQ(quantities(task, task.rows()).size(), task.rows().size());
  }
  const SyntheticTask task({.scans = 40, .windows = 1, .active = 3});
  EXPECT_TRUE(quantities(task, {}).empty());
}

TEST_F(OddRuns, a_run_without_scans_is_planned_as_nothing) {
  const SyntheticTask task({.scans = 40, .windows = 1, .active = 3});
  const run::RawRun empty{"empty", {}, {}, {}};
  const search::RunView run_view = task.view(empty);
  const auto plan = quantify::TracePlan::make(
      {.view = run_view, .accepted = task.rows(), .competitors = {}}, 2, 1ULL << 40);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->point_count(), 0U);
}

// Each number of traces.arrow changed alone, as by a damaged disk.
TEST_F(OddRuns, damaged_chromatograms_are_refused) {
  const SyntheticTask task({.scans = 400, .windows = 2, .active = 5, .peaks = 500});
  const std::vector<identify::ScoredRow> accepted = task.rows();
  ASSERT_FALSE(quantities(task, accepted).empty());
  const run::RawRun raw = task.run();
  const search::RunView run_view = task.view(raw);
  const auto code = [&](std::span<const identify::ScoredRow> rows) {
    const auto traces = quantify::TraceFile::open(folder_, rows, run_view);
    return traces ? "" : traces.error().code;
  };
  ASSERT_EQ(code(accepted), "");
  EXPECT_EQ(code(std::span(accepted).first(accepted.size() - 1)), "OVL-IO-061");
  std::vector<identify::ScoredRow> others = accepted;
  ++others.back().precursor;
  EXPECT_EQ(code(others), "OVL-IO-061");
  const auto original = io::read_arrow(folder_ / quantify::kTracesFile);
  ASSERT_TRUE(original);
  for (const char* name : {"row", "precursor", "window", "first_scan", "length"}) {
    for (const std::uint32_t number : {401U, 0x7fffffffU, 0xffffffffU}) {
      io::Table table;
      for (const io::Column& column : original->columns()) {
        io::Values values = column.values;
        if (column.name == name) std::get<std::vector<std::uint32_t>>(values).back() = number;
        table.add(column.name, std::move(values));
      }
      ASSERT_TRUE(io::write_arrow(table, folder_ / quantify::kTracesFile));
      EXPECT_EQ(code(accepted), "OVL-IO-061") << name << " " << number;
    }
  }
}

}  // namespace
}  // namespace overland::commands
