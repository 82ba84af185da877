#include "scoring/protein_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/rng.h"

namespace overland::scoring {
namespace {

using Members = std::vector<std::vector<std::uint32_t>>;

TEST(ProteinGroups, a_protein_with_its_own_peptides_is_a_group) {
  ProteinEvidence evidence;
  evidence.add({0}, 2, 0);
  evidence.add({1}, 1, 0);
  const ProteinGroups groups = infer_protein_groups(evidence, 3);
  EXPECT_EQ(groups.members, (Members{{0}, {1}}));
  EXPECT_EQ(groups.group_of_set, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(groups.is_shared, (std::vector<std::uint8_t>{0, 0}));
}

TEST(ProteinGroups, what_cannot_be_told_apart_is_one_group) {
  ProteinEvidence evidence;
  evidence.add({2, 5}, 3, 0);
  const ProteinGroups groups = infer_protein_groups(evidence, 6);
  EXPECT_EQ(groups.members, (Members{{2, 5}}));
  EXPECT_EQ(groups.is_shared[0], 0);
}

TEST(ProteinGroups, a_subset_is_absorbed) {
  ProteinEvidence evidence;  // protein 1 has only what protein 0 has, too
  evidence.add({0}, 1, 0);
  evidence.add({0, 1}, 4, 0);
  const ProteinGroups groups = infer_protein_groups(evidence, 2);
  EXPECT_EQ(groups.members, (Members{{0}}));
  EXPECT_EQ(groups.group_of_set, (std::vector<std::uint32_t>{0, 0}));
}

TEST(ProteinGroups, shared_peptides_go_to_the_group_with_more) {
  ProteinEvidence evidence;
  evidence.add({0}, 1, 0);
  evidence.add({1}, 5, 0);
  evidence.add({0, 1}, 2, 0);
  const ProteinGroups groups = infer_protein_groups(evidence, 2);
  EXPECT_EQ(groups.members, (Members{{0}, {1}}));
  EXPECT_EQ(groups.group_of_set, (std::vector<std::uint32_t>{0, 1, 1}));
  EXPECT_EQ(groups.is_shared, (std::vector<std::uint8_t>{0, 0, 1}));
}

TEST(ProteinGroups, weak_evidence_makes_groups_only_where_sure_evidence_is_silent) {
  ProteinEvidence evidence;
  evidence.add({0}, 1, 0);
  evidence.add({0, 1}, 0, 9);  // explained by protein 0, however many
  evidence.add({2}, 0, 1);
  const ProteinGroups groups = infer_protein_groups(evidence, 3);
  EXPECT_EQ(groups.members, (Members{{0}, {2}}));
  EXPECT_EQ(groups.group_of_set, (std::vector<std::uint32_t>{0, 0, 1}));
}

TEST(ProteinGroups, nothing_gives_nothing) {
  EXPECT_TRUE(infer_protein_groups({}, 4).members.empty());
}

// Random sets of few proteins, so that all cases mix.
ProteinEvidence random_evidence(Rng& rng, std::uint32_t proteins, std::size_t sets) {
  std::set<std::vector<std::uint32_t>> distinct;
  while (distinct.size() < sets) {
    std::set<std::uint32_t> members;
    const std::uint64_t size = 1 + rng.below(3);
    for (std::uint64_t i = 0; i < size; ++i)
      members.insert(static_cast<std::uint32_t>(rng.below(proteins)));
    distinct.insert({members.begin(), members.end()});
  }
  ProteinEvidence evidence;
  for (const auto& members : distinct) {
    const bool is_confident = rng.uniform() < 0.7;
    evidence.add(members, is_confident ? 1 + static_cast<std::uint32_t>(rng.below(4)) : 0,
                 is_confident ? 0 : 1);
  }
  return evidence;
}

TEST(ProteinGroups, every_set_has_a_group_that_explains_it_and_the_order_does_not_matter) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 7);
    const ProteinEvidence evidence = random_evidence(rng, 12, 20);
    const ProteinGroups groups = infer_protein_groups(evidence, 12);
    std::set<std::uint32_t> seen;
    for (const auto& members : groups.members) {
      for (const std::uint32_t p : members) EXPECT_TRUE(seen.insert(p).second) << "in two groups";
    }
    for (std::size_t s = 0; s < evidence.set_count(); ++s) {
      ASSERT_LT(groups.group_of_set[s], groups.members.size());
      const auto& members = groups.members[groups.group_of_set[s]];
      const auto first = evidence.protein.begin() + static_cast<std::ptrdiff_t>(evidence.begin[s]);
      const auto last =
          evidence.protein.begin() + static_cast<std::ptrdiff_t>(evidence.begin[s + 1]);
      EXPECT_TRUE(std::any_of(first, last, [&](std::uint32_t p) {
        return std::ranges::find(members, p) != members.end();
      }));
    }
    ProteinEvidence reversed;
    for (std::size_t s = evidence.set_count(); s-- > 0;) {
      reversed.add({evidence.protein.begin() + static_cast<std::ptrdiff_t>(evidence.begin[s]),
                    evidence.protein.begin() + static_cast<std::ptrdiff_t>(evidence.begin[s + 1])},
                   evidence.confident[s], evidence.weak[s]);
    }
    const ProteinGroups again = infer_protein_groups(reversed, 12);
    EXPECT_EQ(again.members, groups.members);
    for (std::size_t s = 0; s < evidence.set_count(); ++s) {
      EXPECT_EQ(again.group_of_set[evidence.set_count() - 1 - s], groups.group_of_set[s]);
    }
  }
}

}  // namespace
}  // namespace overland::scoring
