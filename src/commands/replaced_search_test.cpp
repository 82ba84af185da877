// A search into a folder that has another one, and what clean leaves.
#include "commands/replaced_search.h"

#include "base/files/file_lock.h"
#include "commands/clean_results.h"
#include "support/search_fixture.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using support::file_bytes;

class ReplacedSearch : public support::SearchFixture {
 protected:
  // The error of a search without --overwrite.
  static Error refusal(stages::SearchOptions options) {
    options.overwrite = false;
    const auto done = run_search(options);
    return done ? Error{} : done.error();
  }
};

TEST_F(ReplacedSearch, is_refused_with_its_differences_and_changes_nothing) {
  const fs::path one = add_run("one");
  const fs::path two = add_run("two", {.seed = 2});
  const stages::SearchOptions first = options_for({one, two});
  ASSERT_EQ(code_of(run_search(first)), "");
  const auto before = contents(first.out);
  const std::string config = file_bytes(first.out / "config.json");
  stages::SearchOptions changed = options_for({one});
  changed.config.report.q_value = 0.05;
  const Error error = refusal(changed);
  EXPECT_EQ(error.code, "OVL-USE-012");
  EXPECT_EQ(error.exit_code(), 2);
  EXPECT_NE(error.what.find("the run two is left out"), std::string::npos) << error.what;
  EXPECT_NE(error.what.find("report.q_value was 0.01 and is 0.05"), std::string::npos)
      << error.what;
  EXPECT_EQ(error.what.find("library"), std::string::npos) << error.what;
  expect_equal(before, contents(first.out));
  EXPECT_EQ(file_bytes(first.out / "config.json"), config);
}

TEST_F(ReplacedSearch, names_another_library_and_another_file_of_a_run) {
  const stages::SearchOptions first = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(first)), "");
  add_run("one", {.seed = 9});
  stages::SearchOptions other = first;
  other.library = scratch_.path() / "other.lib";
  ASSERT_TRUE(library::write_library(support::example_targets(100, 5), {"other", "", "test"},
                                     other.library));
  const Error error = refusal(other);
  EXPECT_EQ(error.code, "OVL-USE-012");
  EXPECT_NE(error.what.find("the run one is another file"), std::string::npos) << error.what;
  EXPECT_NE(error.what.find("the library is another one"), std::string::npos) << error.what;
}

TEST_F(ReplacedSearch, is_not_one_that_adds_a_run_moves_an_input_or_uses_other_threads) {
  const fs::path one = add_run("one");
  ASSERT_EQ(code_of(run_search(options_for({one}))), "");
  const fs::path moved = scratch_.path() / "moved";
  fs::create_directories(moved);
  fs::rename(one, moved / "one.arrow");
  stages::SearchOptions more = options_for({moved / "one.arrow", add_run("two", {.seed = 2})});
  more.machine.threads = 1;
  EXPECT_EQ(refusal(more).code, "");
}

TEST_F(ReplacedSearch, is_not_one_after_a_search_that_failed) {
  EXPECT_NE(refusal(options_for({data_ / "mistyped.arrow"})).code, "");
  ASSERT_TRUE(fs::exists(options_for({}).out / "config.json"));
  EXPECT_EQ(refusal(options_for({add_run("one")})).code, "");
}

TEST_F(ReplacedSearch, is_not_one_that_replaces_or_leaves_out_a_run_that_failed) {
  const fs::path one = add_run("one");
  const fs::path two = add_damaged("two");
  EXPECT_EQ(refusal(options_for({one, two})).code, "OVL-COH-001");
  EXPECT_EQ(refusal(options_for({one})).code, "");
  EXPECT_EQ(refusal(options_for({one, two})).code, "OVL-COH-001");
  add_run("two", {.seed = 2});
  EXPECT_EQ(refusal(options_for({one, two})).code, "");
  EXPECT_EQ(refusal(options_for({one})).code, "OVL-USE-012");
}

TEST_F(ReplacedSearch, with_overwrite_equals_a_search_into_a_new_folder) {
  const fs::path one = add_run("one");
  stages::SearchOptions first = options_for({one, add_run("two", {.seed = 2})});
  first.config.report.tsv = true;
  ASSERT_EQ(code_of(run_search(first)), "");
  ASSERT_TRUE(fs::exists(first.out / "plots/two.calibration.svg"));
  std::ofstream(first.out / "notes.tsv") << "of the user";
  const auto written = fs::last_write_time(first.out / "work/second_pass/one/psms.arrow");
  ASSERT_EQ(code_of(run_search(options_for({one}))), "");
  EXPECT_FALSE(fs::exists(first.out / "plots/two.calibration.svg"));
  EXPECT_FALSE(fs::exists(first.out / "report.tsv"));
  EXPECT_TRUE(fs::exists(first.out / "notes.tsv"));
  EXPECT_EQ(fs::last_write_time(first.out / "work/second_pass/one/psms.arrow"), written);
  const stages::SearchOptions fresh = options_for({one}, "fresh");
  ASSERT_EQ(code_of(run_search(fresh)), "");
  for (const auto& entry : fs::directory_iterator(fresh.out))
    if (entry.path().extension() == ".parquet") {
      EXPECT_TRUE(file_bytes(entry.path()) == file_bytes(first.out / entry.path().filename()))
          << entry.path();
    }
}

TEST_F(ReplacedSearch, clean_leaves_the_results_and_the_search_makes_the_same_again) {
  const stages::SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto whole = contents(options.out);
  std::ofstream(options.out / "work/mine.txt") << "of the user";
  const auto listed = clean_results({.results = options.out, .only_lists = true});
  ASSERT_TRUE(listed);
  EXPECT_TRUE(fs::exists(options.out / "work/second_pass/one/psms.arrow"));
  std::ofstream(options.out / "work/second_pass/one.lock") << "";  // of a killed process
  const auto cleaned = clean_results({.results = options.out});
  ASSERT_TRUE(cleaned) << cleaned.error().message();
  std::uint64_t bytes = 0;
  for (const CleanedPart& part : *cleaned) bytes += part.bytes;
  EXPECT_GT(bytes, 100'000U);
  EXPECT_EQ(cleaned->size(), listed->size());
  EXPECT_TRUE(fs::exists(options.out / "work/mine.txt"));
  EXPECT_EQ(std::distance(fs::directory_iterator(options.out / "work"), {}), 1);
  EXPECT_TRUE(fs::exists(options.out / "report.parquet"));
  EXPECT_TRUE(fs::exists(options.out / "report.html"));
  fs::remove(options.out / "work/mine.txt");
  ASSERT_EQ(code_of(run_search(options)), "");
  expect_equal(whole, contents(options.out));
}

TEST_F(ReplacedSearch, clean_follows_no_link_and_refuses_other_folders) {
  const stages::SearchOptions options = options_for({add_run("one")});
  EXPECT_EQ(clean_results({.results = data_}).error().code, "OVL-USE-040");
  ASSERT_EQ(code_of(run_search(options)), "");
  const fs::path elsewhere = scratch_.path() / "elsewhere";
  fs::create_directories(elsewhere);
  std::ofstream(elsewhere / "kept") << "x";
  fs::remove_all(options.out / "work/tune");
  fs::create_directory_symlink(elsewhere, options.out / "work/tune");
  ASSERT_TRUE(clean_results({.results = options.out}));
  EXPECT_TRUE(fs::exists(elsewhere / "kept"));
  EXPECT_FALSE(fs::is_symlink(options.out / "work/tune"));
}

TEST_F(ReplacedSearch, clean_refuses_while_a_stage_is_being_done) {
  const stages::SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto lock = FileLock::wait_for(options.out / "work/tune/one.lock", {}, "");
  ASSERT_TRUE(lock);
  EXPECT_EQ(clean_results({.results = options.out}).error().code, "OVL-USE-072");
  EXPECT_TRUE(fs::exists(options.out / "work/tune/one/models.json"));
}

}  // namespace
}  // namespace overland::commands
