#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/command_example.h"
#include "support/table_checks.h"

namespace overland::cli {
namespace {

using support::expect_error;
using support::Ran;
using support::run;
using support::TestFolder;
using support::write_text;

Ran config(std::vector<std::string> words) {
  words.insert(words.begin(), "config");
  return run(add_config_command, words);
}

nlohmann::json parsed(const Ran& ran) {
  EXPECT_EQ(ran.code, 0) << ran.err;
  return nlohmann::json::parse(ran.out, nullptr, true, true);  // with comments
}

// Keys in full, "report.q_value", with their values.
std::map<std::string, nlohmann::json> keys_of(const nlohmann::json& json) {
  std::map<std::string, nlohmann::json> keys;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_object()) keys[name] = value;
    if (value.is_object())
      for (const auto& [key, inner] : value.items()) keys[name + "." + key] = inner;
  }
  return keys;
}

constexpr const char* kNames[] = {"search", "build-library", "simulate"};

TEST(ConfigCommand, prints_files_that_can_be_given_back) {
  const TestFolder folder;
  for (const char* name : kNames) {
    const Ran first = config({name});
    const nlohmann::json json = parsed(first);
    EXPECT_GE(json.size(), 3U) << name;
    write_text(folder / "c.json", first.out);
    EXPECT_EQ(config({name, "--config", (folder / "c.json").string()}).out, first.out) << name;
    write_text(folder / "c.json", json.dump());
    EXPECT_EQ(config({name, "--config", (folder / "c.json").string()}).out, first.out) << name;
  }
}

TEST(ConfigCommand, explains_each_key_in_text_and_in_the_manual) {
  for (const char* name : kNames) {
    const nlohmann::json json = parsed(config({name}));
    const std::string manual = config({name, "--markdown"}).out;
    const auto keys = keys_of(json);
    for (const auto& [key, value] : keys)
      EXPECT_NE(manual.find("`" + key + "`"), std::string::npos) << key;
    EXPECT_GT(keys.size(), 20U) << name;
  }
}

TEST(ConfigCommand, assignments_win_over_the_file) {
  const TestFolder folder;
  write_text(folder / "c.json", R"({"report": {"q_value": 0.05, "tsv": true}})");
  const nlohmann::json json = parsed(
      config({"search", "--set", "report.q_value=0.02", "-c", (folder / "c.json").string()}));
  EXPECT_EQ(json["report"]["q_value"], 0.02);
  EXPECT_EQ(json["report"]["tsv"], true);
}

// Each value that a key can have by default may be assigned as text, and changes nothing.
TEST(ConfigCommand, every_default_can_be_assigned) {
  for (const char* name : kNames) {
    const Ran plain = config({name});
    std::vector<std::string> words{name};
    for (const auto& [key, value] : keys_of(parsed(plain))) {
      words.emplace_back("--set");
      words.push_back(key + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
    const Ran assigned = config(words);
    EXPECT_EQ(assigned.code, 0) << assigned.err;
    EXPECT_EQ(assigned.out, plain.out) << name;
  }
}

TEST(ConfigCommand, faults_have_their_exit_code) {
  const TestFolder folder;
  expect_error(config({"serch"}), 2, {"OVL-USE-002"});
  expect_error(config({"search", "--set", "report.q_valu=1"}), 3,
               {"OVL-CFG-001", "report.q_value"});
  expect_error(config({"search", "--set", "report.q_value=2"}), 3, {"OVL-CFG-002"});
  expect_error(config({"search", "--set", "report.q_value"}), 2, {"OVL-USE-001"});
  expect_error(config({"search", "--config", (folder / "none").string()}), 3,
               {"OVL-CFG-004", "none"});
  expect_error(config({"search", "file.json"}), 2, {"OVL-USE-021"});
  expect_error(config({"from-pioneer"}), 2, {"OVL-USE-021"});
  expect_error(config({"from-pioneer", "a", "b"}), 2, {"OVL-USE-021"});
  expect_error(config({"from-pioneer", (folder / "none").string()}), 3, {"OVL-CFG-004"});
}

}  // namespace
}  // namespace overland::cli
