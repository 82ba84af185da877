#include "run/run_record.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/example_runs.h"

namespace overland::run {
namespace {

TEST(RunRecords, come_back_with_all_that_the_reader_said) {
  const support::ScratchFile file("record.json");
  RunRecord record{.content_hash = "abc",
                   .ms1_scans = 1,
                   .ms2_scans = 2,
                   .windows = 3,
                   .scans_outside = 4,
                   .peaks = 5,
                   .conditions = {},
                   .report = {.scans_negative = 6, .was_unsorted_by_rt = true}};
  record.report.findings = {{"OVL-RUN-061", "\"quoted\" \xff", "advice"}};
  record.converter = "msconvert 3.0.1";
  ASSERT_TRUE(write_run_record(record, file.path()));
  const auto back = read_run_record(file.path());
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->content_hash, "abc");
  EXPECT_EQ(back->peaks, 5U);
  EXPECT_EQ(back->report.scans_negative, 6U);
  EXPECT_TRUE(back->report.was_unsorted_by_rt);
  EXPECT_EQ(back->converter, "msconvert 3.0.1");
  ASSERT_EQ(back->report.findings.size(), 1U);
  EXPECT_EQ(back->report.findings[0].code, "OVL-RUN-061");
  EXPECT_EQ(back->report.findings[0].what.substr(0, 9), "\"quoted\" ") << "no UTF-8 after it";
  EXPECT_EQ(back->report.findings[0].advice, "advice");
}

TEST(RunRecords, that_are_damaged_are_refused) {
  const support::ScratchFile file("record.json");
  EXPECT_EQ(read_run_record(file.path()).error().code, "OVL-IO-001");
  for (const char* const text : {"", "{}", "[]", R"({"content_hash": 1})"}) {
    std::ofstream(file.path()) << text;
    EXPECT_EQ(read_run_record(file.path()).error().code, "OVL-IO-003") << text;
  }
}

}  // namespace
}  // namespace overland::run
