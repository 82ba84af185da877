#include <gtest/gtest.h>

#include <fstream>

#include "run/run_record.h"
#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/mzxml_run.h"
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

TEST(RunRoundTrip, mzxml_gives_back_every_bit_plain_or_compressed) {
  for (const std::uint64_t seed : {7U, 8U}) {
    SCOPED_TRACE(seed);
    const RawRun run = random_run(seed, 400);
    const std::string text = support::run_as_mzxml(run);
    const auto packed = support::gzip_bytes(text);
    for (const bool is_packed : {false, true}) {
      const ScratchFile file(is_packed ? "round.MZXML.gz" : "round.mzXML");
      std::ofstream(file.path(), std::ios::binary)
          << (is_packed ? std::string(reinterpret_cast<const char*>(packed.data()), packed.size())
                        : text);
      const auto back = open_run(file.path(), 2);
      ASSERT_TRUE(back) << back.error().message();
      support::expect_same_headers(run, *back);
      support::expect_same_peaks(run, *back);
      EXPECT_TRUE(back->name().ends_with("_round"));
    }
  }
}

TEST(RunRoundTrip, compensation_voltages_are_kept) {
  std::vector<support::HandScan> scans;
  for (int i = 0; i < 12; ++i)
    scans.push_back({.rt_minutes = 0.01F * static_cast<float>(i),
                     .low_mz = i % 3 == 0 ? 0.0F : 400.0F,
                     .high_mz = i % 3 == 0 ? 0.0F : 425.0F,
                     .peaks = {{500, 10}},
                     .compensation_voltage = i < 6 ? -40.5F : -60.0F});
  const RawRun run = support::hand_run(scans);
  for (const std::string name : {"voltage.arrow", "voltage.mzML"}) {
    const ScratchFile file(name);
    const bool is_arrow = name.ends_with(".arrow");
    ASSERT_TRUE(is_arrow ? write_run_arrow(run, file.path()) : write_run_mzml(run, file.path(), 1));
    const auto back = open_run(file.path(), 1);
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->headers().compensation_voltage, run.headers().compensation_voltage) << name;
    ASSERT_EQ(back->report().findings.size(), 1U) << name;
    EXPECT_EQ(back->report().findings[0].code, "OVL-RUN-028");
  }
}

TEST(RunRoundTrip, energies_that_alternate_and_acquired_ranges_are_kept) {
  std::vector<support::HandScan> scans;
  for (int i = 0; i < 30; ++i) {
    support::HandScan scan{.rt_minutes = 0.01F * static_cast<float>(i), .peaks = {{500, 10}}};
    if (i % 3 == 0)
      scan.scan_parts = i % 6 == 0 ? std::vector<float>{100, 400, 800, 2000} : std::vector<float>{};
    else
      scan.low_mz = 400, scan.high_mz = 425;
    scan.collision_energy = i % 3 == 1 ? 22.5F : 31.7F;
    scans.push_back(scan);
  }
  const RawRun run = support::hand_run(scans);
  for (const std::string name : {"energy.arrow", "energy.mzML"}) {
    const ScratchFile file(name);
    const bool is_arrow = name.ends_with(".arrow");
    ASSERT_TRUE(is_arrow ? write_run_arrow(run, file.path()) : write_run_mzml(run, file.path(), 1));
    const auto back = open_run(file.path(), 1);
    ASSERT_TRUE(back) << back.error().message();
    support::expect_same_headers(run, *back);
    ASSERT_EQ(back->report().findings.size(), 1U) << name;
    EXPECT_EQ(back->report().findings[0].code, "OVL-RUN-031");
    EXPECT_EQ(describe_run(*back, "").conditions,
              (std::vector<std::string>{"energy 22.5", "energy 31.7"}));
  }
}

TEST(RunRecord, comes_back_from_its_file) {
  const RawRun run = support::hand_run({{.low_mz = 400, .high_mz = 425, .peaks = {{500, 10}}}});
  RunRecord record = describe_run(run, "hash");
  EXPECT_TRUE(record.conditions.empty());
  record.conditions = {"-60 V", "-40 V"};
  const ScratchFile file("record.json");
  ASSERT_TRUE(write_run_record(record, file.path()));
  const auto back = read_run_record(file.path());
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->conditions, record.conditions);
  EXPECT_EQ(back->ms2_scans, 1U);
}

}  // namespace
}  // namespace overland::run
