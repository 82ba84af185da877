// Tables in memory, as text, and for other programs.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/table/exchange_table.h"
#include "io/table/mapped_columns.h"
#include "io/table/table.h"
#include "io/table/table_sink.h"
#include "support/table_checks.h"

namespace overland::io {
namespace {

using support::TestFolder;

Table numbers(std::vector<std::int32_t> values, std::vector<std::string> words) {
  Table table;
  table.metadata["key"] = "value";
  table.add("number", std::move(values), "Th", "a number");
  table.add("word", std::move(words));
  return table;
}

TEST(TableRows, appended_to_a_table_follow_its_own) {
  Table table = numbers({1, 2}, {"a", "b"});
  table.append_rows(numbers({3}, {"c"}));
  table.append_rows(numbers({}, {}));
  EXPECT_EQ(table.row_count(), 3U);
  EXPECT_EQ(**table.column<std::int32_t>("number"), (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(**table.column<std::string>("word"), (std::vector<std::string>{"a", "b", "c"}));
  Table empty;
  EXPECT_EQ(empty.row_count(), 0U);
  empty.append_rows(numbers({7}, {"x"}));
  EXPECT_EQ(empty.row_count(), 1U) << "a table without columns takes those of the other";
  EXPECT_EQ(empty.metadata.at("key"), "value");
  EXPECT_EQ(empty.columns()[0].unit, "Th");
}

TEST(TableRows, split_off_the_front_leave_the_others) {
  Table table = numbers({1, 2, 3}, {"a", "b", "c"});
  const Table none = table.split_front(0);
  EXPECT_EQ(none.row_count(), 0U);
  EXPECT_EQ(none.columns().size(), 2U);
  const Table front = table.split_front(2);
  EXPECT_EQ(**front.column<std::string>("word"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(front.columns()[0].description, "a number");
  EXPECT_EQ(front.metadata.at("key"), "value");
  EXPECT_EQ(**table.column<std::int32_t>("number"), std::vector<std::int32_t>{3});
  EXPECT_EQ(table.metadata.at("key"), "value") << "both keep it";
  const Table rest = table.split_front(1);
  EXPECT_EQ(rest.row_count(), 1U);
  EXPECT_EQ(table.row_count(), 0U);
}

TEST(TableRows, errors_name_the_columns_that_there_are) {
  const Table table = numbers({1}, {"a"});
  const auto none = table.column<float>("nubmer");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().where.find("number, word"), std::string::npos);
  const auto other = table.column<double>("number");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().what.find("'number'"), std::string::npos);
}

std::string tsv_of(const Table& table) {
  const TestFolder folder;
  EXPECT_TRUE(write_tsv(table, folder / "t.tsv"));
  return support::text_of(folder / "t.tsv");
}

TEST(TableText, quotes_what_would_break_a_line_or_a_field) {
  Table table;
  table.add("a\tb",
            std::vector<std::string>{"plain", "tab\t", "line\nbreak", "quo\"te", "", "r\r"});
  EXPECT_EQ(tsv_of(table),
            "\"a\tb\"\nplain\n\"tab\t\"\n\"line\nbreak\"\n\"quo\"\"te\"\n\n\"r\r\"\n");
}

TEST(TableText, numbers_are_written_in_full_and_missing_ones_empty) {
  Table table;
  const double nan = std::nan("");
  table.add("d", std::vector<double>{0.1, nan, 1e-300, -0.0});
  table.add("f", std::vector<float>{0.1F, 16777216.0F, std::nanf(""), 1e30F});
  table.add("i", std::vector<std::int64_t>{-1, 0, std::numeric_limits<std::int64_t>::max(), 5});
  table.add("b", std::vector<std::uint8_t>{0, 1, 2, 0}, kBoolean);
  EXPECT_EQ(tsv_of(table),
            "d\tf\ti\tb\n0.1\t0.1\t-1\tfalse\n\t16777216\t0\ttrue\n"
            "1e-300\t\t9223372036854775807\ttrue\n-0\t1e+30\t5\tfalse\n");
}

TEST(TableText, of_a_table_without_rows_is_its_header) {
  EXPECT_EQ(tsv_of(numbers({}, {})), "number\tword\n");
}

TEST(TableText, reads_back_the_text_that_it_quoted) {
  const TestFolder folder;
  const std::vector<std::string> words{"", "a", "\"", "\"\"", "a\tb", "\n", "c\r\nd", " x "};
  Table table;
  table.add("first", std::vector<std::string>(words.size(), "x"));
  table.add("word \"w\"", words);
  ASSERT_TRUE(write_tsv(table, folder / "t.tsv"));
  const auto back = read_delimited(folder / "t.tsv");
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->columns()[1].name, "word \"w\"");
  EXPECT_EQ(std::get<std::vector<std::string>>(back->columns()[1].values), words);
}

TEST(TableText, of_a_file_that_cannot_be_made_is_an_error) {
  const TestFolder folder;
  support::write_text(folder / "file", "");
  EXPECT_EQ(write_tsv(numbers({1}, {"a"}), folder / "file/t.tsv").error().code, "OVL-IO-002");
  EXPECT_EQ(TableFiles::open(folder / "file/t", true).error().code, "OVL-IO-002");
}

TEST(ExchangeTable, has_booleans_and_missing_values) {
  const TestFolder folder;
  Table table;
  table.add("flag", std::vector<std::uint8_t>{0, 1, 7}, kBoolean);
  table.add("value", std::vector<double>{1, std::nan(""), 3}, "minutes");
  ASSERT_TRUE(write_exchange_arrow(table, folder / "t.arrow"));
  const auto back = read_arrow(folder / "t.arrow");
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(**back->column<std::uint8_t>("flag"), (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_TRUE(std::isnan((**back->column<double>("value"))[1]));
  const auto mapped = MappedColumns::open(folder / "t.arrow");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->column<double>("value").error().code, "OVL-IO-003") << "it has nulls";
  EXPECT_EQ(mapped->column<std::uint8_t>("flag").error().code, "OVL-IO-021") << "bits, no bytes";
  EXPECT_EQ(write_exchange_arrow(table, folder / "no/../t.arrow/x").error().code, "OVL-IO-002");
}

TEST(MappedColumns, have_all_types_and_no_rows_where_there_are_none) {
  const TestFolder folder;
  for (const std::size_t rows : {0U, 3U}) {
    Table table;
    table.add("u8", std::vector<std::uint8_t>(rows, 1));
    table.add("u16", std::vector<std::uint16_t>(rows, 2));
    table.add("u32", std::vector<std::uint32_t>(rows, 3));
    table.add("u64", std::vector<std::uint64_t>(rows, 4));
    table.add("i32", std::vector<std::int32_t>(rows, -5));
    table.add("i64", std::vector<std::int64_t>(rows, -6));
    table.add("d", std::vector<double>(rows, 0.5));
    table.add("s", std::vector<std::string>(rows, "word"));
    ASSERT_TRUE(write_arrow(table, folder / "t.arrow"));
    const auto mapped = MappedColumns::open(folder / "t.arrow");
    ASSERT_TRUE(mapped) << mapped.error().message();
    EXPECT_EQ(mapped->row_count(), rows);
    ASSERT_EQ(mapped->column<std::uint8_t>("u8")->size(), rows);
    ASSERT_EQ(mapped->column<std::int64_t>("i64")->size(), rows);
    ASSERT_EQ(mapped->strings("s")->size(), rows);
    if (rows == 0) continue;
    EXPECT_EQ((*mapped->column<std::uint16_t>("u16"))[2], 2);
    EXPECT_EQ((*mapped->column<std::uint32_t>("u32"))[0], 3U);
    EXPECT_EQ((*mapped->column<std::uint64_t>("u64"))[1], 4U);
    EXPECT_EQ((*mapped->column<std::int32_t>("i32"))[2], -5);
    EXPECT_EQ((*mapped->column<double>("d"))[2], 0.5);
    EXPECT_EQ((*mapped->strings("s"))[2], "word");
  }
}

TEST(WantedColumns, of_none_leave_the_metadata) {
  const TestFolder folder;
  const Table table = numbers({1, 2}, {"a", "b"});
  ASSERT_TRUE(write_parquet(table, folder / "t.parquet"));
  ASSERT_TRUE(write_arrow(table, folder / "t.arrow"));
  for (const auto& read : {read_parquet(folder / "t.parquet", std::vector<std::string>{}),
                           read_arrow(folder / "t.arrow", std::vector<std::string>{})}) {
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_TRUE(read->columns().empty());
    EXPECT_EQ(read->metadata.at("key"), "value");
  }
}

TEST(TableFilesPieces, of_columns_only_make_a_table_without_rows) {
  const TestFolder folder;
  auto files = TableFiles::open(folder / "t", true);
  ASSERT_TRUE(files);
  ASSERT_TRUE(files->append(numbers({}, {})));
  ASSERT_TRUE(files->append(numbers({}, {})));
  ASSERT_TRUE(files->close());
  const auto back = read_parquet(folder / "t.parquet");
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->row_count(), 0U);
  EXPECT_EQ(back->columns().size(), 2U);
  EXPECT_EQ(support::text_of(folder / "t.tsv"), "number\tword\n");
}

}  // namespace
}  // namespace overland::io
