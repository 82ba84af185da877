#include "commands/convert_runs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/run_matchers.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;

class ConvertRuns : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "overland_convert_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    fs::create_directories(root_ / "other");
    for (const char* name : {"a.arrow", "b.arrow", "other/a.arrow"})
      ASSERT_TRUE(run::write_run_arrow(support::random_run(7, 40), root_ / name));
    std::ofstream(root_ / "bad.arrow") << "this is no run";
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string code(const ConvertOptions& options) const {
    const auto report = convert_runs(options);
    return report ? "" : report.error().code;
  }
  fs::path root_;
};

TEST_F(ConvertRuns, writesEachRunIntoTheFolder) {
  const auto report =
      convert_runs({.runs = {root_ / "a.arrow", root_ / "b.arrow"}, .folder = root_ / "out"});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->written, (std::vector<fs::path>{root_ / "out/a.arrow", root_ / "out/b.arrow"}));
  EXPECT_TRUE(report->failed.empty());
  const auto before = run::open_run(root_ / "a.arrow", 2);
  const auto after = run::open_run(root_ / "out/a.arrow", 2);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->scan_count(), before->scan_count());
}

TEST_F(ConvertRuns, writesMzmlThatHoldsTheSame) {
  ASSERT_TRUE(convert_runs(
      {.runs = {root_ / "a.arrow"}, .folder = root_ / "out", .format = RunFileFormat::mzml}));
  const auto before = run::open_run(root_ / "a.arrow", 2);
  const auto after = run::open_run(root_ / "out/a.mzML", 2);
  ASSERT_TRUE(before && after);
  support::expect_same_peaks(*before, *after);
  EXPECT_TRUE(convert_runs({.runs = {root_ / "out/a.mzML"}}));  // back again, beside it
  EXPECT_TRUE(fs::exists(root_ / "out/a.arrow"));
}

TEST_F(ConvertRuns, aBadRunIsLeftOutAndNamed) {
  const auto report = convert_runs(
      {.runs = {root_ / "a.arrow", root_ / "bad.arrow", root_ / "none.arrow", root_ / "b.arrow"},
       .folder = root_ / "out"});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->written.size(), 2U);
  ASSERT_EQ(report->failed.size(), 2U);
  EXPECT_NE(report->failed[0].message().find("bad.arrow"), std::string::npos);
  EXPECT_EQ(report->failed[1].code, "OVL-IO-001");
  EXPECT_FALSE(fs::exists(root_ / "out/bad.arrow"));
}

TEST_F(ConvertRuns, refusesToOverwriteBeforeReadingAnything) {
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}}), "OVL-USE-010");
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}, .folder = root_, .overwrite = true}), "OVL-USE-010");
  EXPECT_EQ(code({.runs = {root_ / "b.arrow", root_ / "other/a.arrow"},
                  .folder = root_,
                  .overwrite = true}),
            "OVL-USE-010");
  EXPECT_EQ(code({.runs = {root_ / "a.arrow", root_ / "other/a.arrow"}, .folder = root_ / "out"}),
            "OVL-USE-013");
  EXPECT_FALSE(fs::exists(root_ / "out"));
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}, .folder = root_ / "out"}), "");
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}, .folder = root_ / "out"}), "OVL-USE-012");
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}, .folder = root_ / "out", .overwrite = true}), "");
}

TEST_F(ConvertRuns, aFolderThatCannotBeMadeEndsIt) {
  EXPECT_EQ(code({.runs = {root_ / "a.arrow"}, .folder = root_ / "bad.arrow" / "x"}), "OVL-IO-002");
}

}  // namespace
}  // namespace overland::commands
