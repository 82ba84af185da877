// The whole search again: threads, resuming, runs that come later or are damaged.
#include "support/search_fixture.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using support::file_bytes;
using Strings = std::vector<std::string>;

class SearchResume : public support::SearchFixture {};

TEST_F(SearchResume, threads_do_not_change_a_byte) {
  const std::vector<fs::path> runs{add_run("one"), add_run("two", {.seed = 2, .has_ms1 = false})};
  std::map<std::string, std::string> first;
  for (const int threads : {1, 2, 3, 8}) {
    stages::SearchOptions options = options_for(runs, "out" + std::to_string(threads));
    options.machine.threads = threads;
    options.config.score.model = scoring::RescoreModel::trees;
    options.config.score.tree_rounds = 15;
    ASSERT_EQ(code_of(run_search(options)), "");
    const auto files = contents(options.out);
    if (first.empty()) first = files;
    EXPECT_TRUE(files.contains("work/second_pass/one/psms.arrow"));
    EXPECT_TRUE(files.contains("work/score/two.arrow"));
    EXPECT_TRUE(files.contains("report.parquet"));
    SCOPED_TRACE(threads);
    expect_equal(first, files);
  }
}

TEST_F(SearchResume, an_unchanged_rerun_does_no_stage_again) {
  const stages::SearchOptions options = options_for({add_run("one")});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto before = contents(options.out);
  std::map<std::string, fs::file_time_type> written;
  for (const auto& entry : fs::recursive_directory_iterator(options.out / "work")) {
    if (entry.is_regular_file()) written[entry.path().string()] = entry.last_write_time();
  }
  ASSERT_EQ(code_of(run_search(options)), "");
  expect_equal(before, contents(options.out));
  for (const auto& [file, time] : written) {
    if (fs::path(file).filename() == "hashes.json") continue;
    EXPECT_EQ(fs::last_write_time(file), time) << file;
  }
}

// A search that was killed in a stage leaves no manifest of it; one whose disk was cleaned, no
// file.
TEST_F(SearchResume, resumes_anywhere_with_the_same_bytes) {
  const stages::SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto whole = contents(options.out);
  for (const std::string lost :
       {"work/library/manifest.json", "work/tune/one/manifest.json",
        "work/second_pass/two/manifest.json", "work/score/manifest.json",
        "work/integrate/one/manifest.json", "work/tune/two/models.json",
        "work/second_pass/one/psms.arrow", "work/score/two.arrow",
        "work/integrate/two/quantities.arrow", "work/library/library.lib/fragments.arrow",
        "report.parquet", "work"}) {
    SCOPED_TRACE(lost);
    ASSERT_GT(fs::remove_all(options.out / lost), 0U) << "no such output";
    ASSERT_EQ(code_of(run_search(options)), "");
    expect_equal(whole, contents(options.out));
  }
}

// A disk that gives other bytes than were written.
TEST_F(SearchResume, a_damaged_output_of_any_stage_is_made_anew) {
  const stages::SearchOptions options = options_for({add_run("one"), add_run("two", {.seed = 2})});
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto whole = contents(options.out);
  std::size_t damaged = 0;
  for (const auto& [name, bytes] : whole) {
    const std::string ending = fs::path(name).extension().string();
    if (!name.starts_with("work/") || (ending != ".arrow" && ending != ".parquet")) continue;
    SCOPED_TRACE(name);
    std::string changed = bytes;
    for (std::size_t at = bytes.size() / 4; at < bytes.size() * 3 / 4; at += 97)
      changed[at] = static_cast<char>(changed[at] ^ 0x40);
    std::ofstream(options.out / name, std::ios::binary) << changed;
    ASSERT_EQ(code_of(run_search(options)), "");
    expect_equal(whole, contents(options.out));
    ++damaged;
  }
  EXPECT_GT(damaged, 10U);
}

TEST_F(SearchResume, a_run_added_later_gives_the_results_of_both_from_scratch) {
  const fs::path one = add_run("one");
  const fs::path two = add_run("two", {.seed = 2});
  ASSERT_EQ(code_of(run_search(options_for({one}))), "");
  ASSERT_EQ(code_of(run_search(options_for({one, two}))), "");
  ASSERT_EQ(code_of(run_search(options_for({one, two}, "scratch"))), "");
  expect_equal(contents(scratch_.path() / "scratch"), contents(scratch_.path() / "out"));
}

TEST_F(SearchResume, changed_parameters_give_the_results_of_a_new_folder) {
  const fs::path run = add_run("one");
  ASSERT_EQ(code_of(run_search(options_for({run}))), "");
  stages::SearchOptions changed = options_for({run});
  changed.config.calibration.mass_sigma = 5;
  changed.config.report.decoys = true;
  ASSERT_EQ(code_of(run_search(changed)), "");
  const auto resumed = contents(changed.out);
  changed.out = scratch_.path() / "new";
  ASSERT_EQ(code_of(run_search(changed)), "");
  expect_equal(contents(changed.out), resumed);
}

TEST_F(SearchResume, a_damaged_run_does_not_touch_the_others) {
  const fs::path good = add_run("good");
  const stages::SearchOptions alone = options_for({good}, "alone");
  ASSERT_EQ(code_of(run_search(alone)), "");
  const stages::SearchOptions options =
      options_for({add_damaged("bad"), good, data_ / "absent.arrow"});
  const auto result = run_search(options);
  ASSERT_EQ(code_of(result), "OVL-COH-001");
  EXPECT_EQ(result.error().exit_code(), 5);
  EXPECT_NE(result.error().what.find("2 of 3"), std::string::npos) << result.error().what;
  EXPECT_TRUE(file_bytes(options.out / "report.parquet") ==
              file_bytes(alone.out / "report.parquet"));
  const io::Table runs = table(options.out / "runs.parquet");
  EXPECT_EQ(**runs.column<std::string>("Status"), (Strings{"failed", "done", "failed"}));
  const std::string error = (**runs.column<std::string>("Error"))[0];
  EXPECT_NE(error.find("bad.arrow"), std::string::npos) << error;
  EXPECT_EQ(error.find(data_.string()), std::string::npos) << error;
  stages::SearchOptions strict = options;
  strict.is_strict = true;
  strict.out = scratch_.path() / "strict";
  EXPECT_EQ(run_search(strict).error().exit_code(), 4);
  EXPECT_FALSE(fs::exists(strict.out / "report.parquet"));
}

TEST_F(SearchResume, when_all_runs_are_damaged_the_first_cause_is_the_error) {
  const stages::SearchOptions options = options_for({add_damaged("bad"), add_damaged("worse")});
  const auto result = run_search(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().exit_code(), 4) << result.error().message();
  EXPECT_NE(result.error().where.find("bad.arrow"), std::string::npos) << result.error().where;
  EXPECT_FALSE(fs::exists(options.out / "report.parquet"));
}

}  // namespace
}  // namespace overland::commands
