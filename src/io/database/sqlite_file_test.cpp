#include "io/database/sqlite_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("overland sqlite %?#_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    file_ = folder_ / "x.blib";
  }
  ~Sqlite() override { fs::remove_all(folder_); }
  void write(int rows) const {
    auto file = SqliteFile::create(file_);
    ASSERT_TRUE(file) << file.error().message();
    ASSERT_TRUE(file->execute("CREATE TABLE t (id INTEGER, name TEXT, x REAL, bytes BLOB); BEGIN"));
    auto insert = file->query("INSERT INTO t VALUES (?, ?, ?, ?)");
    ASSERT_TRUE(insert);
    const std::vector<std::byte> bytes{std::byte{1}, std::byte{0}, std::byte{255}};
    for (std::int64_t i = 0; i < rows; ++i) {
      insert->bind(0, i).bind(1, std::string_view("a'b")).bind(2, 0.5 * static_cast<double>(i));
      ASSERT_TRUE(insert->bind(3, bytes).insert());
    }
    ASSERT_TRUE(file->execute("INSERT INTO t VALUES (NULL, NULL, NULL, NULL); COMMIT"));
  }
  static std::string code_of(const auto& result) { return result ? "" : result.error().code; }
  fs::path folder_, file_;
};

TEST_F(Sqlite, ReadsBackWhatWasWrittenAndLeavesNothingBeside) {
  write(3);
  EXPECT_TRUE(is_sqlite(file_));
  const auto file = SqliteFile::open(file_);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(*file->columns("t"), (std::vector<std::string>{"id", "name", "x", "bytes"}));
  EXPECT_TRUE(file->columns("absent")->empty());
  auto rows = file->query("SELECT id, name, x, bytes FROM t ORDER BY rowid");
  ASSERT_TRUE(rows);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(*rows->next());
    EXPECT_EQ(rows->integer(0), i);
    EXPECT_EQ(rows->text(1), "a'b");
    EXPECT_EQ(rows->number(2), 0.5 * i);
    ASSERT_EQ(rows->blob(3).size(), 3U);
    EXPECT_EQ(rows->blob(3)[2], std::byte{255});
  }
  ASSERT_TRUE(*rows->next());
  EXPECT_EQ(rows->integer(0), 0);
  EXPECT_EQ(rows->text(1), "");
  EXPECT_TRUE(std::isnan(rows->number(2)));
  EXPECT_TRUE(rows->blob(3).empty());
  EXPECT_FALSE(*rows->next());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Sqlite, FaultsAreErrors) {
  EXPECT_EQ(code_of(SqliteFile::open(file_)), "OVL-IO-001");
  EXPECT_EQ(code_of(SqliteFile::create(folder_ / "no" / "such" / "folder")), "OVL-IO-002");
  std::ofstream(file_) << "SQLite format 2";
  EXPECT_EQ(code_of(SqliteFile::open(file_)), "OVL-IO-003");
  fs::remove(file_);
  write(5000);
  const auto file = SqliteFile::open(file_);
  ASSERT_TRUE(file);
  EXPECT_EQ(code_of(file->query("SELECT y FROM t")), "OVL-IO-003");
  fs::resize_file(file_, fs::file_size(file_) / 2);
  const auto cut = SqliteFile::open(file_);
  ASSERT_TRUE(cut);
  auto rows = cut->query("SELECT id FROM t");
  std::string code = code_of(rows);
  while (rows && code.empty()) {
    const auto more = rows->next();
    code = code_of(more);
    if (more && !*more) break;
  }
  EXPECT_EQ(code, "OVL-IO-003");
}

}  // namespace
}  // namespace overland::io
