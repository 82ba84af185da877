#include "base/json_text.h"

#include <gtest/gtest.h>

#include <sstream>

namespace overland {
namespace {

std::string nested(std::size_t levels, char open, char close) {
  return std::string(levels, open) + std::string(levels, close);
}

TEST(JsonText, deep_values_are_not_parsed) {
  EXPECT_FALSE(parse_json(nested(kMostJsonLevels, '[', ']')).is_discarded());
  EXPECT_TRUE(parse_json(nested(kMostJsonLevels + 1, '[', ']')).is_discarded());
  EXPECT_TRUE(parse_json(nested(2'000'000, '[', ']')).is_discarded());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_TRUE(parse_json(objects + "1" + std::string(100'000, '}')).is_discarded());
  std::istringstream stream(nested(kMostJsonLevels + 1, '[', ']'));
  EXPECT_TRUE(parse_json(stream).is_discarded());
}

TEST(JsonText, brackets_in_strings_and_beside_each_other_are_not_levels) {
  const std::string brackets(1000, '[');
  EXPECT_EQ(parse_json("\"" + brackets + "\"").get<std::string>(), brackets);
  EXPECT_EQ(parse_json(R"("\"[" )").get<std::string>(), "\"[");
  EXPECT_EQ(parse_json(R"(["\\", [1]])")[1][0], 1);
  std::string beside = "[[]";
  for (int i = 0; i < 1000; ++i) beside += ",[]";
  EXPECT_EQ(parse_json(beside + "]").size(), 1001U);
}

TEST(JsonText, texts_that_are_not_json_are_discarded) {
  for (const char* text : {"", "{", "nul", "{\"a\":1,}", "]]]", "[1] 2", "// a\n1"})
    EXPECT_TRUE(parse_json(text).is_discarded()) << text;
  EXPECT_EQ(parse_json("// a\n1", JsonComments::are_skipped), 1);
  std::istringstream stream(R"({"b": 1, "a": 2})");
  EXPECT_EQ(parse_json<nlohmann::ordered_json>(stream).begin().key(), "b");
}

}  // namespace
}  // namespace overland
