#include "exchange/results/line_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <limits>

#include "base/rng.h"
#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;

TEST(LineFile, any_fields_come_back_from_either_separator) {
  constexpr std::uint64_t kSeed = 29;
  SCOPED_TRACE(kSeed);
  constexpr std::string_view kLetters = "ab,;\t\"\n\r <&'";
  const TestFolder folder;
  Rng random(kSeed, 0);
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 300; ++i) {
    std::vector<std::string> row(4);
    for (std::string& field : row)
      for (std::uint64_t n = random.below(8); n > 0; --n)
        field += kLetters[random.below(kLetters.size())];
    row[0] += "x";  // a record of one empty field is no record
    rows.push_back(row);
  }
  for (const char separator : {',', '\t'}) {
    ASSERT_TRUE(write_line_file(folder / "f", [&](LineFile& lines) {
      for (const auto& row : rows) lines.add_fields(row, separator);
      return Result<void>();
    }));
    EXPECT_EQ(records_of(text_of(folder / "f"), separator), rows);
  }
}

TEST(LineFile, appears_whole_or_not_at_all) {
  const TestFolder folder;
  const auto failing = [](LineFile& lines) -> Result<void> {
    lines.add("half");
    return fail("OVL-INT-001", "stop", "", "");
  };
  EXPECT_EQ(code_of(write_line_file(folder / "f", failing)), "OVL-INT-001");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  write_text(folder / "f", "before\n");
  EXPECT_FALSE(write_line_file(folder / "f", failing));
  EXPECT_EQ(text_of(folder / "f"), "before\n") << "what was there stays";
}

TEST(NumberText, reads_back_as_the_same_float) {
  constexpr std::uint64_t kSeed = 31;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
    if (!std::isfinite(value)) continue;
    const std::string text = number_text(static_cast<double>(value));
    float back = 0;
    ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), back).ec, std::errc())
        << text;
    ASSERT_EQ(back, value) << text;
  }
  for (const double value : {std::numeric_limits<double>::infinity(), kMissing}) {
    EXPECT_EQ(number_text(value), "");
    EXPECT_EQ(number_text(-value, "null"), "null");
  }
}

}  // namespace
}  // namespace overland::exchange
