#include "io/table/table_stream.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/float16.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "io/table/table.h"
#include "support/table_checks.h"

namespace overland::io {
namespace {

using support::TestFolder;
using support::write_text;

template <class Builder, class T>
std::shared_ptr<arrow::Array> array_of(const std::vector<std::optional<T>>& values) {
  Builder builder;
  for (const auto& value : values)
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> dictionary_of(const std::vector<std::optional<std::string>>& values) {
  arrow::StringDictionaryBuilder builder;
  for (const auto& value : values)
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}

using NamedArrays = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

std::shared_ptr<arrow::Table> arrow_table(const NamedArrays& arrays) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (const auto& [name, array] : arrays) {
    fields.push_back(arrow::field(name, array->type()));
    columns.push_back(array);
  }
  return arrow::Table::Make(arrow::schema(fields), columns);
}

void write_parquet_of(const NamedArrays& arrays, const std::filesystem::path& file,
                      std::int64_t group = 1 << 20) {
  auto sink = arrow::io::FileOutputStream::Open(file.string()).ValueOrDie();
  ASSERT_TRUE(
      parquet::arrow::WriteTable(*arrow_table(arrays), arrow::default_memory_pool(), sink, group)
          .ok());
  ASSERT_TRUE(sink->Close().ok());
}

// A record batch for each `rows` rows.
void write_arrow_of(const NamedArrays& arrays, const std::filesystem::path& file,
                    std::int64_t rows = 1 << 20) {
  const auto table = arrow_table(arrays);
  auto sink = arrow::io::FileOutputStream::Open(file.string()).ValueOrDie();
  auto writer = arrow::ipc::MakeFileWriter(sink, table->schema()).ValueOrDie();
  ASSERT_TRUE(writer->WriteTable(*table, rows).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE(sink->Close().ok());
}

// All pieces together.
struct Read {
  std::vector<std::vector<std::string>> text = {};
  std::vector<std::vector<double>> number = {};
  std::size_t rows = 0, pieces = 0, most_rows = 0;
  std::string error = "";
};

Read read_all(const std::filesystem::path& file, const std::vector<std::size_t>& columns) {
  Read all;
  all.text.resize(columns.size());
  all.number.resize(columns.size());
  auto stream = TableStream::open(file);
  if (!stream) return {.error = stream.error().code};
  if (const auto done = stream->choose(columns); !done) return {.error = done.error().code};
  std::vector<PieceColumn> piece;
  for (;;) {
    const auto rows = stream->next(piece);
    if (!rows) return {.error = rows.error().code};
    if (*rows == 0) break;
    all.rows += *rows;
    all.most_rows = std::max(all.most_rows, *rows);
    ++all.pieces;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      EXPECT_EQ(piece[c].is_text ? piece[c].text.size() : piece[c].number.size(), *rows);
      all.text[c].insert(all.text[c].end(), piece[c].text.begin(), piece[c].text.end());
      all.number[c].insert(all.number[c].end(), piece[c].number.begin(), piece[c].number.end());
    }
  }
  return all;
}

const NamedArrays kSmall{
    {"name", array_of<arrow::StringBuilder, std::string>({"a", std::nullopt, "ccc"})},
    {"value", array_of<arrow::DoubleBuilder, double>({1.5, std::nullopt, -2})},
    {"count", array_of<arrow::Int64Builder, std::int64_t>({7, 8, std::nullopt})}};

TEST(TableStream, reads_the_same_of_all_kinds_of_files) {
  const TestFolder folder;
  write_parquet_of(kSmall, folder / "t.parquet");
  write_arrow_of(kSmall, folder / "t.arrow");
  for (const char* name : {"t.parquet", "t.arrow"}) {
    const Read read = read_all(folder / name, {2, 0, 1});
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.rows, 3U) << name;
    EXPECT_EQ(read.text[1], (std::vector<std::string>{"a", "", "ccc"})) << "a missing one is empty";
    EXPECT_EQ(read.number[0][1], 8) << "in the order that was asked for";
    EXPECT_TRUE(std::isnan(read.number[0][2]));
    EXPECT_TRUE(std::isnan(read.number[2][1]));
    EXPECT_EQ(read.number[2][2], -2);
    EXPECT_TRUE(read.text[0].empty());
  }
  write_text(folder / "t.csv", "name,value,count\na,1.5,7\n,,8\nccc,-2,\n");
  const Read text = read_all(folder / "t.csv", {2, 0, 1});
  EXPECT_EQ(text.text[0], (std::vector<std::string>{"7", "8", ""})) << "all columns are text";
  EXPECT_EQ(text.text[1], (std::vector<std::string>{"a", "", "ccc"}));
}

TEST(TableStream, numbers_of_any_type_are_read) {
  const TestFolder folder;
  arrow::HalfFloatBuilder half;
  ASSERT_TRUE(half.Append(arrow::util::Float16::FromFloat(1.5F).bits()).ok());
  ASSERT_TRUE(half.AppendNull().ok());
  const NamedArrays arrays{
      {"i8", array_of<arrow::Int8Builder, std::int8_t>({std::int8_t{-128}, std::nullopt})},
      {"i16", array_of<arrow::Int16Builder, std::int16_t>({std::int16_t{-300}, std::nullopt})},
      {"i32", array_of<arrow::Int32Builder, std::int32_t>({-70000, std::nullopt})},
      {"u8", array_of<arrow::UInt8Builder, std::uint8_t>({std::uint8_t{255}, std::nullopt})},
      {"u16", array_of<arrow::UInt16Builder, std::uint16_t>({std::uint16_t{65535}, std::nullopt})},
      {"u32", array_of<arrow::UInt32Builder, std::uint32_t>({4294967295U, std::nullopt})},
      {"u64",
       array_of<arrow::UInt64Builder, std::uint64_t>({std::uint64_t{1} << 63, std::nullopt})},
      {"f", array_of<arrow::FloatBuilder, float>({0.5F, std::nullopt})},
      {"b", array_of<arrow::BooleanBuilder, bool>({true, std::nullopt})},
      {"h", half.Finish().ValueOrDie()}};
  const std::vector<double> want{
      -128, -300, -70000, 255, 65535, 4294967295.0, 9223372036854775808.0, 0.5, 1, 1.5};
  std::vector<std::size_t> all(arrays.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  write_arrow_of(arrays, folder / "t.arrow");
  write_parquet_of(arrays, folder / "t.parquet");
  for (const char* name : {"t.arrow", "t.parquet"}) {
    const Read read = read_all(folder / name, all);
    ASSERT_EQ(read.error, "") << name;
    for (std::size_t c = 0; c < arrays.size(); ++c) {
      EXPECT_EQ(read.number[c][0], want[c]) << arrays[c].first << " of " << name;
      EXPECT_TRUE(std::isnan(read.number[c][1])) << arrays[c].first << " of " << name;
    }
  }
}

TEST(TableStream, text_of_any_type_is_read) {
  const TestFolder folder;
  const std::vector<std::optional<std::string>> words{"x", std::nullopt, "x", "", "a\tb\"ü"};
  const NamedArrays arrays{{"large", array_of<arrow::LargeStringBuilder, std::string>(words)},
                           {"view", array_of<arrow::StringViewBuilder, std::string>(words)},
                           {"dictionary", dictionary_of(words)}};
  write_arrow_of(arrays, folder / "t.arrow", 2);
  const Read read = read_all(folder / "t.arrow", {0, 1, 2});
  ASSERT_EQ(read.error, "");
  for (const auto& column : read.text)
    EXPECT_EQ(column, (std::vector<std::string>{"x", "", "x", "", "a\tb\"ü"}));
  const auto table = read_arrow(folder / "t.arrow");
  ASSERT_TRUE(table) << table.error().message();
  for (const Column& column : table->columns())
    EXPECT_EQ(std::get<std::vector<std::string>>(column.values), read.text[0]) << column.name;
}

TEST(TableStream, what_is_neither_number_nor_text_is_told) {
  const TestFolder folder;
  const auto list =
      arrow::ListArray::FromArrays(*array_of<arrow::Int32Builder, std::int32_t>({0, 1, 2}),
                                   *array_of<arrow::FloatBuilder, float>({1.0F, 2.0F}))
          .ValueOrDie();
  const NamedArrays arrays{{"n", array_of<arrow::Int32Builder, std::int32_t>({1, 2})},
                           {"list", list}};
  write_parquet_of(arrays, folder / "t.parquet");
  write_arrow_of(arrays, folder / "t.arrow");
  for (const char* name : {"t.parquet", "t.arrow"}) {
    EXPECT_EQ(read_all(folder / name, {1}).error, "OVL-IO-021") << name;
    const Read other = read_all(folder / name, {0});
    EXPECT_EQ(other.error, "") << "of a column that is not asked for nothing is said";
    EXPECT_EQ(other.number[0], (std::vector<double>{1, 2}));
  }
  EXPECT_EQ(read_parquet(folder / "t.parquet").error().code, "OVL-IO-021");
  EXPECT_TRUE(read_parquet(folder / "t.parquet", {{"n"}}));
}

// Pieces are limited in rows, and of wide tables in values.
TEST(TableStream, pieces_do_not_grow_with_rows_or_columns) {
  const TestFolder folder;
  constexpr std::size_t kRows = 150'000;
  std::vector<std::optional<double>> values;
  for (std::size_t i = 0; i < kRows; ++i) values.emplace_back(static_cast<double>(i));
  write_parquet_of({{"x", array_of<arrow::DoubleBuilder, double>(values)}}, folder / "t.parquet");
  const Read tall = read_all(folder / "t.parquet", {0});
  EXPECT_EQ(tall.rows, kRows);
  EXPECT_LE(tall.most_rows, std::size_t{1} << 16);
  for (std::size_t i = 0; i < kRows; i += 997) ASSERT_EQ(tall.number[0][i], static_cast<double>(i));
  values.resize(5000);
  NamedArrays wide;
  std::vector<std::size_t> all;
  for (std::size_t c = 0; c < 600; ++c) {
    all.push_back(c);
    wide.emplace_back("c" + std::to_string(c), array_of<arrow::DoubleBuilder, double>(values));
  }
  write_parquet_of(wide, folder / "wide.parquet");
  const Read read = read_all(folder / "wide.parquet", all);
  EXPECT_EQ(read.rows, 5000U);
  EXPECT_GT(read.pieces, 1U);
  EXPECT_LE(read.most_rows * 600, std::size_t{1} << 22);
  for (const auto& column : read.number) ASSERT_EQ(column[4999], 4999);
}

TEST(TableStream, batches_without_rows_do_not_end_the_table) {
  const TestFolder folder;
  const auto schema = arrow_table(kSmall)->schema();
  auto sink = arrow::io::FileOutputStream::Open((folder / "t.arrow").string()).ValueOrDie();
  auto writer = arrow::ipc::MakeFileWriter(sink, schema).ValueOrDie();
  const auto batch = arrow_table(kSmall)->CombineChunksToBatch().ValueOrDie();
  for (const auto& part : {batch->Slice(0, 0), batch->Slice(0, 2), batch->Slice(2, 0),
                           batch->Slice(2, 1), batch->Slice(3, 0)})
    ASSERT_TRUE(writer->WriteRecordBatch(*part).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE(sink->Close().ok());
  const Read read = read_all(folder / "t.arrow", {0});
  EXPECT_EQ(read.rows, 3U);
  EXPECT_EQ(read.pieces, 2U);
  EXPECT_EQ(read.text[0].back(), "ccc");
}

TEST(TableStream, tables_without_rows_end_at_once) {
  const TestFolder folder;
  Table table;
  table.add("name", std::vector<std::string>{});
  table.add("value", std::vector<float>{});
  ASSERT_TRUE(write_parquet(table, folder / "t.parquet"));
  ASSERT_TRUE(write_arrow(table, folder / "t.arrow"));
  write_text(folder / "t.tsv", "name\tvalue\n");
  for (const char* name : {"t.parquet", "t.arrow", "t.tsv"}) {
    const auto stream = TableStream::open(folder / name);
    ASSERT_TRUE(stream) << name;
    EXPECT_EQ(stream->header(), (std::vector<std::string>{"name", "value"}));
    EXPECT_EQ(read_all(folder / name, {0, 1}).rows, 0U) << name;
  }
}

TEST(TableStream, missing_damaged_and_foreign_files_are_told) {
  const TestFolder folder;
  EXPECT_EQ(read_all(folder / "none", {0}).error, "OVL-IO-001");
  EXPECT_EQ(read_all(folder.path(), {0}).error, "OVL-IO-001") << "a folder";
  write_text(folder / "a", "PAR1 and nothing of use");
  EXPECT_EQ(read_all(folder / "a", {0}).error, "OVL-IO-003");
  write_text(folder / "a", "ARROW1 and nothing of use");
  EXPECT_EQ(read_all(folder / "a", {0}).error, "OVL-IO-003");
  write_text(folder / "a", "");
  EXPECT_EQ(read_all(folder / "a", {0}).error, "OVL-IO-003");
  write_text(folder / "a", "name\tvalue\na\t1\t2\n");
  EXPECT_EQ(read_all(folder / "a", {0}).error, "OVL-IO-005") << "more fields than names";
}

TEST(TableStream, a_file_that_is_cut_gives_an_error_and_no_wrong_rows) {
  const TestFolder folder;
  std::vector<std::optional<double>> values(3000, 1.0);
  std::vector<std::optional<std::string>> words(3000, "word");
  const NamedArrays arrays{{"x", array_of<arrow::DoubleBuilder, double>(values)},
                           {"w", array_of<arrow::StringBuilder, std::string>(words)}};
  write_parquet_of(arrays, folder / "p", 500);
  write_arrow_of(arrays, folder / "a", 500);
  for (const char* name : {"p", "a"}) {
    const std::string whole = support::text_of(folder / name);
    for (std::size_t keep = 8; keep < whole.size(); keep += 1 + whole.size() / 19) {
      write_text(folder / "cut", whole.substr(0, keep));
      EXPECT_EQ(read_all(folder / "cut", {0, 1}).error, "OVL-IO-003") << name << ", " << keep;
    }
  }
}

}  // namespace
}  // namespace overland::io
