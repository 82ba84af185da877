#include "io/arrow/batch_writer.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/rng.h"
#include "io/table/mapped_columns.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class BatchFile : public testing::Test {
 protected:
  BatchFile() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("overland_batch_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    file_ = folder_ / "x.arrow";
  }
  ~BatchFile() override { fs::remove_all(folder_); }
  fs::path folder_, file_;
};

std::vector<BatchColumn> all_kinds() {
  return {{"f", ColumnKind::float32, "Th", "a number"},
          {"a", ColumnKind::uint8},
          {"b", ColumnKind::uint16},
          {"c", ColumnKind::uint32},
          {"t", ColumnKind::text}};
}

TEST_F(BatchFile, KeepsEveryValueOfMoreRowsThanABufferHolds) {
  constexpr std::uint64_t kSeed = 5;
  constexpr std::size_t kRows = 300000;
  auto writer = BatchWriter::create(file_, all_kinds());
  ASSERT_TRUE(writer) << writer.error().message();
  Rng random(kSeed, 0);
  std::vector<std::uint64_t> drawn;
  for (std::size_t i = 0; i < kRows; ++i) {
    drawn.push_back(random.next());
    writer->append(0, static_cast<float>(drawn[i]));
    writer->append(1, static_cast<std::uint8_t>(drawn[i]));
    writer->append(2, static_cast<std::uint16_t>(drawn[i]));
    writer->append(3, static_cast<std::uint32_t>(drawn[i]));
    writer->append_text(4, std::string(drawn[i] % 5, static_cast<char>('a' + drawn[i] % 26)));
  }
  const auto done = writer->finish();
  ASSERT_TRUE(done) << done.error().message();
  const auto read = MappedColumns::open(file_);
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->row_count(), kRows);
  const auto f = read->column<float>("f");
  const auto a = read->column<std::uint8_t>("a");
  const auto b = read->column<std::uint16_t>("b");
  const auto c = read->column<std::uint32_t>("c");
  const auto t = read->strings("t");
  ASSERT_TRUE(f && a && b && c && t);
  for (std::size_t i = 0; i < kRows; ++i) {
    ASSERT_EQ((*f)[i], static_cast<float>(drawn[i]));
    ASSERT_EQ((*a)[i], static_cast<std::uint8_t>(drawn[i]));
    ASSERT_EQ((*b)[i], static_cast<std::uint16_t>(drawn[i]));
    ASSERT_EQ((*c)[i], static_cast<std::uint32_t>(drawn[i]));
    ASSERT_EQ((*t)[i], std::string(drawn[i] % 5, static_cast<char>('a' + drawn[i] % 26)));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "scratch files are left";
}

TEST_F(BatchFile, HoldsNoRowsToo) {
  auto writer = BatchWriter::create(file_, all_kinds());
  ASSERT_TRUE(writer && writer->finish());
  const auto read = MappedColumns::open(file_);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->row_count(), 0U);
}

TEST_F(BatchFile, RefusesColumnsOfDifferentLength) {
  auto writer = BatchWriter::create(file_, all_kinds());
  ASSERT_TRUE(writer);
  writer->append(0, 1.0F);
  const auto done = writer->finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "OVL-INT-020");
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(BatchFile, LeavesNothingBehindWhenItIsGivenUp) {
  {
    auto writer = BatchWriter::create(file_, all_kinds());
    ASSERT_TRUE(writer);
    writer->append(0, 1.0F);
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_EQ(BatchWriter::create(folder_ / "absent/x.arrow", all_kinds()).error().code,
            "OVL-IO-002");
}

}  // namespace
}  // namespace overland::io
