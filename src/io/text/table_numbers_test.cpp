#include "io/text/table_numbers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace overland::io {
namespace {

using Verdict = CommaMeaning::Verdict;

TEST(LfqNumbers, reads_the_forms_of_one_number) {
  for (const char* text : {"1.5", "+1.5", "1.5e0", "1,5", "15e-1"}) EXPECT_EQ(number_in(text), 1.5);
  EXPECT_EQ(number_in("True"), 1);
  EXPECT_EQ(number_in("FALSE"), 0);
  EXPECT_TRUE(std::isnan(number_in("1e999").value()));
  for (const char* text : {"", "x", "1,5,5", "1.5x", "1.000,5"})
    EXPECT_FALSE(number_in(text)) << text;
}

TEST(LfqNumbers, knows_what_is_missing) {
  for (const char* text :
       {"", "NA", "nan", "NaN", "#N/A", "NULL", " ", "-", "Filtered", "n. def.", "N/A"})
    EXPECT_TRUE(is_missing_word(text)) << text;
  for (const char* text : {"0", "none of it", "1"}) EXPECT_FALSE(is_missing_word(text)) << text;
}

TEST(CommaMeaning, is_learned_from_the_other_numbers) {
  CommaMeaning meaning;
  EXPECT_EQ(meaning.verdict(), Verdict::decimal);
  const auto open = meaning.read("12,345");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->value, 12.345);
  EXPECT_EQ(open->as_thousands, 12345);
  EXPECT_EQ(meaning.verdict(), Verdict::unknown);
  CommaMeaning decimal = meaning;
  EXPECT_EQ(decimal.read("1234,567")->value, 1234.567);
  EXPECT_EQ(decimal.verdict(), Verdict::decimal);
  CommaMeaning thousands = meaning;
  EXPECT_EQ(thousands.read("1,234,567.25")->value, 1234567.25);
  EXPECT_EQ(thousands.verdict(), Verdict::thousands);
  EXPECT_TRUE(thousands.read("0,5"));
  EXPECT_EQ(thousands.verdict(), Verdict::contradiction);
}

TEST(CommaMeaning, points_may_separate_thousands_where_commas_do_not) {
  CommaMeaning meaning;
  EXPECT_EQ(meaning.read("1.234.567,5")->value, 1234567.5);
  EXPECT_EQ(meaning.read("1,5E+06")->value, 1.5e6);
  EXPECT_EQ(meaning.verdict(), Verdict::decimal);
  EXPECT_FALSE(meaning.read("1,2,3"));
  EXPECT_FALSE(meaning.read("12,34,567"));
  EXPECT_FALSE(meaning.read("abc"));
}

// Random quantities written in three ways come back; a plain point never needs a verdict.

TEST(CommaMeaning, tables_of_random_numbers_come_back) {
  Rng rng(5, 0);
  CommaMeaning point, comma, grouped;
  for (int i = 0; i < 500; ++i) {
    const double value = std::round(std::exp(3 + 14 * rng.uniform()) * 100) / 100;
    const std::string text = fmt::format("{:.2f}", value);
    std::string with_comma = text;
    with_comma[with_comma.find('.')] = ',';
    std::string with_groups = text;
    for (auto at = static_cast<std::ptrdiff_t>(text.find('.')) - 3; at > 0; at -= 3)
      with_groups.insert(static_cast<std::size_t>(at), ",");
    EXPECT_EQ(point.read(text)->value, value);
    EXPECT_EQ(comma.read(with_comma)->value, value) << with_comma;
    const auto reading = grouped.read(with_groups);
    EXPECT_EQ(reading->as_thousands.value_or(reading->value), value) << with_groups;
  }
  EXPECT_EQ(comma.verdict(), Verdict::decimal);
  EXPECT_EQ(grouped.verdict(), Verdict::thousands);
}

}  // namespace
}  // namespace overland::io
