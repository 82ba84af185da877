#include "base/files/output_guard.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace overland {
namespace {

namespace fs = std::filesystem;

class OutputGuard : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "overland_guard_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    fs::create_directories(root_ / "data");
    fs::create_directories(root_ / "x.lib");
    fs::create_directories(root_ / "links");
    std::ofstream(root_ / "data/run.mzML") << "x";
    std::ofstream(root_ / "x.lib/library.json") << "x";
    fs::create_symlink(root_ / "data/run.mzML", root_ / "links/run.mzML");
    fs::create_symlink(root_ / "data", root_ / "data_link");
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string file_code(const fs::path& output, const fs::path& input, bool replace = true) const {
    const auto checked = check_output_file(root_ / output, {root_ / input}, replace);
    return checked ? "" : checked.error().code;
  }
  std::string folder_code(const fs::path& output, const fs::path& input) const {
    const auto checked = check_output_folder(root_ / output, {root_ / input});
    return checked ? "" : checked.error().code;
  }
  fs::path root_;
};

TEST_F(OutputGuard, aFileMayLieBesideItsInputButNotBeIt) {
  EXPECT_EQ(file_code("data/run.arrow", "data/run.mzML"), "");
  EXPECT_EQ(file_code("new/deep/run.arrow", "data/run.mzML"), "");
  EXPECT_EQ(file_code("data/run.mzML", "data/run.mzML"), "OVL-USE-010");
  EXPECT_EQ(file_code("data/../data/./run.mzML", "data/run.mzML"), "OVL-USE-010");
  EXPECT_EQ(file_code("data_link/run.mzML", "data/run.mzML"), "OVL-USE-010");
  EXPECT_EQ(file_code("links/run.mzML", "data/run.mzML"), "OVL-USE-010");
  EXPECT_EQ(file_code("data/run.mzML", "links/run.mzML"), "OVL-USE-010");
  EXPECT_EQ(file_code("links/run.mzML", "links/run.mzML"), "OVL-USE-010");
}

TEST_F(OutputGuard, aFileMayNotLieInAnInputFolder) {
  EXPECT_EQ(file_code("x.lib/run.arrow", "x.lib"), "OVL-USE-011");
  EXPECT_EQ(file_code("x.lib/run.arrow", "x.lib/"), "OVL-USE-011");
  EXPECT_EQ(file_code("x.lib", "x.lib/"), "OVL-USE-010");
  EXPECT_EQ(file_code("x.library", "x.lib"), "");
}

TEST_F(OutputGuard, anExistingFileIsReplacedOnlyWhenAsked) {
  std::ofstream(root_ / "data/run.arrow") << "old";
  fs::create_symlink(root_ / "nowhere", root_ / "data/dangling.arrow");
  EXPECT_EQ(file_code("data/run.arrow", "data/run.mzML", false), "OVL-USE-012");
  EXPECT_EQ(file_code("data/dangling.arrow", "data/run.mzML", false), "OVL-USE-012");
  EXPECT_EQ(file_code("data/run.arrow", "data/run.mzML", true), "");
}

TEST_F(OutputGuard, resultsGoToAFolderWithoutInputs) {
  EXPECT_EQ(folder_code("results", "data/run.mzML"), "");
  EXPECT_EQ(folder_code("data/results", "data/run.mzML"), "");
  EXPECT_EQ(folder_code("dat", "data/run.mzML"), "");
  EXPECT_EQ(folder_code("data", "data/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code("data/", "data/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code("data_link", "data/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code(".", "data/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code("/", "data/run.mzML"), "OVL-USE-011");
}

TEST_F(OutputGuard, aLinkedInputCountsWithBothItsPlaces) {
  EXPECT_EQ(folder_code("links", "links/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code("data", "links/run.mzML"), "OVL-USE-011");
  EXPECT_EQ(folder_code("results", "links/run.mzML"), "");
}

TEST_F(OutputGuard, resultsAndLibraryFoldersStayApart) {
  EXPECT_EQ(folder_code("x.lib", "x.lib"), "OVL-USE-010");
  EXPECT_EQ(folder_code("x.lib/results", "x.lib/"), "OVL-USE-011");
  EXPECT_EQ(folder_code("x.lib", "x.lib/library.json"), "OVL-USE-011");
  EXPECT_EQ(folder_code("x.library", "x.lib"), "");
}

}  // namespace
}  // namespace overland
