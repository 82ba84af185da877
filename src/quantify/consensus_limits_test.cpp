// Limits over runs read from files, against all of them in memory.
#include "quantify/consensus_limits.h"

#include <gtest/gtest.h>

#include <map>

#include "kernel/robust_statistics.h"
#include "quantify/integrate.h"
#include "support/example_search.h"

namespace overland::quantify {
namespace {

namespace fs = std::filesystem;

std::vector<Quantity> random_run(Rng& rng, std::uint32_t precursors) {
  std::vector<Quantity> rows;
  const double share = rng.uniform();
  for (std::uint32_t p = 0; p < precursors; ++p) {
    if (rng.uniform() > share) continue;
    Quantity row;
    row.precursor = p;
    row.rt_minutes = static_cast<float>(10 + rng.uniform());
    row.rt_start = row.rt_minutes - static_cast<float>(0.2 * rng.uniform());
    row.rt_stop = row.rt_minutes + static_cast<float>(0.2 * rng.uniform());
    row.fwhm_minutes = static_cast<float>(0.1 + 0.1 * rng.uniform());
    row.status = rng.below(4) == 0 ? kernel::QuantityStatus::no_signal : kernel::QuantityStatus::ok;
    rows.push_back(row);
  }
  return rows;
}

struct Limits {
  std::vector<double> before, after;
};

// Every limit of every run at a time.
ConsensusLimits whole_limits(const std::vector<std::vector<Quantity>>& runs) {
  std::map<std::uint32_t, Limits> seen;
  for (const std::vector<Quantity>& rows : runs) {
    const double width = median_width(rows);
    for (const Quantity& row : rows) {
      if (row.status != kernel::QuantityStatus::ok || !(width > 0)) continue;
      const double apex = static_cast<double>(row.rt_minutes);
      seen[row.precursor].before.push_back((apex - static_cast<double>(row.rt_start)) / width);
      seen[row.precursor].after.push_back((static_cast<double>(row.rt_stop) - apex) / width);
    }
  }
  ConsensusLimits limits;
  for (const auto& [precursor, both] : seen) {
    if (both.before.size() < 2) continue;
    limits.precursor.push_back(precursor);
    limits.before.push_back(static_cast<float>(kernel::median_of(both.before)));
    limits.after.push_back(static_cast<float>(kernel::median_of(both.after)));
  }
  return limits;
}

TEST(ConsensusLimits, are_those_of_all_runs_in_memory_in_blocks_of_any_size) {
  const support::ScratchFolder scratch;
  Rng rng(41, 0);
  for (int trial = 0; trial < 30; ++trial) {
    std::vector<std::vector<Quantity>> runs;
    std::vector<fs::path> files;
    std::vector<double> widths;
    const std::size_t count = 1 + rng.below(12);
    for (std::size_t r = 0; r < count; ++r) {
      runs.push_back(random_run(rng, static_cast<std::uint32_t>(rng.below(120))));
      files.push_back(scratch.path() / (std::to_string(r) + ".arrow"));
      widths.push_back(median_width(runs.back()));
      ASSERT_TRUE(write_quantities(runs.back(), files.back()));
    }
    const ConsensusLimits expected = whole_limits(runs);
    for (const std::size_t most_held : {std::size_t{1}, std::size_t{50}, std::size_t{1} << 20}) {
      const auto limits = consensus_limits({files, widths, scratch.path()}, most_held);
      ASSERT_TRUE(limits) << limits.error().message();
      EXPECT_EQ(limits->precursor, expected.precursor) << trial;
      EXPECT_EQ(limits->before, expected.before) << trial;
      EXPECT_EQ(limits->after, expected.after) << trial;
    }
  }
}

TEST(ConsensusLimits, say_which_file_is_missing) {
  const support::ScratchFolder scratch;
  const std::vector<fs::path> files{"no such file"};
  const std::vector<double> widths{0.1};
  EXPECT_EQ(consensus_limits({files, widths, scratch.path()}).error().code, "OVL-IO-001");
  EXPECT_EQ(consensus_limits({{}, {}, "/proc/no/such"}).error().code, "OVL-IO-002");
}

}  // namespace
}  // namespace overland::quantify
