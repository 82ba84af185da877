#include "base/config_schema.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "base/rng.h"

namespace overland {
namespace {

struct Sample {
  double start_ppm = 20;
  std::int64_t top = 12;
  bool use_ms1 = false;
  std::string mode = "fast";
  std::string note;
  double deep = 0.5;
};

struct Fixture {
  Sample values;
  ConfigSchema schema;
  Fixture() {
    schema.field("calibration.start_ppm", values.start_ppm,
                 {.unit = "ppm",
                  .description = "fragment tolerance before calibration",
                  .min = 1,
                  .max = 200});
    schema.field("search.top", values.top, {.unit = "fragments", .min = 3, .max = 255});
    schema.field("calibration.use_ms1", values.use_ms1, {});
    schema.field("search.mode", values.mode, {.choices = {"fast", "careful"}});
    schema.field("search.note", values.note, {});
    schema.field("search.inner.deep", values.deep, {});
  }
  Error json_error(std::string_view text) {
    const Result<void> done = schema.apply_json(text, "c.json");
    EXPECT_FALSE(done.has_value()) << text;
    return done ? Error{} : done.error();
  }
  Error assignment_error(std::string_view text) {
    const Result<void> done = schema.apply_assignment(text);
    EXPECT_FALSE(done.has_value()) << text;
    return done ? Error{} : done.error();
  }
};

TEST(ConfigSchema, setsWhatTheFileNamesAndLeavesTheRest) {
  Fixture f;
  const auto done = f.schema.apply_json(R"({ // a comment, "search": 1
    "search": {"top": 6, "inner": {"deep": 1}, "mode": "careful"},
    "calibration": {"start_ppm": 15}})",
                                        "c.json");
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(f.values.top, 6);
  EXPECT_EQ(f.values.mode, "careful");
  EXPECT_DOUBLE_EQ(f.values.start_ppm, 15);
  EXPECT_DOUBLE_EQ(f.values.deep, 1);
  EXPECT_FALSE(f.values.use_ms1);
}

TEST(ConfigSchema, namesTheNearestKeyForAnUnknownOne) {
  Fixture f;
  const struct {
    const char* text;
    const char* nearest;
  } cases[] = {{R"({"calibration": {"start_pmm": 3}})", "'calibration.start_ppm'"},
               {R"({"serch": {"top": 3}})", "'search'"},
               {R"({"top": 3})", "'search.top'"},
               {R"({"calibration": {"top": 3}})", "'search.top'"},
               {R"({"search": {"iner": {"deep": 3}}})", "'search.inner'"}};
  for (const auto& one : cases) {
    const Error error = f.json_error(one.text);
    EXPECT_EQ(error.code, "OVL-CFG-001");
    EXPECT_NE(error.advice.find(one.nearest), std::string::npos) << error.message();
    EXPECT_EQ(error.exit_code(), 3);
  }
}

TEST(ConfigSchema, refusesValuesOfTheWrongTypeOrRangeWithTheAllowedOnes) {
  Fixture f;
  const struct {
    const char* text;
    const char* advice;
  } cases[] = {{R"({"calibration": {"start_ppm": 0.5}})", "a number from 1 to 200 ppm"},
               {R"({"calibration": {"start_ppm": 200.5}})", "a number from 1 to 200 ppm"},
               {R"({"calibration": {"start_ppm": "20"}})", "a number from 1 to 200 ppm"},
               {R"({"calibration": {"start_ppm": null}})", "a number from 1 to 200 ppm"},
               {R"({"calibration": {"start_ppm": [20]}})", "a number from 1 to 200 ppm"},
               {R"({"calibration": {"use_ms1": 1}})", "true or false"},
               {R"({"search": {"top": 6.0}})", "a whole number from 3 to 255 fragments"},
               {R"({"search": {"top": true}})", "a whole number from 3 to 255 fragments"},
               {R"({"search": {"top": 18446744073709551615}})", "a whole number from 3 to 255"},
               {R"({"search": {"mode": "slow"}})", "one of \"fast\", \"careful\""},
               {R"({"search": {"mode": {"a": 1}}})", "one of \"fast\", \"careful\""},
               {R"({"search": 3})", "This key is a section"}};
  for (const auto& one : cases) {
    const Error error = f.json_error(one.text);
    EXPECT_EQ(error.code, "OVL-CFG-002") << one.text;
    EXPECT_NE(error.advice.find(one.advice), std::string::npos) << error.message();
  }
}

TEST(ConfigSchema, acceptsTheEndsOfARange) {
  Fixture f;
  EXPECT_TRUE(f.schema.apply_json(R"({"search": {"top": 3}})", "c"));
  EXPECT_TRUE(f.schema.apply_json(R"({"search": {"top": 255}})", "c"));
  EXPECT_EQ(f.values.top, 255);
}

TEST(ConfigSchema, aFileWithOneErrorChangesNothing) {
  Fixture f;
  f.json_error(R"({"search": {"top": 6, "mode": "slow"}})");
  f.json_error(R"({"search": {"top": 6}, "nonsense": 1})");
  EXPECT_EQ(f.values.top, 12);
}

TEST(ConfigSchema, brokenJsonIsNamedWithItsLine) {
  Fixture f;
  const Error missing_comma =
      f.json_error("{\n  \"search\": {\"top\": 6}\n  \"calibration\": {}\n}");
  EXPECT_EQ(missing_comma.code, "OVL-CFG-003");
  EXPECT_EQ(missing_comma.where, "c.json, line 3");
  for (const char* text : {"", "{", "[]", "3", "{\"search\": {\"top\": 1e999}}", "{} {}",
                           "{\"a\xff\": 1}", "{\"search\": {\"top\": 6, \"top\": 7}}",
                           "{\"search.top\": 6, \"search\": {\"top\": 7}}"}) {
    EXPECT_EQ(f.json_error(text).code, "OVL-CFG-003") << text;
  }
  EXPECT_EQ(f.values.top, 12);
}

TEST(ConfigSchema, assignmentsFollowTheSameRules) {
  Fixture f;
  EXPECT_TRUE(f.schema.apply_assignment("calibration.start_ppm=7.5"));
  EXPECT_TRUE(f.schema.apply_assignment("search.top=9"));
  EXPECT_TRUE(f.schema.apply_assignment("calibration.use_ms1=true"));
  EXPECT_TRUE(f.schema.apply_assignment("search.note=a=b c"));
  EXPECT_DOUBLE_EQ(f.values.start_ppm, 7.5);
  EXPECT_EQ(f.values.top, 9);
  EXPECT_TRUE(f.values.use_ms1);
  EXPECT_EQ(f.values.note, "a=b c");
  EXPECT_EQ(f.assignment_error("search.top").code, "OVL-USE-001");
  EXPECT_EQ(f.assignment_error("search.topp=3").code, "OVL-CFG-001");
  for (const char* text :
       {"search.top=", "search.top=3x", "search.top=3.5", "search.top=1000",
        "calibration.start_ppm=nan", "calibration.start_ppm=inf", "calibration.start_ppm=1,5",
        "calibration.use_ms1=yes", "search.mode=slow", "search.inner.deep=inf",
        "search.top=99999999999999999999"}) {
    EXPECT_EQ(f.assignment_error(text).code, "OVL-CFG-002") << text;
  }
  EXPECT_EQ(f.values.top, 9);
}

TEST(ConfigSchema, writtenFilesRestoreTheValuesExactly) {
  Rng rng(20240717, 0);
  for (int round = 0; round < 200; ++round) {
    Fixture written;
    written.values.start_ppm = 1 + 199 * rng.uniform();
    written.values.deep = (rng.uniform() - 0.5) * 1e-12;
    written.values.top = 3 + static_cast<std::int64_t>(rng.uniform() * 252);
    written.values.use_ms1 = rng.uniform() < 0.5;
    written.values.note = "quote \" backslash \\ // no comment \n\u00e9";
    for (const std::string& text : {written.schema.to_json(), written.schema.to_commented_json()}) {
      Fixture read;
      const auto done = read.schema.apply_json(text, "c.json");
      ASSERT_TRUE(done) << done.error().message() << text;
      EXPECT_EQ(read.values.start_ppm, written.values.start_ppm);
      EXPECT_EQ(read.values.deep, written.values.deep);
      EXPECT_EQ(read.values.top, written.values.top);
      EXPECT_EQ(read.values.use_ms1, written.values.use_ms1);
      EXPECT_EQ(read.values.note, written.values.note);
    }
  }
}

TEST(ConfigSchema, commentsTellMeaningRangeAndDefault) {
  Fixture f;
  f.values.start_ppm = 10;
  const std::string text = f.schema.to_commented_json();
  EXPECT_NE(text.find("    // fragment tolerance before calibration; a number from 1 to 200 ppm "
                      "(default 20.0)\n    \"start_ppm\": 10.0,\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(f.schema.to_json().find("//"), std::string::npos);
}

TEST(ConfigSchema, theManualHasOneRowPerKey) {
  Fixture f;
  f.values.start_ppm = 10;
  const std::string text = f.schema.to_markdown();
  EXPECT_NE(text.find("| `calibration.start_ppm` | `20.0` | a number from 1 to 200 ppm | fragment "
                      "tolerance before calibration |\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 6);
}

TEST(ConfigSchema, survivesRandomBytes) {
  Rng rng(99, 0);
  constexpr std::string_view kAlphabet = "{}[]\":,.0123456789eE+-truefalsn\\/* searchtop\n\xff";
  for (int round = 0; round < 20000; ++round) {
    Fixture f;
    std::string text = "{";
    const auto length = static_cast<int>(rng.uniform() * 40);
    for (int i = 0; i < length; ++i)
      text += kAlphabet[static_cast<std::size_t>(rng.uniform() *
                                                 static_cast<double>(kAlphabet.size()))];
    const Result<void> done = f.schema.apply_json(text, "random");
    EXPECT_TRUE(done || done.error().code.starts_with("OVL-CFG-")) << done.error().message();
  }
}

TEST(ConfigSchema, declaresAKeyOnceAndNoSection) {
  Fixture f;
  double again = 0;
  EXPECT_THROW(f.schema.field("calibration.start_ppm", again, {}), CheckFailed);
  EXPECT_THROW(f.schema.field("search.inner", again, {}), CheckFailed);
}

}  // namespace
}  // namespace overland
