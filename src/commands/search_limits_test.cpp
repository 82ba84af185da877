// The whole search where there is little or nothing to find, and where it is used wrongly.
#include "search/psm_table.h"
#include "support/search_fixture.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using support::example_run;
using support::ExampleRun;
using support::file_bytes;
using support::judge;
using support::Outcome;

class SearchLimits : public support::SearchFixture {};

TEST_F(SearchLimits, noise_gives_about_nothing) {
  std::size_t rows = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const stages::SearchOptions options =
        options_for({add_run("noise" + std::to_string(seed), {.seed = seed, .present_share = 0})},
                    "out" + std::to_string(seed));
    ASSERT_EQ(code_of(run_search(options)), "");
    const std::size_t found = table(options.out / "report.parquet").row_count();
    rows += found;
    const std::string log = file_bytes(options.out / "log.txt");
    EXPECT_EQ(log.find("no precursor at q <= 0.01") != std::string::npos, found == 0);
  }
  EXPECT_LE(rows, 2U);
}

TEST_F(SearchLimits, a_run_without_peaks_is_diagnosed) {
  const stages::SearchOptions options =
      options_for({add_run("empty", {.present_share = 0, .noise_peaks = 0})});
  ASSERT_EQ(code_of(run_search(options)), "");
  EXPECT_EQ(table(options.out / "report.parquet").row_count(), 0U);
  EXPECT_NE(file_bytes(options.out / "log.txt").find("0 peaks a scan"), std::string::npos);
}

TEST_F(SearchLimits, a_library_outside_the_windows_is_diagnosed) {
  auto heavy = targets_;
  for (library::LibraryPrecursor& target : heavy) target.charge = 1;  // above 800 Th
  ASSERT_TRUE(library::write_library(heavy, {"heavy", "", "test"}, scratch_.path() / "heavy.lib"));
  stages::SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "heavy.lib";
  ASSERT_EQ(code_of(run_search(options)), "");
  EXPECT_EQ(table(options.out / "report.parquet").row_count(), 0U);
  EXPECT_NE(file_bytes(options.out / "log.txt").find("no precursor at q"), std::string::npos);
}

TEST_F(SearchLimits, a_library_of_decoys_only_is_refused) {
  auto decoys = targets_;
  for (library::LibraryPrecursor& precursor : decoys) precursor.is_decoy = true;
  ASSERT_TRUE(
      library::write_library(decoys, {"decoys", "", "test"}, scratch_.path() / "decoys.lib"));
  stages::SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "decoys.lib";
  EXPECT_EQ(code_of(run_search(options)), "OVL-LIB-023");
}

TEST_F(SearchLimits, an_empty_library_and_one_precursor_are_searched_without_harm) {
  for (const std::size_t count : {0U, 1U}) {
    const std::vector<library::LibraryPrecursor> few(
        targets_.begin(), targets_.begin() + static_cast<std::ptrdiff_t>(count));
    const std::string name = "few" + std::to_string(count);
    ASSERT_TRUE(
        library::write_library(few, {"few", "", "test"}, scratch_.path() / (name + ".lib")));
    stages::SearchOptions options = options_for({add_run("one")}, name);
    options.library = scratch_.path() / (name + ".lib");
    EXPECT_EQ(code_of(run_search(options)), count == 0 ? "OVL-LIB-023" : "");
  }
}

TEST_F(SearchLimits, equal_library_times_search_the_whole_run) {
  auto flat = targets_;
  for (library::LibraryPrecursor& target : flat) target.irt = 5;
  ASSERT_TRUE(library::write_library(flat, {"flat", "", "test"}, scratch_.path() / "flat.lib"));
  stages::SearchOptions options = options_for({add_run("one")});
  options.library = scratch_.path() / "flat.lib";
  ASSERT_EQ(code_of(run_search(options)), "");
  const auto psms =
      search::read_psms(options.out / "work/second_pass/one/psms.arrow", {.precursors = 1U << 20});
  ASSERT_TRUE(psms);
  std::size_t infinite = 0;
  for (const float value : psms->features) infinite += std::isinf(value) ? 1U : 0U;
  EXPECT_EQ(infinite, 0U);
  EXPECT_GT(judge(table(options.out / "report.parquet"), targets_).right, 90U);
}

TEST_F(SearchLimits, a_wider_report_holds_all_that_it_promises) {
  stages::SearchOptions options = options_for({add_run("poor", {.present_share = 0.1})});
  options.config.report.q_value = 0.5;
  options.config.report.decoys = true;
  ASSERT_EQ(code_of(run_search(options)), "");
  const io::Table report = table(options.out / "report.parquet");
  double largest = 0;
  for (const double q : **report.column<double>("Q.Value")) largest = std::max(largest, q);
  EXPECT_GT(largest, 0.01);
  EXPECT_LE(largest, 0.5);
  std::size_t decoys = 0;
  for (const std::uint8_t decoy : **report.column<std::uint8_t>("Decoy")) decoys += decoy;
  EXPECT_GT(decoys, 10U);
}

TEST_F(SearchLimits, mzml_and_arrow_give_the_same_report_again_and_again) {
  const fs::path arrow = add_run("one");
  const fs::path folder = scratch_.path() / "mzml";
  fs::create_directories(folder);
  ASSERT_TRUE(run::write_run_mzml(example_run(targets_, {}), folder / "one.mzML", 2));
  const stages::SearchOptions from_arrow = options_for({arrow}, "arrow");
  const stages::SearchOptions from_mzml = options_for({folder / "one.mzML"}, "from_mzml");
  ASSERT_EQ(code_of(run_search(from_arrow)), "");
  ASSERT_EQ(code_of(run_search(from_mzml)), "");
  EXPECT_TRUE(file_bytes(from_arrow.out / "report.parquet") ==
              file_bytes(from_mzml.out / "report.parquet"));
  const auto before = contents(from_mzml.out);
  ASSERT_EQ(code_of(run_search(from_mzml)), "");
  expect_equal(before, contents(from_mzml.out));
}

TEST_F(SearchLimits, wrong_use_is_refused_before_anything_is_written) {
  const fs::path run = add_run("one");
  fs::create_directories(data_ / "sub");
  fs::copy_file(run, data_ / "sub/one.arrow");
  EXPECT_EQ(code_of(run_search(options_for({run, data_ / "sub/one.arrow"}))), "OVL-USE-013");
  EXPECT_EQ(code_of(run_search(options_for({}))), "OVL-USE-014");
  EXPECT_FALSE(fs::exists(scratch_.path() / "out"));
  stages::SearchOptions options = options_for({run});
  options.out = data_;
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-011");
  options.out = run;
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-010");
  options.out = library();
  EXPECT_EQ(code_of(run_search(options)), "OVL-USE-010");
  EXPECT_FALSE(fs::exists(data_ / "work"));
}

}  // namespace
}  // namespace overland::commands
