// What an audit is made from: which rows count, what is whose partner, which groups are pairs.
#include "audit/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "io/table/table.h"
#include "support/example_search.h"

namespace overland::audit {
namespace {

namespace fs = std::filesystem;
using support::example_targets;
using support::ScratchFolder;

// Pairs 0..5 are targets of the proteins A, A, B, B;C, C, D; pairs 6..11 their entrapments, whose
// proteins have the same names with _ENT1. No decoys but one of pair 0.
class AuditOfSix : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const proteins[] = {"A", "A", "B", "B;C", "C", "D"};
    const char* const shuffled[] = {"A_ENT1",        "A_ENT1", "B_ENT1",
                                    "B_ENT1;C_ENT1", "C_ENT1", "D_ENT1"};
    std::vector<library::LibraryPrecursor> rows = example_targets(12);
    for (std::uint32_t i = 0; i < 12; ++i) {
      rows[i].entrapment = i < 6 ? 0 : 1;
      if (i >= 6) rows[i].partner = i - 6;
      rows[i].protein_ids = i < 6 ? proteins[i] : shuffled[i - 6];
    }
    if (has_mixed_names_) rows[6].protein_ids = "A";
    library::LibraryPrecursor decoy = rows[0];
    std::reverse(decoy.peptide.residues.begin(), decoy.peptide.residues.end() - 1);
    decoy.is_decoy = true;
    rows.push_back(decoy);
    ASSERT_TRUE(library::write_library(rows, {"six", "", "test"}, scratch_.path() / "six.lib"));
    auto opened = library::Library::open(scratch_.path() / "six.lib");
    ASSERT_TRUE(opened);
    library_.emplace(std::move(*opened));
    const library::LibraryView view = library_->view();
    for (std::uint32_t p = 0; p < view.precursor_count(); ++p) {
      if (view.is_decoy[p] == 0) row_of_pair_[view.pair[p]] = p;
      if (view.is_decoy[p] != 0) decoy_ = p;
    }
  }
  [[nodiscard]] identify::ScoredRow row(std::uint32_t pair, double q, float score,
                                        std::uint32_t group) const {
    identify::ScoredRow scored;
    scored.precursor = row_of_pair_.at(pair);
    scored.q_value = scored.protein_q_value = q;
    scored.global_q_value = scored.global_protein_q_value = q;
    scored.score = score;
    scored.protein_score = scored.global_protein_score = score;
    scored.protein_group = group;
    return scored;
  }
  // Groups 0: A, 1: B and C, 2: D; 3: A_ENT1, 4: B_ENT1, 5: D_ENT1.
  [[nodiscard]] AuditEntries entries() const {
    const identify::ProteinGroupNames groups{{"A", "B;C", "D", "A_ENT1", "B_ENT1", "D_ENT1"}, {}};
    identify::RunScores first, second;
    first.rows = {row(0, 0.001, 9, 0), row(1, 0.002, 8, 0), row(2, 0.003, 7, 1),
                  row(9, 0.004, 6, 4), row(8, 0.005, 5, 4), row(5, 0.5, 1, 2),
                  row(11, 0.008, 4, 5)};
    identify::ScoredRow decoy = row(0, 0.001, 99, 0);
    decoy.precursor = decoy_;
    first.rows.push_back(decoy);
    second.rows = {row(0, 0.006, 11, 0)};
    AuditCollector collector(library_->view(), groups);
    collector.add_run("one", first);
    collector.add_run("two", second);
    return std::move(collector).finish();
  }

  bool has_mixed_names_ = false;
  ScratchFolder scratch_;
  std::optional<library::Library> library_;
  std::map<std::uint32_t, std::uint32_t> row_of_pair_;
  std::uint32_t decoy_ = 0;
};

TEST_F(AuditOfSix, takes_winning_targets_and_entrapments_with_their_partners) {
  ASSERT_TRUE(AuditCollector::can_audit(library_->view()));
  const AuditEntries collected = entries();
  ASSERT_EQ(collected.levels.size(), 2U);
  const AuditLevel& level = collected.levels[0];
  EXPECT_EQ(level.name, "precursor");
  EXPECT_EQ(level.ratio(), 1);
  EXPECT_TRUE(level.is_paired);
  ASSERT_EQ(level.entries.size(), 7U) << "no decoy, nothing beyond 10 %";
  EXPECT_EQ(level.entries[3].unit, 9U);
  EXPECT_EQ(level.entries[3].cluster, 3U);
  EXPECT_EQ(level.entries[3].is_entrapment, 1);
  EXPECT_EQ(level.entries[0].cluster, 0U);
  EXPECT_EQ(level.entries[0].score, 9);
  EXPECT_EQ(level.entries[0].global_score, 11) << "of the second run";
}

TEST_F(AuditOfSix, pairs_groups_by_the_proteins_that_their_peptides_were_made_of) {
  const AuditEntries collected = entries();
  const AuditLevel& level = collected.levels[1];
  EXPECT_EQ(level.targets, 4U);
  EXPECT_EQ(level.entrapments, 4U);
  std::map<std::uint32_t, AuditEntry> first_run;
  for (const AuditEntry& e : level.entries) {
    if (e.run != 0) continue;
    EXPECT_TRUE(first_run.emplace(e.unit, e).second) << "a group once in a run";
  }
  ASSERT_EQ(first_run.size(), 4U);
  EXPECT_EQ(first_run.at(4).cluster, 1U) << "B_ENT1 was made of B, which is in the group B;C";
  EXPECT_EQ(first_run.at(5).cluster, 2U) << "the group D exists, though it is not accepted";
  EXPECT_EQ(first_run.at(4).is_entrapment, 1);
  EXPECT_EQ(first_run.at(1).is_entrapment, 0);
}

// Under the q-value of the transfer, and not among the precursors that pass by themselves.
TEST_F(AuditOfSix, shows_transfers_as_a_level_without_an_upper_bound) {
  const identify::ProteinGroupNames groups{{"A", "B;C", "D", "A_ENT1", "B_ENT1", "D_ENT1"}, {}};
  const auto transferred = [&](std::uint32_t pair, double transfer_q) {
    identify::ScoredRow scored = row(pair, 0.3, 2, 0);
    scored.global_q_value = scored.global_protein_q_value = 0.3;
    scored.is_matched = 1;
    scored.transfer_q_value = transfer_q;
    return scored;
  };
  identify::RunScores run;
  run.rows = {row(0, 0.001, 9, 0), transferred(1, 0.004), transferred(2, 0.006),
              transferred(9, 0.008), transferred(4, 0.02)};
  AuditCollector collector(library_->view(), groups);
  collector.add_run("one", run);
  const AuditEntries collected = std::move(collector).finish();
  ASSERT_EQ(collected.levels.size(), 3U);
  EXPECT_EQ(collected.levels[0].entries.size(), 1U);
  const Audit audit = audit_entries(collected, {.results = {}, .resamples = 50});
  const AuditCurve& curve = audit.curves.back();
  EXPECT_EQ(curve.level, "transfer");
  EXPECT_EQ(curve.scope, "run");
  const auto at = std::ranges::find(curve.points, 0.01, &scoring::AuditPoint::q_value);
  ASSERT_NE(at, curve.points.end());
  EXPECT_EQ(at->targets, 2U);
  EXPECT_EQ(at->entrapments, 1U);
  EXPECT_TRUE(std::isnan(at->fdp.paired) && std::isnan(at->fdp.combined));
  const fs::path file = scratch_.path() / "entries.parquet";
  ASSERT_TRUE(write_audit_entries(collected, file));
  const auto read = read_audit_entries(file);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_FALSE(read->levels[2].has_upper_bound);
  EXPECT_NE(audit_text(audit).find("donors' decoys"), std::string::npos);
}

TEST_F(AuditOfSix, comes_back_from_its_file_and_gives_the_same_audit) {
  const AuditEntries collected = entries();
  const fs::path file = scratch_.path() / "entries.parquet";
  ASSERT_TRUE(write_audit_entries(collected, file));
  const auto read = read_audit_entries(file);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->runs, collected.runs);
  const AuditOptions options{.results = {}, .resamples = 50};
  const Audit first = audit_entries(collected, options);
  EXPECT_EQ(audit_json(first), audit_json(audit_entries(*read, options)));
  EXPECT_EQ(first.curves.size(), 4U);
  EXPECT_EQ(first.runs.size(), 4U) << "two levels, two runs";
  ASSERT_TRUE(write_audit(first, scratch_.path()));
  const auto table = io::read_parquet(scratch_.path() / "audit.parquet");
  ASSERT_TRUE(table);
  EXPECT_EQ((**table->column<std::string>("Scope")).back(), "one run");
  const auto json = nlohmann::json::parse(audit_json(first));
  for (const auto& part : json["curves"]) {
    if (part["level"] != "precursor" || part["scope"] != "run" || part["q_value"] != 0.01) continue;
    EXPECT_EQ(part["targets"], 4) << "pair 0 in both runs";
    EXPECT_EQ(part["entrapments"], 3);
    EXPECT_DOUBLE_EQ(part["fdp"]["lower_bound"], 3.0 / 7);
    EXPECT_DOUBLE_EQ(part["fdp"]["paired"], std::min(1.0, (3 + 2 + 0) / 7.0)) << "B's target wins";
    EXPECT_EQ(part["too_few"], true);
  }
  EXPECT_NE(audit_text(first).find("precursor     in the runs"), std::string::npos);
}

TEST_F(AuditOfSix, a_damaged_file_is_told) {
  const fs::path file = scratch_.path() / "entries.parquet";
  ASSERT_TRUE(write_text_atomically(file, "PAR1 and nothing of use"));
  const auto read = read_audit_entries(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "OVL-IO-003");
}

class AuditWithMixedNames : public AuditOfSix {
 protected:
  AuditWithMixedNames() { has_mixed_names_ = true; }
};

TEST_F(AuditWithMixedNames, proteins_that_are_both_cannot_be_audited) {
  const AuditEntries collected = entries();
  ASSERT_EQ(collected.levels.size(), 1U);
  EXPECT_EQ(collected.levels[0].name, "precursor");
}

}  // namespace
}  // namespace overland::audit
