#include "io/text/delimited.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "base/rng.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

using Rows = std::vector<std::vector<std::string>>;

class Delimited : public testing::Test {
 protected:
  Delimited() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_delimited_") + info->name());
  }
  ~Delimited() override { fs::remove(file_); }

  void write_plain(const std::string& text) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
  }
  void write_gzip(const std::string& text) const {
    gzFile out = gzopen(file_.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
  }

  // The first row is the header.
  [[nodiscard]] Result<Rows> read() const {
    auto reader = DelimitedReader::open(file_);
    if (!reader) return std::unexpected(reader.error());
    Rows rows{reader->header()};
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < rows[0].size(); ++i) all.push_back(i);
    std::vector<std::vector<std::string_view>> cells;
    for (;;) {
      const auto count = reader->next(all, cells);
      if (!count) return std::unexpected(count.error());
      if (*count == 0) return rows;
      for (std::size_t r = 0; r < *count; ++r) {
        auto& row = rows.emplace_back();
        for (const auto& column : cells) row.emplace_back(column[r]);
      }
    }
  }

  fs::path file_;
};

TEST_F(Delimited, FormsOfTheSameTable) {
  const Rows expected{{"a", "b", "c"}, {"1", "x y", ""}, {"", "2", "3"}};
  for (const char* text :
       {"a\tb\tc\n1\tx y\t\n\t2\t3\n", "a\tb\tc\r\n1\tx y\r\n\t2\t3", "a,b,c\n1,x y,\n,2,3\n",
        "\xef\xbb\xbf"
        "a,b,c\n\n1,x y\n\n,2,3,\n",
        "\"a\",\"b\",c\n1,\"x y\",\"\"\n,2,\"3\"\n"}) {
    write_plain(text);
    const auto rows = read();
    ASSERT_TRUE(rows) << rows.error().message();
    EXPECT_EQ(*rows, expected) << text;
    write_gzip(text);
    ASSERT_TRUE(read());
    EXPECT_EQ(*read(), expected) << text;
  }
}

TEST_F(Delimited, QuotesHoldSeparatorsAndNewlines) {
  write_plain("a,b\n\"x,\"\"y\"\"\nz\",2\nq\"r,\"3\"4\n");
  EXPECT_EQ(*read(), (Rows{{"a", "b"}, {"x,\"y\"\nz", "2"}, {"q\"r", "34"}}));
}

TEST_F(Delimited, BadInputGivesCodedErrors) {
  write_plain("");
  EXPECT_EQ(read().error().code, "OVL-IO-003");
  write_plain(std::string("a\0b\n1\n", 6));
  EXPECT_EQ(read().error().code, "OVL-IO-003");
  write_plain("a,\"b\n1,2\n");
  EXPECT_EQ(read().error().code, "OVL-IO-003");
  write_plain("a,b\n1,\"2\n3,4\n");
  EXPECT_EQ(read().error().code, "OVL-IO-003");
  write_plain("a,b\n1,2\n1,2,3\n");
  const auto rows = read();
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "OVL-IO-005");
  EXPECT_NE(rows.error().where.find("row 3"), std::string::npos) << rows.error().where;
}

TEST_F(Delimited, TruncatedGzipIsAnError) {
  std::string text = "a,b\n";
  Rng random(7, 0);
  for (int i = 0; i < 50000; ++i) text += std::to_string(random.next()) + ",1\n";
  write_gzip(text);
  ASSERT_TRUE(read());
  fs::resize_file(file_, fs::file_size(file_) / 2);
  const auto rows = read();
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "OVL-IO-003");
}

// Random tables, quoted at random, larger than the buffer now and then.
TEST_F(Delimited, RandomTablesRoundTrip) {
  constexpr std::uint64_t kSeed = 42;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  const std::string alphabet = "ab\",\n\t 1";
  for (int round = 0; round < 40; ++round) {
    const bool is_big = round == 39;
    Rows rows;
    std::string text;
    const std::size_t columns = 2 + random.below(4);
    const std::size_t count = is_big ? 300000 : random.below(50);
    for (std::size_t r = 0; r <= count; ++r) {
      auto& row = rows.emplace_back();
      for (std::size_t c = 0; c < columns; ++c) {
        std::string cell = r == 0 ? "h" + std::to_string(c) : c == 0 ? "k" : "";
        for (std::uint64_t n = r == 0 ? 0 : random.below(9); n > 0; --n) {
          cell += alphabet[random.below(alphabet.size())];
        }
        const bool must_quote = cell.find_first_of("\",\n\t") != std::string::npos;
        if (c > 0) text += ',';
        if (must_quote || random.below(4) == 0) {
          text += '"';
          for (const char ch : cell) text += ch == '"' ? std::string("\"\"") : std::string(1, ch);
          text += '"';
        } else {
          text += cell;
        }
        row.push_back(std::move(cell));
      }
      text += '\n';
    }
    write_plain(text);
    const auto found = read();
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_TRUE(*found == rows) << round;
  }
}

}  // namespace
}  // namespace overland::io
