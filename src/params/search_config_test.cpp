#include "params/search_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace overland::params {
namespace {

using nlohmann::json;

// A value of the field that is allowed and differs from the present one.
ConfigSchema::Value other_value(const ConfigSchema::Field& field) {
  const ConfigSchema::Value now = ConfigSchema::present_value(field);
  if (const auto* flag = std::get_if<bool>(&now)) return !*flag;
  if (const auto* count = std::get_if<std::int64_t>(&now))
    return *count + 1 <= static_cast<std::int64_t>(*field.doc.max) ? *count + 1 : *count - 1;
  if (const auto* number = std::get_if<double>(&now)) {
    const double middle = 0.5 * (*field.doc.min + *field.doc.max);
    return middle == *number ? 0.75 * middle : middle;
  }
  for (const std::string& choice : field.doc.choices)
    if (choice != std::get<std::string>(now)) return choice;
  return now;
}

std::string text_of(const ConfigSchema::Value& value) {
  return std::visit(
      []<class T>(const T& v) {
        if constexpr (std::is_same_v<T, std::string>)
          return v;
        else
          return json(v).dump();
      },
      value);
}

const ConfigSchema::Field& field_of(const ConfigSchema& schema, const std::string& key) {
  for (const ConfigSchema::Field& field : schema.fields())
    if (field.key == key) return field;
  ADD_FAILURE() << "there is no parameter " << key;
  return schema.fields().front();
}

std::string code_of(ConfigSchema& schema, const std::string& assignment) {
  const auto done = schema.apply_assignment(assignment);
  return done ? "" : done.error().code;
}

TEST(SearchSchema, declares_each_parameter_with_its_meaning_and_range) {
  SearchConfig config;
  const ConfigSchema schema = search_schema(config);
  std::set<std::string> keys;
  for (const ConfigSchema::Field& field : schema.fields()) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key;
    EXPECT_TRUE(field.doc.description.ends_with('.')) << field.key;
    const auto now = ConfigSchema::present_value(field);
    if (std::holds_alternative<std::string>(now)) {
      EXPECT_GT(field.doc.choices.size(), 1U) << field.key;
    }
    double value = 0;
    if (const auto* count = std::get_if<std::int64_t>(&now))
      value = static_cast<double>(*count);
    else if (const auto* number = std::get_if<double>(&now))
      value = *number;
    else
      continue;
    ASSERT_TRUE(field.doc.min && field.doc.max) << field.key << " has no range";
    EXPECT_LT(*field.doc.min, *field.doc.max) << field.key;
    EXPECT_GE(value, *field.doc.min) << field.key << ": the default";
    EXPECT_LE(value, *field.doc.max) << field.key << ": the default";
  }
}

// Each key reaches a target of its own: setting one changes no other.
TEST(SearchSchema, a_key_changes_its_own_parameter_only) {
  SearchConfig defaults;
  const json before = json::parse(search_schema(defaults).to_json());
  SearchConfig config;
  const ConfigSchema declares = search_schema(config);
  for (const ConfigSchema::Field& declared : declares.fields()) {
    config = {};
    ConfigSchema schema = search_schema(config);
    const auto wanted = other_value(field_of(schema, declared.key));
    ASSERT_EQ(code_of(schema, declared.key + "=" + text_of(wanted)), "") << declared.key;
    const json difference = json::diff(before, json::parse(schema.to_json()));
    ASSERT_EQ(difference.size(), 1U) << declared.key << ": " << difference.dump();
    std::string path = "/" + declared.key;
    std::ranges::replace(path, '.', '/');
    EXPECT_EQ(difference[0]["path"], path);
  }
}

TEST(SearchSchema, limits_are_allowed_and_what_is_beyond_them_is_not) {
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  for (const ConfigSchema::Field& field : schema.fields()) {
    if (!field.doc.min) continue;
    const bool is_count = std::holds_alternative<std::int64_t>(ConfigSchema::present_value(field));
    const auto text = [&](double value) {
      return field.key + "=" +
             (is_count ? std::to_string(static_cast<std::int64_t>(value)) : json(value).dump());
    };
    EXPECT_EQ(code_of(schema, text(*field.doc.min)), "") << field.key;
    EXPECT_EQ(code_of(schema, text(*field.doc.max)), "") << field.key;
    const double step = is_count ? 1 : 1e-6 * (*field.doc.max - *field.doc.min);
    EXPECT_EQ(code_of(schema, text(*field.doc.min - step)), "OVL-CFG-002") << field.key;
    EXPECT_EQ(code_of(schema, text(*field.doc.max + step)), "OVL-CFG-002") << field.key;
  }
}

TEST(SearchSchema, values_of_another_type_are_refused_and_change_nothing) {
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  const std::string before = schema.to_json();
  for (const char* assignment :
       {"first_pass.min_fragments=4.5", "first_pass.min_fragments=many", "calibration.mass=1",
        "calibration.mass=yes", "second_pass.loss=Huber", "score.model=", "report.q_value=nan",
        "report.q_value=inf", "report.q_value=0.01x", "integrate.smoothing="}) {
    EXPECT_EQ(code_of(schema, assignment), "OVL-CFG-002") << assignment;
    EXPECT_EQ(schema.to_json(), before) << assignment;
  }
  EXPECT_EQ(code_of(schema, "report.qvalue=0.05"), "OVL-CFG-001");
  EXPECT_EQ(code_of(schema, "report=0.05"), "OVL-CFG-001") << "a section";
  EXPECT_EQ(code_of(schema, "report.q_value"), "OVL-USE-001");
  EXPECT_EQ(schema.to_json(), before);
}

TEST(SearchSchema, what_it_writes_it_reads_back) {
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  for (const ConfigSchema::Field& field : schema.fields())
    ASSERT_EQ(code_of(schema, field.key + "=" + text_of(other_value(field))), "") << field.key;
  for (const std::string& text : {schema.to_json(), schema.to_commented_json()}) {
    SearchConfig read;
    ConfigSchema again = search_schema(read);
    const auto done = again.apply_json(text, "search.json");
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(again.to_json(), schema.to_json());
  }
}

TEST(SearchSchema, a_file_with_one_mistake_changes_nothing) {
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  const auto code = [&](const char* text) {
    const auto done = schema.apply_json(text, "search.json");
    return done ? "" : done.error().code;
  };
  EXPECT_EQ(code(R"({"report": {"q_value": 0.05}, "score": {"tree_depth": 99}})"), "OVL-CFG-002");
  EXPECT_EQ(config.report.q_value, 0.01);
  EXPECT_EQ(code(R"({"report": {"q_value": 0.05, "q_value": 0.02}})"), "OVL-CFG-003");
  EXPECT_EQ(code(R"({"report": {"q_value": null}})"), "OVL-CFG-002");
  EXPECT_EQ(code(""), "OVL-CFG-003");
  EXPECT_EQ(code("{}"), "");
  EXPECT_EQ(code(R"({"report": {"q_value": 0.05}})"), "");
  EXPECT_EQ(config.report.q_value, 0.05);
}

// The text of each stage's parameters, from which the key of its results is hashed.
const std::map<std::string, std::function<std::string(const SearchConfig&)>> kStages{
    {"library", [](const SearchConfig& c) { return parameters_text(LibraryParameters::of(c)); }},
    {"tune", [](const SearchConfig& c) { return parameters_text(TuneParameters::of(c)); }},
    {"borrow", [](const SearchConfig& c) { return parameters_text(BorrowParameters::of(c)); }},
    {"second pass",
     [](const SearchConfig& c) { return parameters_text(SecondPassParameters::of(c)); }},
    {"score", [](const SearchConfig& c) { return parameters_text(ScoreParameters::of(c)); }},
    {"transfer", [](const SearchConfig& c) { return parameters_text(TransferParameters::of(c)); }},
    {"refine", [](const SearchConfig& c) { return parameters_text(RefineParameters::of(c)); }},
    {"integrate",
     [](const SearchConfig& c) { return parameters_text(IntegrateParameters::of(c)); }},
    {"report", [](const SearchConfig& c) { return parameters_text(ReportParameters::of(c)); }}};

std::set<std::string> stages_that_depend_on(const std::string& key) {
  const SearchConfig defaults;
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  EXPECT_EQ(code_of(schema, key + "=" + text_of(other_value(field_of(schema, key)))), "") << key;
  std::set<std::string> stages;
  for (const auto& [name, text] : kStages)
    if (text(config) != text(defaults)) stages.insert(name);
  return stages;
}

TEST(StageParameters, each_parameter_is_in_the_key_of_the_stages_that_read_it) {
  using Stages = std::set<std::string>;
  EXPECT_EQ(stages_that_depend_on("first_pass.tolerance_ppm"), Stages{"tune"});
  EXPECT_EQ(stages_that_depend_on("search.decoys_per_target"), Stages{"library"});
  EXPECT_EQ(stages_that_depend_on("calibration.borrow"), (Stages{"tune", "borrow", "second pass"}));
  EXPECT_EQ(stages_that_depend_on("second_pass.loss"), Stages{"second pass"});
  EXPECT_EQ(stages_that_depend_on("score.tree_depth"), Stages{"score"});
  EXPECT_EQ(stages_that_depend_on("integrate.baseline"), Stages{"integrate"});
  EXPECT_EQ(stages_that_depend_on("quantify.method"), Stages{"report"});
  EXPECT_EQ(stages_that_depend_on("transfer.q_value"), (Stages{"transfer", "report"}));
  EXPECT_EQ(stages_that_depend_on("report.q_value"), (Stages{"score", "integrate", "report"}));
  EXPECT_EQ(stages_that_depend_on("report.decoys"), (Stages{"integrate", "report"}));
  EXPECT_EQ(stages_that_depend_on("report.html"), Stages{"report"}) << "nothing is done again";
  EXPECT_EQ(stages_that_depend_on("search.seed"),
            (Stages{"library", "score", "transfer", "refine"}));
}

TEST(StageParameters, no_parameter_is_in_no_key) {
  SearchConfig config;
  const ConfigSchema schema = search_schema(config);
  for (const ConfigSchema::Field& field : schema.fields())
    EXPECT_FALSE(stages_that_depend_on(field.key).empty()) << field.key;
}

TEST(StageParameters, texts_are_json_and_the_same_for_the_same_values) {
  const SearchConfig config;
  for (const auto& [name, text] : kStages) {
    EXPECT_EQ(text(config), text(SearchConfig())) << name;
    EXPECT_TRUE(json::parse(text(config), nullptr, false).is_object()) << name;
  }
}

TEST(StageParameters, are_those_of_the_configuration) {
  SearchConfig config;
  config.seed = 7;
  config.decoys_per_target = 3;
  config.calibration.borrow = false;
  config.report.q_value = 0.02;
  config.report.entrapments = true;
  config.quantify.least_shared = 5;
  config.transfer.enabled = true;
  EXPECT_EQ(LibraryParameters::of(config).seed, 7);
  EXPECT_EQ(LibraryParameters::of(config).decoys_per_target, 3);
  EXPECT_FALSE(BorrowParameters::of(config).borrow);
  EXPECT_EQ(ScoreParameters::of(config).report_q_value, 0.02);
  EXPECT_EQ(ScoreParameters::of(config).seed, 7);
  EXPECT_TRUE(TransferParameters::of(config).transfer.enabled);
  EXPECT_EQ(RefineParameters::of(config).seed, 7);
  EXPECT_TRUE(IntegrateParameters::of(config).report.entrapments);
  EXPECT_EQ(ReportParameters::of(config).quantify.least_shared, 5);
  EXPECT_EQ(ReportParameters::of(config).report.q_value, 0.02);
}

}  // namespace
}  // namespace overland::params
