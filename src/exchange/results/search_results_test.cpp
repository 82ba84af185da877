#include "exchange/results/search_results.h"

#include <gtest/gtest.h>

#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;

TEST(SearchResults, are_the_rows_of_the_report_with_their_runs) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const SearchResults results = opened(example, folder / "out");
  ASSERT_EQ(results.row_count(), example.rows.size());
  EXPECT_EQ(results.runs, example.runs);
  EXPECT_EQ(results.files, example.files);
  EXPECT_EQ(results.program, "overland 1.2.3");
  EXPECT_EQ(results.filter, "Q.Value <= 0.01");
  const auto decoy = results.is_decoy();
  const auto quantity = results.numbers("Precursor.Quantity");
  for (std::size_t i = 0; i < example.rows.size(); ++i) {
    EXPECT_EQ(results.run_of_row[i], example.rows[i].run) << i;
    EXPECT_EQ(results.text("Precursor.Id")[i], example.id(example.rows[i])) << i;
    EXPECT_EQ(decoy[i], example.rows[i].precursor == 4) << i;
    EXPECT_EQ(std::isnan(quantity[i]), std::isnan(example.rows[i].quantity)) << i;
    if (!std::isnan(quantity[i])) {
      EXPECT_EQ(quantity[i], example.rows[i].quantity) << i;
    }
  }
}

TEST(SearchResults, a_column_of_numbers_that_is_not_there_is_all_missing) {
  const TestFolder folder;
  const SearchResults results = opened(example_results(), folder / "out");
  for (const char* name : {"No.Such.Column", "Run"}) {
    const auto numbers = results.numbers(name);
    ASSERT_EQ(numbers.size(), results.row_count());
    for (const double value : numbers) EXPECT_TRUE(std::isnan(value)) << name;
  }
}

TEST(SearchResults, files_are_where_the_search_found_them) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  example.write(folder / "out");
  write_text(folder / "out" / "config.json",
             R"({"inputs": {"runs": [{"name": "A_2", "file": "/abs/A_2.mzML.gz"}, 17,
                 {"name": "B_1", "file": 17}, {"name": "other", "file": "/abs/other"}]}})");
  const auto results = open_search_results(folder / "out", {});
  ASSERT_TRUE(results) << results.error().message();
  EXPECT_EQ(results->files,
            (std::vector<std::string>{example.files[0], "/abs/A_2.mzML.gz", example.files[2]}));
  for (const char* text :
       {"", "[]", "{\"inputs\": []}", "not json", "{\"inputs\": {\"runs\": {}}}"}) {
    write_text(folder / "out" / "config.json", text);
    const auto plain = open_search_results(folder / "out", {});
    ASSERT_TRUE(plain) << text;
    EXPECT_EQ(plain->files, example.files) << text;
  }
}

TEST(SearchResults, conditions_are_by_name_or_of_a_table) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  const SearchResults by_name = opened(example, folder / "out");
  EXPECT_EQ(by_name.condition_of_run(), (std::vector<std::string>{"A", "A", "B"}));
  write_text(folder / "c.tsv", "Run\tCondition\nB_1\tlow, dose\nA_2\t\"high \"\"x\"\"\"\n");
  const SearchResults by_table = opened(example, folder / "out", folder / "c.tsv");
  EXPECT_EQ(by_table.condition_of_run(),
            (std::vector<std::string>{"A_1", "high \"x\"", "low, dose"}))
      << "a run without a condition forms a separate condition";
  write_text(folder / "c.tsv", "Run\tCondition\nC_1\tx\n");
  EXPECT_EQ(code_of(open_search_results(folder / "out", folder / "c.tsv")), "OVL-IO-092");
  write_text(folder / "c.tsv", "Name\tCondition\nA_1\tx\n");
  EXPECT_EQ(code_of(open_search_results(folder / "out", folder / "c.tsv")), "OVL-IO-091");
  EXPECT_EQ(code_of(open_search_results(folder / "out", folder / "none.tsv")), "OVL-IO-001");
}

TEST(SearchResults, a_folder_that_is_none_of_a_search_is_refused) {
  const TestFolder folder;
  EXPECT_EQ(code_of(open_search_results(folder.path(), {})), "OVL-USE-040");
  EXPECT_EQ(code_of(open_search_results(folder / "absent", {})), "OVL-USE-040");
  write_text(folder / "report.parquet", "PAR1");
  EXPECT_EQ(code_of(open_search_results(folder.path(), {})), "OVL-USE-040") << "half of one";
  write_text(folder / "runs.parquet", "PAR1");
  EXPECT_EQ(code_of(open_search_results(folder.path(), {})), "OVL-IO-003");
}

TEST(SearchResults, tables_without_what_is_needed_name_it) {
  const TestFolder folder;
  const ExampleResults example = example_results();
  example.write(folder.path());
  for (const char* name : {"Run", "Precursor.Id", "Modified.Sequence", "Stripped.Sequence",
                           "Protein.Group", "Protein.Ids", "Genes"}) {
    io::Table less;
    const io::Table report = example.report();
    for (const io::Column& column : report.columns())
      if (column.name != name) less.add(column.name, column.values);
    ASSERT_TRUE(io::write_parquet(less, folder / "report.parquet"));
    const auto results = open_search_results(folder.path(), {});
    ASSERT_FALSE(results) << name;
    EXPECT_EQ(results.error().code, "OVL-IO-090");
    EXPECT_NE(results.error().what.find(name), std::string::npos) << results.error().what;
  }
  ExampleResults fewer = example;
  fewer.runs[2] = "renamed";
  ASSERT_TRUE(io::write_parquet(example.report(), folder / "report.parquet"));
  ASSERT_TRUE(io::write_parquet(fewer.runs_table(), folder / "runs.parquet"));
  EXPECT_EQ(code_of(open_search_results(folder.path(), {})), "OVL-IO-090") << "an unknown run";
}

TEST(SearchResults, an_empty_report_is_one_without_rows) {
  const TestFolder folder;
  ExampleResults none = example_results();
  none.rows.clear();
  none.traces.clear();
  const SearchResults results = opened(none, folder / "out");
  EXPECT_EQ(results.row_count(), 0U);
  EXPECT_EQ(results.runs.size(), 3U);
  EXPECT_TRUE(results.numbers("Q.Value").empty());
}

}  // namespace
}  // namespace overland::exchange
