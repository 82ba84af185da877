#include "report/conditions.h"

#include <gtest/gtest.h>

#include "support/table_checks.h"

namespace overland::report {
namespace {

using namespace support;

TEST(ConditionsByName, take_off_the_number_of_the_repeat_in_any_spelling) {
  for (const char* tail :
       {"_01", "-1", ".3", " 12", "_rep1", "-Rep02", ".R3", "_r1", "_replicate4", "_REP7"}) {
    const std::string other = std::string("treated") + tail;
    const Conditions c = conditions_by_name({"control_1", "control_2", other});
    EXPECT_EQ(c.names, (std::vector<std::string>{"control", "treated"})) << other;
    EXPECT_EQ(c.origin, "by run names");
  }
}

TEST(ConditionsByName, leave_names_whose_number_means_something_else) {
  // Letters before the number are a name's own unless they stand alone.
  const Conditions c = conditions_by_name({"mutantR1", "mutantR2", "K562"});
  EXPECT_EQ(c.names, (std::vector<std::string>{"mutantR", "K"}));
  EXPECT_TRUE(conditions_by_name({"a", "b", "c"}).names.empty()) << "no repeats";
  EXPECT_TRUE(conditions_by_name({"run_1"}).names.empty()) << "one run";
  EXPECT_TRUE(conditions_by_name({}).of_run.empty());
}

TEST(ConditionsByName, give_every_run_a_condition_or_none_of_them) {
  const std::vector<std::vector<std::string>> cohorts{{"a_1", "a_2"}, {"a_1", "b_1"},
                                                      {"_1", "_2"},   {"x", "x_1", "y"},
                                                      {"1", "1"},     {"", "a_1", "a_2"}};
  for (const auto& runs : cohorts) {
    const Conditions c = conditions_by_name(runs);
    ASSERT_EQ(c.of_run.size(), runs.size());
    for (const int condition : c.of_run) {
      EXPECT_EQ(condition < 0, c.names.empty());
      EXPECT_LT(condition, static_cast<int>(c.names.size()));
    }
  }
}

class ConditionsTable : public testing::Test {
 protected:
  Result<Conditions> read(const std::string& text, const char* name = "c.tsv") {
    write_text(folder_ / name, text);
    return read_conditions(folder_ / name, {"a", "b", "c"});
  }
  std::string code(const std::string& text) {
    const auto conditions = read(text);
    return conditions ? "" : conditions.error().code;
  }
  TestFolder folder_;
};

TEST_F(ConditionsTable, columns_may_stand_anywhere_and_runs_be_left_out) {
  const auto c = read("Operator\tCondition\tRun\nx\thigh\tc\nx\tlow\ta\n");
  ASSERT_TRUE(c) << c.error().message();
  EXPECT_EQ(c->names, (std::vector<std::string>{"high", "low"})) << "by first appearance";
  EXPECT_EQ(c->of_run, (std::vector<int>{1, -1, 0}));
  EXPECT_EQ(c->origin, "by c.tsv");
}

TEST_F(ConditionsTable, commas_and_quotes_are_read_too) {
  const auto c = read("Run,Condition\na,\"low, dose\"\nb,\"say \"\"x\"\"\"\nc,\n", "c.csv");
  ASSERT_TRUE(c) << c.error().message();
  EXPECT_EQ(c->names, (std::vector<std::string>{"low, dose", "say \"x\""}));
  EXPECT_EQ(c->of_run, (std::vector<int>{0, 1, -1})) << "an empty condition is none";
}

TEST_F(ConditionsTable, faults_name_the_column_or_the_run) {
  EXPECT_EQ(code("Run\tGroup\na\tx\n"), "OVL-IO-091");
  EXPECT_EQ(code("Name\tCondition\na\tx\n"), "OVL-IO-091");
  EXPECT_EQ(code("Run\tCondition\nd\tx\n"), "OVL-IO-092");
  EXPECT_EQ(code("Run\tCondition\nA\tx\n"), "OVL-IO-092") << "names are case-sensitive";
  const auto unknown = read("Run\tCondition\nd\tx\n");
  EXPECT_NE(unknown.error().what.find("'d'"), std::string::npos);
  EXPECT_EQ(read_conditions(folder_ / "none", {"a"}).error().code, "OVL-IO-001");
}

TEST_F(ConditionsTable, a_run_named_twice_has_its_last_condition) {
  const auto c = read("Run\tCondition\na\tx\na\ty\n");
  ASSERT_TRUE(c);
  EXPECT_EQ(c->names[static_cast<std::size_t>(c->of_run[0])], "y");
}

}  // namespace
}  // namespace overland::report
