#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "explain/explain.h"
#include "support/search_fixture.h"
#include "support/table_checks.h"

namespace overland::explain {
namespace {

namespace fs = std::filesystem;

Explanation example() {
  Explanation e{.precursor = "PEPTIDE/2",
                .run = "run <1>",
                .verdict = "Not found: lost at the gate 'score'",
                .gates = {{"library", GateState::passed, "m/z 400", ""},
                          {"score", GateState::failed, "q = 0.3", "q <= 0.01"},
                          {"quantity", GateState::not_reached, "", ""},
                          {"other runs", GateState::note, "reported in run2", ""}},
                .features = {{"match_score", 1.5, 10, 90, 4, 1}, {"ms1", NAN, NAN, NAN, NAN, NAN}},
                .competitors = {{"AAAK2", true, 3, 1200}, {"CCCK3", false, 1, 5}},
                .traces = {}};
  return e;
}

TEST(ExplanationText, has_a_line_for_each_gate_and_what_was_needed) {
  const std::string text = explanation_text(example());
  EXPECT_TRUE(text.starts_with("PEPTIDE/2 in run <1>: Not found: lost at the gate 'score'\n\n"));
  EXPECT_NE(text.find("passed       library           m/z 400\n"), std::string::npos);
  EXPECT_NE(text.find("failed       score             q = 0.3\n"), std::string::npos);
  EXPECT_NE(text.find(" needed: q <= 0.01\n"), std::string::npos);
  EXPECT_NE(text.find("not reached  quantity"), std::string::npos);
  EXPECT_NE(text.find("note         other runs"), std::string::npos);
  EXPECT_NE(text.find("AAAK2 (decoy)\n"), std::string::npos);
  EXPECT_NE(text.find("CCCK3\n"), std::string::npos);
  EXPECT_NE(text.find("match_score "), std::string::npos);
}

TEST(ExplanationText, leaves_out_tables_without_rows) {
  Explanation e = example();
  e.features.clear();
  e.competitors.clear();
  const std::string text = explanation_text(e);
  EXPECT_EQ(text.find("% of targets"), std::string::npos);
  EXPECT_EQ(text.find("shared peaks"), std::string::npos);
}

TEST(ExplanationText, names_all_states) {
  EXPECT_EQ(to_text(GateState::passed), "passed");
  EXPECT_EQ(to_text(GateState::failed), "failed");
  EXPECT_EQ(to_text(GateState::note), "note");
  EXPECT_EQ(to_text(GateState::not_reached), "not reached");
}

TEST(ExplanationJson, says_the_same_and_missing_numbers_are_null) {
  const report::PageJson json = explanation_json(example());
  EXPECT_EQ(json["found"], false);
  ASSERT_EQ(json["gates"].size(), 4U);
  EXPECT_EQ(json["gates"][1]["state"], "failed");
  EXPECT_EQ(json["gates"][1]["needed"], "q <= 0.01");
  EXPECT_EQ(json["features"][0]["amongDecoys"], 90);
  EXPECT_TRUE(json["features"][1]["value"].is_null());
  EXPECT_EQ(json["competitors"][0]["isDecoy"], true);
  EXPECT_EQ(json["competitors"][0]["sharedPeaks"], 3);
  EXPECT_TRUE(json["traces"].empty());
  EXPECT_NO_THROW(static_cast<void>(json.dump()));
}

TEST(ExplanationPage, escapes_what_comes_from_inputs) {
  const support::TestFolder folder;
  Explanation e = example();
  e.run = "</script><b>";
  ASSERT_TRUE(write_explanation_page(e, folder / "page.html"));
  const std::string page = support::text_of(folder / "page.html");
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
  EXPECT_NE(page.find("PEPTIDE/2"), std::string::npos);
  support::write_text(folder / "file", "");
  EXPECT_EQ(write_explanation_page(e, folder / "file/page.html").error().code, "OVL-IO-002");
}

// Each gate that a precursor of a small search can be lost at.
class Explaining : public support::SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    search_ = options_for({add_run("one"), add_run("two", {.seed = 2})});
    ASSERT_EQ(code_of(commands::run_search(search_)), "");
  }
  Result<Explanation> ask(const std::string& precursor, const std::string& run = "one",
                          const std::filesystem::path& other_library = {}) const {
    return explain({.results = search_.out,
                    .precursor = precursor,
                    .run = run,
                    .library = other_library,
                    .machine = 2});
  }
  std::string code(const std::string& precursor, const std::string& run = "one") const {
    const auto explanation = ask(precursor, run);
    return explanation ? "" : explanation.error().code;
  }
  static std::string lost_at(const Explanation& explanation) {
    for (const Gate& gate : explanation.gates)
      if (gate.state == GateState::failed) return gate.name;
    return "";
  }
  static std::string id_of(const library::LibraryPrecursor& target) {
    return to_unimod_notation(target.peptide) + "/" + std::to_string(target.charge);
  }
  stages::SearchOptions search_;
};

TEST_F(Explaining, follows_each_target_to_the_gate_that_the_tables_imply) {
  const io::Table report = table(search_.out / "report.parquet");
  const auto& ids = **report.column<std::string>("Precursor.Id");
  const auto& runs = **report.column<std::string>("Run");
  std::size_t found = 0, lost = 0;
  for (std::size_t t = 0; t < 40; ++t) {
    const auto explanation = ask(id_of(targets_[t]));
    ASSERT_TRUE(explanation) << explanation.error().message();
    bool is_reported = false;
    for (std::size_t i = 0; i < ids.size(); ++i)
      is_reported |= runs[i] == "one" && ids[i] == to_unimod_notation(targets_[t].peptide) +
                                                       std::to_string(targets_[t].charge);
    EXPECT_EQ(explanation->is_found, is_reported) << id_of(targets_[t]);
    ++(is_reported ? found : lost);
    const std::string gate = lost_at(*explanation);
    EXPECT_EQ(gate.empty() || gate == "quantity", is_reported) << explanation_text(*explanation);
    bool is_over = false;
    for (const Gate& g : explanation->gates) {
      if (g.state == GateState::not_reached) is_over = true;
      if (is_over) {
        EXPECT_NE(g.state, GateState::passed) << "behind a gate that was not reached";
      }
      if (g.state == GateState::failed) {
        EXPECT_FALSE(g.needed.empty()) << g.name;
      }
    }
  }
  EXPECT_GT(found, 5U);
  EXPECT_GT(lost, 2U);
}

TEST_F(Explaining, what_is_not_in_the_library_is_told_with_its_other_forms) {
  const auto unknown = ask("WWWWWWWK/2");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(lost_at(*unknown), "library");
  EXPECT_NE(unknown->gates[0].needed.find("no other form"), std::string::npos);
  const library::LibraryPrecursor& target = targets_[0];
  const auto other = ask(to_unimod_notation(target.peptide) + "/7");
  ASSERT_TRUE(other);
  EXPECT_EQ(lost_at(*other), "library");
  EXPECT_NE(other->gates[0].needed.find(id_of(target)), std::string::npos);
  EXPECT_EQ(other->gates.size(), 8U) << "the others are named, not reached";
}

TEST_F(Explaining, wrong_questions_are_told) {
  EXPECT_EQ(code("PEPTIDE"), "OVL-USE-041");
  EXPECT_EQ(code("PEP TIDE/2"), "OVL-LIB-010");
  const auto no_run = ask(id_of(targets_[0]), "oen");
  ASSERT_FALSE(no_run);
  EXPECT_EQ(no_run.error().code, "OVL-USE-042");
  EXPECT_NE(no_run.error().message().find("'one'"), std::string::npos) << "the nearest name";
  const fs::path work = search_.out / "work";
  fs::rename(work / "second_pass/one/psms.arrow", work / "psms.arrow");
  EXPECT_EQ(code(id_of(targets_[0])), "OVL-IO-094");
  fs::rename(work / "psms.arrow", work / "second_pass/one/psms.arrow");
  EXPECT_EQ(code(id_of(targets_[0])), "");
  search_.out = scratch_.path() / "nothing";
  EXPECT_EQ(code(id_of(targets_[0])), "OVL-USE-040");
}

TEST_F(Explaining, another_library_is_refused) {
  std::vector<library::LibraryPrecursor> rows = targets_;
  rows.pop_back();
  ASSERT_TRUE(library::write_library(rows, {"example", "", "test"}, library()));
  const auto refused = ask(id_of(targets_[0]), "one", library());
  EXPECT_EQ(refused ? "" : refused.error().code, "OVL-IO-093");
}

}  // namespace
}  // namespace overland::explain
