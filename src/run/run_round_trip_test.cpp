#include <gtest/gtest.h>

#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/run_matchers.h"

namespace overland::run {
namespace {

using support::random_run;
using support::ScratchFile;

TEST(RunRoundTrip, arrow_gives_back_every_bit) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    const RawRun run = random_run(seed, 400);
    const ScratchFile file("round.arrow");
    ASSERT_TRUE(write_run_arrow(run, file.path()));
    const auto back = open_run(file.path(), 2);
    ASSERT_TRUE(back) << back.error().message();
    support::expect_same_headers(run, *back);
    support::expect_same_peaks(run, *back);
  }
}

TEST(RunRoundTrip, mzml_gives_back_every_bit) {
  for (const std::uint64_t seed : {4U, 5U, 6U}) {
    SCOPED_TRACE(seed);
    const RawRun run = random_run(seed, 700);
    const ScratchFile file("round.mzML");
    ASSERT_TRUE(write_run_mzml(run, file.path(), 2));
    const auto back = open_run(file.path(), 2);
    ASSERT_TRUE(back) << back.error().message();
    support::expect_same_headers(run, *back);
    support::expect_same_peaks(run, *back);
  }
}

}  // namespace
}  // namespace overland::run
