#include "io/table/table_sink.h"

#include <gtest/gtest.h>

#include <numeric>

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

}  // namespace
}  // namespace overland::io
