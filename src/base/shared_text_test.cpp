#include "base/shared_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace overland {
namespace {

TEST(SharedText, a_command_line_names_files_without_their_folders) {
  const std::array words = {"/opt/bin/overland",
                            "search",
                            "--out=/data/anna/out/",
                            "--koina-url",
                            "https://host/models",
                            "--set",
                            "score.tree_depth=4",
                            "a/b c.mzML",
                            "/"};
  EXPECT_EQ(shared_command_line(words),
            "overland search --out=out --koina-url https://host/models --set score.tree_depth=4 "
            "b c.mzML ");
  EXPECT_EQ(shared_command_line({}), "");
}

TEST(SharedText, paths_start_below_the_longest_known_folder) {
  const std::vector<std::string> folders = {"/data/anna/runs", "/data/anna", "study"};
  EXPECT_EQ(without_folders("cannot read '/data/anna/runs/a.mzML': no file", folders),
            "cannot read 'a.mzML': no file");
  EXPECT_EQ(without_folders("/data/anna/out/work=/data/anna/out", folders), "out/work=out");
  EXPECT_EQ(without_folders("study/b.mzML, study/c.mzML", folders), "b.mzML, c.mzML");
}

TEST(SharedText, other_texts_stay) {
  const std::vector<std::string> folders = {"/data", "study"};
  for (const char* text : {"my-study/b", "x/study/b", "/more/data/b", "/database/b", "a study", "",
                           "https://host/data/x", "\xc3\xa4study/b"})
    EXPECT_EQ(without_folders(text, folders), text);
}

TEST(SharedText, folders_are_those_of_the_files_as_given_and_absolute) {
  const auto here = std::filesystem::current_path().string();
  const auto folders = folders_of({"a.mzML", "runs/b.mzML", "/data/out/", "/c"});
  for (const std::string& folder :
       {here, std::string("runs"), here + "/runs", std::string("/data")})
    EXPECT_EQ(std::ranges::count(folders, folder), 1) << folder;
  for (const char* folder : {"", "/", "/data/out"})
    EXPECT_EQ(std::ranges::count(folders, folder), 0) << folder;
  EXPECT_TRUE(std::ranges::is_sorted(folders, std::ranges::greater{}, &std::string::size));
}

}  // namespace
}  // namespace overland
