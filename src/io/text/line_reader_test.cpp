#include "io/text/line_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <vector>

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class Lines : public testing::Test {
 protected:
  Lines() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_lines_") + info->name());
  }
  ~Lines() override { fs::remove(file_); }
  [[nodiscard]] std::vector<std::string> lines(std::string& code) const {
    std::vector<std::string> all;
    auto reader = LineReader::open(file_);
    code = reader ? "" : reader.error().code;
    while (reader) {
      const auto line = reader->next();
      if (!line) code = line.error().code;
      if (!line || !*line) break;
      all.emplace_back(**line);
      EXPECT_EQ(reader->line_number(), all.size());
    }
    return all;
  }
  void write(const std::string& text) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
  }
  void write_gzip(const std::string& text) const {
    gzFile out = gzopen(file_.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
  }
  fs::path file_;
};

TEST_F(Lines, AreThoseOfTheFileHoweverTheyEnd) {
  std::string code;
  for (const std::string& text : {std::string("a\n\nbc\r\nd"), std::string("a\n\nbc\r\nd\n")}) {
    write(text);
    EXPECT_EQ(lines(code), (std::vector<std::string>{"a", "", "bc", "d"}));
    write_gzip(text);
    EXPECT_EQ(lines(code), (std::vector<std::string>{"a", "", "bc", "d"}));
    EXPECT_EQ(code, "");
  }
  write("");
  EXPECT_TRUE(lines(code).empty());
}

TEST_F(Lines, CrossThePiecesOfTheSource) {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    expected.emplace_back(static_cast<std::size_t>(i % 977), static_cast<char>('a' + i % 26));
    text += expected.back() + "\n";
  }
  std::string code;
  write_gzip(text);
  EXPECT_EQ(lines(code), expected);
}

TEST_F(Lines, FaultsAreErrors) {
  std::string code;
  fs::remove(file_);
  EXPECT_TRUE(lines(code).empty());
  EXPECT_EQ(code, "OVL-IO-001");
  write(std::string((1 << 20) + 1, 'x'));
  EXPECT_TRUE(lines(code).empty());
  EXPECT_EQ(code, "OVL-IO-003");
  write_gzip(std::string(100000, 'x') + "\n");
  fs::resize_file(file_, fs::file_size(file_) / 2);
  (void)lines(code);
  EXPECT_EQ(code, "OVL-IO-003");
}

}  // namespace
}  // namespace overland::io
