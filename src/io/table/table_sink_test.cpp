#include "io/table/table_sink.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <numeric>

#include "base/rng.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

TEST(TableSink, PiecesBecomeOneTable) {
  for (const auto format : {TableSink::Format::tsv, TableSink::Format::parquet}) {
    const fs::path file = fs::path(testing::TempDir()) / "overland_table_sink";
    auto sink = TableSink::open(file, format);
    ASSERT_TRUE(sink) << sink.error().message();
    for (int piece = 0; piece < 3; ++piece) {
      std::vector<std::int64_t> numbers(static_cast<std::size_t>(piece) + 1);
      std::iota(numbers.begin(), numbers.end(), 10 * piece);
      Table table;
      table.add("text", std::vector<std::string>(numbers.size(), "a\tb"));
      table.add("number", std::move(numbers));
      ASSERT_TRUE(sink->append(table));
    }
    ASSERT_TRUE(sink->close());
    const auto back = format == TableSink::Format::tsv ? read_delimited(file) : read_parquet(file);
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ((**back->column<std::string>("text"))[5], "a\tb");
    if (format == TableSink::Format::parquet) {
      EXPECT_EQ(**back->column<std::int64_t>("number"),
                (std::vector<std::int64_t>{0, 10, 11, 20, 21, 22}));
    } else {
      EXPECT_EQ((**back->column<std::string>("number"))[5], "22");
    }
    fs::remove(file);
  }
}

TEST(TableSink, AFileThatCannotBeMadeIsAnError) {
  for (const auto format : {TableSink::Format::tsv, TableSink::Format::parquet}) {
    const auto sink = TableSink::open("/proc/no/such", format);
    ASSERT_FALSE(sink);
    EXPECT_EQ(sink.error().code, "OVL-IO-002");
  }
}

Table random_table(Rng& rng, std::size_t rows) {
  std::vector<std::string> text;
  std::vector<double> number;
  std::vector<float> rate;
  std::vector<std::uint32_t> count;
  for (std::size_t i = 0; i < rows; ++i) {
    text.push_back("name" + std::to_string(rng.below(1 + rows / 3)));
    number.push_back(rng.below(9) == 0 ? std::numeric_limits<double>::quiet_NaN() : rng.uniform());
    rate.push_back(static_cast<float>(rng.below(7)));
    count.push_back(static_cast<std::uint32_t>(rng.below(100)));
  }
  Table table;
  table.metadata["key"] = "value";
  table.add("text", std::move(text), "", "a name");
  table.add("number", std::move(number), "minutes");
  table.add("rate", std::move(rate));
  table.add("count", std::move(count));
  return table;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Writes pieces of random length, some of them empty.
void write_in_pieces(Table table, std::size_t longest, Rng& rng, const fs::path& base) {
  fs::remove(base.string() + ".parquet");
  auto files = TableFiles::open(base, true);
  ASSERT_TRUE(files) << files.error().message();
  ASSERT_TRUE(files->append(table.split_front(0)));
  while (table.row_count() > 0) {
    const std::size_t rows = std::min<std::size_t>(rng.below(longest + 1), table.row_count());
    ASSERT_TRUE(files->append(table.split_front(rows)));
  }
  EXPECT_FALSE(fs::exists(base.string() + ".parquet")) << "before it is whole";
  ASSERT_TRUE(files->close());
}

TEST(PieceByPiece, AnyPiecesGiveTheBytesOfATableWrittenAtOnce) {
  const fs::path folder = fs::path(testing::TempDir()) / "overland_table_files";
  Rng rng(11, 0);
  for (const std::size_t rows : {0U, 1U, 1023U, 1024U, 5000U, 70'000U, 300'000U}) {
    const Table table = random_table(rng, rows);
    ASSERT_TRUE(write_parquet(table, folder / "whole.parquet"));
    ASSERT_TRUE(write_tsv(table, folder / "whole.tsv"));
    for (const std::size_t longest : {std::max<std::size_t>(rows / 7, 1), rows + 1}) {
      write_in_pieces(table, longest, rng, folder / "pieces");
      EXPECT_TRUE(bytes_of(folder / "pieces.parquet") == bytes_of(folder / "whole.parquet"))
          << rows;
      EXPECT_TRUE(bytes_of(folder / "pieces.tsv") == bytes_of(folder / "whole.tsv")) << rows;
    }
  }
  fs::remove_all(folder);
}

Table table_of_numbers(Rng& rng, std::size_t columns, std::size_t rows) {
  Table table;
  for (std::size_t column = 0; column < columns; ++column) {
    std::vector<double> values(rows);
    for (double& value : values) value = static_cast<double>(rng.below(5));
    table.add("c" + std::to_string(column), std::move(values));
  }
  return table;
}

TEST(PieceByPiece, ALongTableHasSeveralRowGroupsAndTheSameRows) {
  const fs::path folder = fs::path(testing::TempDir()) / "overland_table_files_long";
  Rng rng(12, 0);
  for (const std::size_t columns : {100U, 600U}) {
    const std::size_t group = rows_per_group(columns);
    Table table = table_of_numbers(rng, columns, 2 * group + 17);
    write_in_pieces(table, group, rng, folder / "pieces");
    const auto back = read_parquet(folder / "pieces.parquet");
    ASSERT_TRUE(back) << back.error().message();
    for (const Column& column : table.columns())
      ASSERT_TRUE(**back->column<double>(column.name) ==
                  std::get<std::vector<double>>(column.values));
    const Table one_group = table.split_front(group);
    ASSERT_TRUE(write_parquet(one_group, folder / "whole.parquet"));
    write_in_pieces(one_group, group / 3, rng, folder / "pieces");
    EXPECT_TRUE(bytes_of(folder / "pieces.parquet") == bytes_of(folder / "whole.parquet"));
  }
  fs::remove_all(folder);
}

TEST(PieceByPiece, WithoutCloseNothingIsLeft) {
  const fs::path folder = fs::path(testing::TempDir()) / "overland_table_files_left";
  {
    auto files = TableFiles::open(folder / "a", true);
    ASSERT_TRUE(files);
    Rng rng(13, 0);
    ASSERT_TRUE(files->append(random_table(rng, 200'000)));
  }
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace overland::io
