// What an audit is made from: which rows count, what is whose partner, which groups are pairs.
#include "audit/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "audit/audit_entries.h"
#include "base/files/atomic_file.h"
#include "io/table/table.h"
#include "support/example_search.h"

namespace overland::audit {
namespace {

namespace fs = std::filesystem;
using support::example_targets;
using support::ScratchFolder;

// What a collector wrote.
struct Collected {
  fs::path file;
  AuditHead head;
  std::vector<std::vector<AuditEntry>> entries;  // by level
};

Collected read_entries(const fs::path& file) {
  auto reader = AuditEntryReader::open(file);
  EXPECT_TRUE(reader) << reader.error().message();
  std::vector<AuditEntry> all, piece;
  for (;;) {
    const auto rows = reader->next(piece);
    EXPECT_TRUE(rows) << rows.error().message();
    if (!rows || *rows == 0) break;
    all.insert(all.end(), piece.begin(), piece.end());
  }
  Collected collected{file, reader->head(), {}};
  auto next = all.begin();
  for (const AuditLevel& level : collected.head.levels) {
    collected.entries.emplace_back(next, next + static_cast<std::ptrdiff_t>(level.rows));
    next += static_cast<std::ptrdiff_t>(level.rows);
  }
  EXPECT_EQ(next, all.end());
  return collected;
}

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
  [[nodiscard]] Collected collect(const identify::ProteinGroupNames& groups,
                                  const std::vector<identify::RunScores>& runs) const {
    auto collector = AuditCollector::create(library_->view(), groups, scratch_.path());
    EXPECT_TRUE(collector) << collector.error().message();
    for (std::size_t run = 0; run < runs.size(); ++run)
      EXPECT_TRUE(collector->add_run(run == 0 ? "one" : "two", runs[run]));
    const fs::path file = scratch_.path() / "entries.parquet";
    const auto done = collector->write(file);
    EXPECT_TRUE(done) << done.error().message();
    return read_entries(file);
  }
  [[nodiscard]] Collected entries() const {
    const identify::ProteinGroupNames groups{{"A", "B;C", "D", "A_ENT1", "B_ENT1", "D_ENT1"}, {}};
    identify::RunScores first, second;
    first.rows = {row(0, 0.001, 9, 0), row(1, 0.002, 8, 0), row(2, 0.003, 7, 1),
                  row(9, 0.004, 6, 4), row(8, 0.005, 5, 4), row(5, 0.5, 1, 2),
                  row(11, 0.008, 4, 5)};
    identify::ScoredRow decoy = row(0, 0.001, 99, 0);
    decoy.precursor = decoy_;
    first.rows.push_back(decoy);
    second.rows = {row(0, 0.006, 11, 0)};
    return collect(groups, {first, second});
  }

  bool has_mixed_names_ = false;
  ScratchFolder scratch_;
  std::optional<library::Library> library_;
  std::map<std::uint32_t, std::uint32_t> row_of_pair_;
  std::uint32_t decoy_ = 0;
};

TEST_F(AuditOfSix, takes_winning_targets_and_entrapments_with_their_partners) {
  ASSERT_TRUE(AuditCollector::can_audit(library_->view()));
  const Collected collected = entries();
  ASSERT_EQ(collected.head.levels.size(), 2U);
  const AuditLevel& level = collected.head.levels[0];
  EXPECT_EQ(level.name, "precursor");
  EXPECT_EQ(level.ratio(), 1);
  EXPECT_TRUE(level.is_paired);
  ASSERT_EQ(collected.entries[0].size(), 7U) << "no decoy, nothing beyond 10 %";
  EXPECT_EQ(collected.entries[0][3].group, 9U);
  EXPECT_EQ(collected.entries[0][3].cluster, 3U);
  EXPECT_EQ(collected.entries[0][3].is_entrapment, 1);
  EXPECT_EQ(collected.entries[0][0].cluster, 0U);
  EXPECT_EQ(collected.entries[0][0].score, 9);
  EXPECT_EQ(collected.entries[0][0].global_score, 11) << "of the second run";
}

TEST_F(AuditOfSix, pairs_groups_by_the_proteins_that_their_peptides_were_made_of) {
  const Collected collected = entries();
  const AuditLevel& level = collected.head.levels[1];
  EXPECT_EQ(level.targets, 4U);
  EXPECT_EQ(level.entrapments, 4U);
  std::map<std::uint32_t, AuditEntry> first_run;
  for (const AuditEntry& e : collected.entries[1]) {
    if (e.run != 0) continue;
    EXPECT_TRUE(first_run.emplace(e.group, e).second) << "a group once in a run";
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
  const Collected collected = collect(groups, {run});
  ASSERT_EQ(collected.head.levels.size(), 3U);
  EXPECT_EQ(collected.entries[0].size(), 1U);
  EXPECT_FALSE(collected.head.levels[2].has_upper_bound);
  const auto audit = audit_entries(collected.file, {.results = {}, .resamples = 50});
  ASSERT_TRUE(audit) << audit.error().message();
  const AuditCurve& curve = audit->curves.back();
  EXPECT_EQ(curve.level, "transfer");
  EXPECT_EQ(curve.scope, "run");
  const auto at = std::ranges::find(curve.points, 0.01, &scoring::AuditPoint::q_value);
  ASSERT_NE(at, curve.points.end());
  EXPECT_EQ(at->targets, 2U);
  EXPECT_EQ(at->entrapments, 1U);
  EXPECT_TRUE(std::isnan(at->fdp.paired) && std::isnan(at->fdp.combined));
  EXPECT_NE(audit_text(*audit).find("donors' decoys"), std::string::npos);
}

TEST_F(AuditOfSix, runs_and_the_search_have_curves_at_each_level) {
  const Collected collected = entries();
  EXPECT_EQ(collected.head.runs, (std::vector<std::string>{"one", "two"}));
  const auto audited = audit_entries(collected.file, {.results = {}, .resamples = 50});
  ASSERT_TRUE(audited) << audited.error().message();
  const Audit& first = *audited;
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

TEST_F(AuditOfSix, damaged_files_are_told) {
  const fs::path file = scratch_.path() / "damaged.parquet";
  const auto code = [&] {
    const auto audit = audit_entries(file, {.results = {}, .resamples = 10});
    return audit ? std::string() : audit.error().code;
  };
  ASSERT_TRUE(write_text_atomically(file, "PAR1 and nothing of use"));
  EXPECT_EQ(code(), "OVL-IO-003");
  io::Table other;
  other.add("group", std::vector<std::uint32_t>{1});
  ASSERT_TRUE(io::write_parquet(other, file));
  EXPECT_EQ(code(), "OVL-IO-003") << "of another kind";
  const auto write = [&](const std::vector<std::uint32_t>& runs, std::uint64_t stated) {
    const AuditHead head{{"one", "two"},
                         {{.name = "precursor", .targets = 4, .entrapments = 4, .rows = stated}}};
    auto writer = AuditEntryWriter::open(file, head);
    ASSERT_TRUE(writer);
    for (const std::uint32_t run : runs) {
      const std::vector<AuditEntry> entry{{.group = run, .cluster = run, .run = run}};
      ASSERT_TRUE(writer->append(entry));
    }
    ASSERT_TRUE(writer->close());
  };
  write({0, 1}, 2);
  EXPECT_EQ(code(), "");
  write({0, 1}, 3);
  EXPECT_EQ(code(), "OVL-IO-003") << "fewer entries than it states";
  write({1, 0}, 2);
  EXPECT_EQ(code(), "OVL-IO-003") << "runs out of order";
  write({0, 2}, 2);
  EXPECT_EQ(code(), "OVL-IO-003") << "a run that does not exist";
}

TEST_F(AuditOfSix, a_search_without_accepted_rows_has_empty_curves) {
  const Collected collected = collect({{"A", "A_ENT1"}, {}}, {{}, {}});
  ASSERT_EQ(collected.head.levels.size(), 2U);
  EXPECT_TRUE(collected.entries[0].empty());
  const auto audit = audit_entries(collected.file, {.results = {}, .resamples = 10});
  ASSERT_TRUE(audit) << audit.error().message();
  EXPECT_EQ(audit->runs.size(), 4U) << "also of runs without entries";
  for (const AuditCurve& curve : audit->curves)
    for (const scoring::AuditPoint& point : curve.points) EXPECT_EQ(point.targets, 0U);
}

class AuditWithMixedNames : public AuditOfSix {
 protected:
  AuditWithMixedNames() { has_mixed_names_ = true; }
};

TEST_F(AuditWithMixedNames, proteins_that_are_both_cannot_be_audited) {
  const Collected collected = entries();
  ASSERT_EQ(collected.head.levels.size(), 1U);
  EXPECT_EQ(collected.head.levels[0].name, "precursor");
}

}  // namespace
}  // namespace overland::audit
