// Columns of lists: written by ListTableSink, read by NestedFile and read_list_column.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <span>

#include "base/rng.h"
#include "io/table/list_column.h"
#include "io/table/list_table_sink.h"
#include "io/table/nested_file.h"
#include "support/table_checks.h"

namespace overland::io {
namespace {

using support::TestFolder;

struct ListRow {
  std::string name;
  double number;
  std::vector<float> values;
  std::vector<std::string> words;
};

std::vector<ListRow> random_rows(std::size_t count, std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<ListRow> rows;
  for (std::size_t r = 0; r < count; ++r) {
    ListRow row{"row" + std::to_string(r), rng.uniform(), {}, {}};
    for (std::uint64_t i = rng.below(5); i > 0; --i)
      row.values.push_back(static_cast<float>(rng.uniform()));
    for (std::uint64_t i = rng.below(3); i > 0; --i)
      row.words.push_back(i == 1 ? "" : "w" + std::to_string(rng.below(9)));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> append(ListTableSink& sink, std::span<const ListRow> rows) {
  Table table;
  std::vector<std::string> names;
  std::vector<double> numbers;
  NamedList values, words;
  values.name = "values";
  values.unit = "minutes";
  values.is_distinct = true;
  words.name = "words";
  words.is_text = true;
  values.lists.begin = words.lists.begin = {0};
  for (const ListRow& row : rows) {
    names.push_back(row.name);
    numbers.push_back(row.number);
    values.lists.values.insert(values.lists.values.end(), row.values.begin(), row.values.end());
    values.lists.begin.push_back(values.lists.values.size());
    words.text.insert(words.text.end(), row.words.begin(), row.words.end());
    words.lists.begin.push_back(words.text.size());
  }
  table.add("name", std::move(names));
  table.add("number", std::move(numbers));
  return sink.append(table, {values, words});
}

void write(const std::vector<ListRow>& rows, const std::vector<std::size_t>& groups,
           const std::filesystem::path& file) {
  auto sink = ListTableSink::open(file);
  ASSERT_TRUE(sink) << sink.error().message();
  std::size_t first = 0;
  for (const std::size_t size : groups) {
    ASSERT_TRUE(append(*sink, std::span(rows).subspan(first, size)));
    first += size;
  }
  ASSERT_TRUE(sink->close());
}

TEST(ListColumns, come_back_group_by_group) {
  const TestFolder folder;
  const auto rows = random_rows(100, 3);
  write(rows, {40, 1, 59}, folder / "t.parquet");
  const auto file = NestedFile::open(folder / "t.parquet");
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->header(), (std::vector<std::string>{"name", "number", "values", "words"}));
  ASSERT_EQ(file->group_count(), 3U);
  std::size_t at = 0;
  for (std::size_t group = 0; group < 3; ++group) {
    const auto columns = file->read(group, {"words", "values", "name", "absent"});
    ASSERT_TRUE(columns) << columns.error().message();
    ASSERT_EQ(columns->size(), 3U) << "what the file lacks is left out";
    const NestedColumn& values = columns->at("values");
    const NestedColumn& words = columns->at("words");
    for (std::size_t r = 0; r + 1 < values.begin.size(); ++r, ++at) {
      EXPECT_TRUE(std::ranges::equal(values.numbers_of(r), rows[at].values)) << at;
      EXPECT_TRUE(std::ranges::equal(words.text_of(r), rows[at].words)) << at;
      ASSERT_EQ(columns->at("name").text_of(r).size(), 1U) << "a plain value is a list of one";
      EXPECT_EQ(columns->at("name").text_of(r)[0], rows[at].name);
    }
  }
  EXPECT_EQ(at, rows.size());
}

TEST(ListColumns, flat_arrays_are_those_of_all_groups) {
  const TestFolder folder;
  const auto rows = random_rows(60, 4);
  write(rows, {25, 35}, folder / "t.parquet");
  const auto lists = read_list_column(folder / "t.parquet", "values");
  ASSERT_TRUE(lists) << lists.error().message();
  ASSERT_EQ(lists->begin.size(), 61U);
  for (std::size_t r = 0; r < 60; ++r) {
    const std::vector<float> got(
        lists->values.begin() + static_cast<std::ptrdiff_t>(lists->begin[r]),
        lists->values.begin() + static_cast<std::ptrdiff_t>(lists->begin[r + 1]));
    EXPECT_EQ(got, rows[r].values) << r;
  }
}

TEST(ListColumns, of_a_group_without_rows_can_be_written) {
  const TestFolder folder;
  write({}, {0}, folder / "t.parquet");
  const auto lists = read_list_column(folder / "t.parquet", "values");
  ASSERT_TRUE(lists) << lists.error().message();
  EXPECT_EQ(lists->begin, std::vector<std::uint64_t>{0});
  const auto file = NestedFile::open(folder / "t.parquet");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->header().size(), 4U);
}

TEST(ListColumns, are_the_same_bytes_for_the_same_rows) {
  const TestFolder folder;
  const auto rows = random_rows(50, 5);
  write(rows, {20, 30}, folder / "a");
  write(rows, {20, 30}, folder / "b");
  EXPECT_TRUE(support::text_of(folder / "a") == support::text_of(folder / "b"));
}

TEST(ListColumns, plain_columns_of_the_file_are_read_as_a_table) {
  const TestFolder folder;
  const auto rows = random_rows(9, 6);
  write(rows, {9}, folder / "t.parquet");
  const auto table = read_parquet(folder / "t.parquet", {{"name", "number"}});
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ((**table->column<double>("number"))[8], rows[8].number);
}

TEST(ListColumns, that_are_none_are_told) {
  const TestFolder folder;
  write(random_rows(3, 7), {3}, folder / "t.parquet");
  EXPECT_EQ(read_list_column(folder / "t.parquet", "absent").error().code, "OVL-IO-020");
  EXPECT_EQ(read_list_column(folder / "t.parquet", "number").error().code, "OVL-IO-021");
  EXPECT_EQ(read_list_column(folder / "t.parquet", "name").error().code, "OVL-IO-021");
  EXPECT_EQ(read_list_column(folder / "none", "values").error().code, "OVL-IO-001");
  EXPECT_EQ(NestedFile::open(folder / "none").error().code, "OVL-IO-001");
  support::write_text(folder / "bad", "PAR1 and nothing of use");
  EXPECT_EQ(read_list_column(folder / "bad", "values").error().code, "OVL-IO-003");
  EXPECT_EQ(NestedFile::open(folder / "bad").error().code, "OVL-IO-003");
  EXPECT_EQ(ListTableSink::open(folder / "no" / "such").error().code, "OVL-IO-002");
}

// A column as other programs write it.
void write_foreign(const std::shared_ptr<arrow::Array>& array, const std::filesystem::path& file) {
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("x", array->type())}), {array});
  auto sink = arrow::io::FileOutputStream::Open(file.string()).ValueOrDie();
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, 1 << 20).ok());
  ASSERT_TRUE(sink->Close().ok());
}

// [1, 2], none, []; the second list has no value where `has_hole` says so.
template <class ListBuilder, class ValueBuilder>
std::shared_ptr<arrow::Array> foreign_lists(bool has_hole) {
  auto values = std::make_shared<ValueBuilder>();
  ListBuilder builder(arrow::default_memory_pool(), values);
  EXPECT_TRUE(builder.Append().ok());
  EXPECT_TRUE(values->Append(1).ok());
  EXPECT_TRUE((has_hole ? values->AppendNull() : values->Append(2)).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  EXPECT_TRUE(builder.Append().ok());
  return builder.Finish().ValueOrDie();
}

TEST(ListColumns, of_other_programs_may_be_of_another_type_or_missing) {
  const TestFolder folder;
  for (const auto& array : {foreign_lists<arrow::ListBuilder, arrow::DoubleBuilder>(false),
                            foreign_lists<arrow::ListBuilder, arrow::Int16Builder>(false),
                            foreign_lists<arrow::LargeListBuilder, arrow::FloatBuilder>(false)}) {
    write_foreign(array, folder / "t.parquet");
    const auto file = NestedFile::open(folder / "t.parquet");
    ASSERT_TRUE(file);
    const auto columns = file->read(0, {"x"});
    ASSERT_TRUE(columns) << array->type()->ToString() << ": " << columns.error().message();
    const NestedColumn& x = columns->at("x");
    EXPECT_EQ(x.begin, (std::vector<std::uint64_t>{0, 2, 2, 2})) << array->type()->ToString();
    EXPECT_EQ(x.numbers, (std::vector<float>{1, 2}));
  }
  write_foreign(foreign_lists<arrow::ListBuilder, arrow::DoubleBuilder>(false), folder / "d");
  const auto lists = read_list_column(folder / "d", "x");
  ASSERT_TRUE(lists) << lists.error().message();
  EXPECT_EQ(lists->values, (std::vector<float>{1, 2}));
}

TEST(ListColumns, with_values_missing_inside_a_list_are_refused) {
  const TestFolder folder;
  write_foreign(foreign_lists<arrow::ListBuilder, arrow::DoubleBuilder>(true), folder / "t");
  EXPECT_EQ(read_list_column(folder / "t", "x").error().code, "OVL-IO-021");
  const auto file = NestedFile::open(folder / "t");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->read(0, {"x"}).error().code, "OVL-IO-021");
}

TEST(ListColumns, a_plain_column_with_missing_values_has_empty_lists) {
  const TestFolder folder;
  arrow::DoubleBuilder builder;
  ASSERT_TRUE(builder.Append(4).ok() && builder.AppendNull().ok() && builder.Append(5).ok());
  write_foreign(builder.Finish().ValueOrDie(), folder / "t");
  const auto file = NestedFile::open(folder / "t");
  ASSERT_TRUE(file);
  const auto columns = file->read(0, {"x"});
  ASSERT_TRUE(columns) << columns.error().message();
  EXPECT_EQ(columns->at("x").begin, (std::vector<std::uint64_t>{0, 1, 1, 2}));
  EXPECT_EQ(columns->at("x").numbers_of(2)[0], 5);
  EXPECT_TRUE(columns->at("x").numbers_of(1).empty());
}

}  // namespace
}  // namespace overland::io
