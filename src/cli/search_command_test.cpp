#include <gtest/gtest.h>

#include "support/command_example.h"
#include "support/table_checks.h"

namespace overland::cli {
namespace {

using support::expect_error;
using support::Ran;
using support::run;
using support::TestFolder;
using support::write_text;

// What stops a search before it has read anything.
class SearchCommand : public testing::Test {
 protected:
  Ran search(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"search", (folder_ / "run.mzML").string(), "--library",
                  (folder_ / "library.tsv").string(), "--out", (folder_ / "out").string()});
    return run(add_search_command, words);
  }
  void expect_refused(const std::vector<std::string>& words, int code,
                      const std::vector<std::string>& texts) {
    expect_error(search(words), code, texts);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << "nothing was begun";
  }
  TestFolder folder_;
};

TEST_F(SearchCommand, parameters_are_checked_whichever_way_they_come) {
  write_text(folder_ / "c.json", R"({"score": {"model": "forest"}})");
  expect_refused({"--config", (folder_ / "c.json").string()}, 3,
                 {"OVL-CFG-002", "c.json", "trees"});
  expect_refused({"--set", "score.model=forest"}, 3, {"OVL-CFG-002", "trees"});
  expect_refused({"--set", "score.modl=trees"}, 3, {"OVL-CFG-001", "score.model"});
  expect_refused({"--report-q", "2"}, 3, {"OVL-CFG-002", "report.q_value"});
  expect_refused({"--report-q", "low"}, 2, {"OVL-USE-002", "--report-q"});
  expect_refused({"--config", (folder_ / "none.json").string()}, 3, {"OVL-CFG-004"});
}

TEST_F(SearchCommand, parameters_of_the_build_are_checked_against_its_own_schema) {
  expect_refused({"--library-set", "score.model=trees"}, 3, {"OVL-CFG-001"});
  expect_refused({"--set", "entrapments.per_target=1"}, 3, {"OVL-CFG-001"});
  expect_refused({"--entrapments", "-1"}, 3, {"OVL-CFG-002", "entrapments.per_target"});
  expect_refused({"--entrapments", "many"}, 2, {"OVL-USE-002"});
  write_text(folder_ / "b.json", R"({"entrapments": {"per_target": "x"}})");
  expect_refused({"--library-config", (folder_ / "b.json").string()}, 3, {"OVL-CFG-002", "b.json"});
}

TEST_F(SearchCommand, sizes_of_memory_are_read_strictly) {
  for (const char* size : {"8X", "G", "-1G", "8 G", "lots", "0G"})
    expect_refused({"--max-ram", size}, 2, {"OVL-USE-016", size});
}

TEST_F(SearchCommand, threads_are_within_their_range) {
  for (const char* threads : {"0", "-3", "1025", "two"})
    expect_refused({"--threads", threads}, 2, {"OVL-USE-002", "--threads"});
}

TEST_F(SearchCommand, a_library_or_proteins_are_needed_and_not_both) {
  const std::string run_file = (folder_ / "run.mzML").string();
  const std::string out = (folder_ / "out").string();
  write_text(folder_ / "run.mzML", "<mzML/>");
  expect_error(run(add_search_command, {"search", run_file, "--out", out}), 2, {"OVL-USE-015"});
  expect_refused({"--fasta", "proteins.fasta"}, 2, {"OVL-USE-015"});
  expect_error(run(add_search_command, {"search", "--library", "x", "--out", out}), 2,
               {"OVL-USE-014", "no run was given"});
  expect_error(run(add_search_command, {"search", run_file, "--library", "x"}), 2,
               {"OVL-USE-002", "--out"});
}

}  // namespace
}  // namespace overland::cli
