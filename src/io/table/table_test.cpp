#include "io/table/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "base/files/hash.h"
#include "io/table/mapped_columns.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class TableFiles : public testing::Test {
 protected:
  TableFiles() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("overland_table_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~TableFiles() override { fs::remove_all(folder_); }

  static Table sample(std::size_t rows = 3) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> f(rows, 1.25F);
    std::vector<double> d(rows, 1e-300);
    std::vector<std::string> s(rows, "peptide");
    if (rows > 1) f[1] = nan;
    if (rows > 2) s[2] = "tab\there \"q\"\nnew";
    Table table;
    table.add("f", f, "m/z", "a float");
    table.add("d", d);
    table.add("u8", std::vector<std::uint8_t>(rows, 255));
    table.add("u16", std::vector<std::uint16_t>(rows, 65535));
    table.add("i32", std::vector<std::int32_t>(rows, -5));
    table.add("u32", std::vector<std::uint32_t>(rows, 4294967295U));
    table.add("i64", std::vector<std::int64_t>(rows, -(std::int64_t{1} << 60)));
    table.add("u64", std::vector<std::uint64_t>(rows, std::uint64_t{1} << 63));
    table.add("s", s, "", "text");
    table.metadata["schema_version"] = "1";
    table.metadata["filter"] = "q <= 0.01";
    return table;
  }

  static void expect_same(const Table& a, const Table& b) {
    ASSERT_EQ(a.columns().size(), b.columns().size());
    for (std::size_t i = 0; i < a.columns().size(); ++i) {
      EXPECT_EQ(a.columns()[i].name, b.columns()[i].name);
      EXPECT_EQ(a.columns()[i].unit, b.columns()[i].unit);
      EXPECT_EQ(a.columns()[i].description, b.columns()[i].description);
      ASSERT_EQ(a.columns()[i].values.index(), b.columns()[i].values.index());
      std::visit(
          [&]<class T>(const std::vector<T>& x) {
            const auto& y = std::get<std::vector<T>>(b.columns()[i].values);
            ASSERT_EQ(x.size(), y.size());
            for (std::size_t k = 0; k < x.size(); ++k) {
              if constexpr (std::is_floating_point_v<T>) {
                EXPECT_TRUE(x[k] == y[k] || (std::isnan(x[k]) && std::isnan(y[k])));
              } else {
                EXPECT_EQ(x[k], y[k]);
              }
            }
          },
          a.columns()[i].values);
    }
    EXPECT_EQ(a.metadata, b.metadata);
  }

  void write_bytes(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  fs::path folder_;
};

TEST_F(TableFiles, ParquetAndArrowRoundTrip) {
  for (const std::size_t rows : {0U, 1U, 3U, 5000U}) {
    const Table table = sample(rows);
    ASSERT_TRUE(write_parquet(table, folder_ / "t.parquet"));
    ASSERT_TRUE(write_arrow(table, folder_ / "t.arrow"));
    const auto parquet = read_parquet(folder_ / "t.parquet");
    const auto arrow = read_arrow(folder_ / "t.arrow");
    ASSERT_TRUE(parquet) << parquet.error().message();
    ASSERT_TRUE(arrow) << arrow.error().message();
    expect_same(table, *parquet);
    expect_same(table, *arrow);
  }
}

TEST_F(TableFiles, EqualTablesGiveEqualBytes) {
  Table other = sample();
  // Another NaN, as another machine may make it.
  std::vector<float> values = **other.column<float>("f");
  values[1] = -values[1];
  Table table = sample();
  Table negative;
  negative.add("f", values, "m/z", "a float");
  for (std::size_t i = 1; i < table.columns().size(); ++i) {
    const Column& column = table.columns()[i];
    negative.add(column.name, column.values, column.unit, column.description);
  }
  negative.metadata = table.metadata;
  ASSERT_TRUE(write_parquet(table, folder_ / "a.parquet"));
  ASSERT_TRUE(write_parquet(negative, folder_ / "b.parquet"));
  ASSERT_TRUE(write_arrow(table, folder_ / "a.arrow"));
  ASSERT_TRUE(write_arrow(negative, folder_ / "b.arrow"));
  EXPECT_EQ(*hash_file(folder_ / "a.parquet"), *hash_file(folder_ / "b.parquet"));
  EXPECT_EQ(*hash_file(folder_ / "a.arrow"), *hash_file(folder_ / "b.arrow"));
}

TEST_F(TableFiles, TsvIsReadBackAsTheTextItWas) {
  ASSERT_TRUE(write_tsv(sample(), folder_ / "t.tsv"));
  const auto table = read_delimited(folder_ / "t.tsv");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->row_count(), 3U);
  EXPECT_EQ(**table->column<std::string>("f"), (std::vector<std::string>{"1.25", "", "1.25"}));
  EXPECT_EQ((**table->column<std::string>("s"))[2], "tab\there \"q\"\nnew");
  EXPECT_EQ((**table->column<std::string>("u64"))[0], "9223372036854775808");
}

TEST_F(TableFiles, WantedColumnsOnly) {
  ASSERT_TRUE(write_parquet(sample(), folder_ / "t.parquet"));
  ASSERT_TRUE(write_arrow(sample(), folder_ / "t.arrow"));
  ASSERT_TRUE(write_tsv(sample(), folder_ / "t.tsv"));
  const Wanted wanted = std::vector<std::string>{"s", "absent", "u8"};
  for (const auto& table :
       {read_parquet(folder_ / "t.parquet", wanted), read_arrow(folder_ / "t.arrow", wanted),
        read_delimited(folder_ / "t.tsv", wanted)}) {
    ASSERT_TRUE(table) << table.error().message();
    ASSERT_EQ(table->columns().size(), 2U);
    EXPECT_EQ(table->columns()[0].name, "u8");
    EXPECT_EQ(table->row_count(), 3U);
  }
}

TEST_F(TableFiles, HeaderOfAllKinds) {
  const Table table = sample();
  ASSERT_TRUE(write_parquet(table, folder_ / "t.parquet"));
  ASSERT_TRUE(write_arrow(table, folder_ / "t.arrow"));
  ASSERT_TRUE(write_tsv(table, folder_ / "t.tsv"));
  for (const char* name : {"t.parquet", "t.arrow", "t.tsv"}) {
    const auto header = read_header(folder_ / name);
    ASSERT_TRUE(header) << header.error().message();
    ASSERT_EQ(header->size(), table.columns().size());
    EXPECT_EQ(header->front(), "f");
    EXPECT_EQ(header->back(), "s");
  }
}

TEST_F(TableFiles, TypedAccessTellsWhatIsWrong) {
  const Table table = sample();
  EXPECT_TRUE(table.column<float>("f"));
  EXPECT_EQ(table.column<double>("f").error().code, "OVL-IO-021");
  EXPECT_EQ(table.column<float>("nothing").error().code, "OVL-IO-020");
  EXPECT_TRUE(table.has("s"));
  EXPECT_FALSE(table.has("S"));
}

TEST(TableDeathTest, ColumnsOfTwoLengthsAreRefused) {
  Table table;
  table.add("a", std::vector<float>(3));
  EXPECT_DEATH(table.add("b", std::vector<float>(2)), "");
}

TEST_F(TableFiles, MissingAndDamagedFilesGiveCodedErrors) {
  EXPECT_EQ(read_parquet(folder_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(read_arrow(folder_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(read_delimited(folder_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(read_header(folder_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(MappedColumns::open(folder_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(read_delimited(folder_).error().code, "OVL-IO-001");
  for (const char* name : {"t.parquet", "t.arrow"}) {
    const bool is_parquet = std::string(name) == "t.parquet";
    ASSERT_TRUE(is_parquet ? write_parquet(sample(500), folder_ / name)
                           : write_arrow(sample(500), folder_ / name));
    std::ifstream in(folder_ / name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    for (std::size_t keep = 0; keep < bytes.size(); keep += 1 + bytes.size() / 23) {
      write_bytes("cut", bytes.substr(0, keep));
      const auto table = is_parquet ? read_parquet(folder_ / "cut") : read_arrow(folder_ / "cut");
      ASSERT_FALSE(table) << keep;
      EXPECT_EQ(table.error().code.substr(0, 7), "OVL-IO-");
      EXPECT_FALSE(MappedColumns::open(folder_ / "cut"));
    }
  }
}

TEST_F(TableFiles, WritingIntoAFileAsFolderFails) {
  write_bytes("file", "x");
  for (const auto& done : {write_parquet(sample(), folder_ / "file" / "t"),
                           write_arrow(sample(), folder_ / "file" / "t"),
                           write_tsv(sample(), folder_ / "file" / "t")}) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "OVL-IO-002");
  }
}

TEST_F(TableFiles, MappedColumnsSeeWhatWasWritten) {
  Table table;
  table.add("mz", std::vector<float>{1, 2, 3});
  table.add("name", std::vector<std::string>{"a", "", "ccc"});
  table.metadata["kind"] = "test";
  ASSERT_TRUE(write_arrow(table, folder_ / "t.arrow"));
  const auto mapped = MappedColumns::open(folder_ / "t.arrow");
  ASSERT_TRUE(mapped) << mapped.error().message();
  EXPECT_EQ(mapped->row_count(), 3U);
  EXPECT_EQ(mapped->metadata().at("kind"), "test");
  const auto mz = mapped->column<float>("mz");
  ASSERT_TRUE(mz);
  EXPECT_EQ((*mz)[2], 3.0F);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mz->data()) % alignof(double), 0U);
  const auto names = mapped->strings("name");
  ASSERT_TRUE(names);
  EXPECT_EQ((*names)[0], "a");
  EXPECT_EQ((*names)[1], "");
  EXPECT_EQ((*names)[2], "ccc");
  EXPECT_EQ(mapped->column<double>("mz").error().code, "OVL-IO-021");
  EXPECT_EQ(mapped->column<float>("no").error().code, "OVL-IO-020");
  EXPECT_EQ(mapped->strings("mz").error().code, "OVL-IO-021");
}

TEST_F(TableFiles, MappedColumnsKeepNaN) {
  ASSERT_TRUE(write_arrow(sample(), folder_ / "t.arrow"));
  const auto mapped = MappedColumns::open(folder_ / "t.arrow");
  ASSERT_TRUE(mapped);
  const auto values = mapped->column<float>("f");
  ASSERT_TRUE(values) << values.error().message();
  EXPECT_TRUE(std::isnan((*values)[1]));
}

}  // namespace
}  // namespace overland::io
