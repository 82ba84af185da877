#include "library_build/counterparts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include "base/rng.h"

namespace overland::library_build {
namespace {

namespace fs = std::filesystem;

// Tryptic peptides of random proteins, some of them of few kinds of residues.
class CounterpartsOf : public testing::Test {
 protected:
  static constexpr std::uint64_t kSeed = 61;
  void SetUp() override {
    SCOPED_TRACE(kSeed);
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    const fs::path file =
        fs::path(testing::TempDir()) / (std::string("overland_counterparts_") + info->name());
    std::ofstream out(file);
    Rng random(kSeed, 0);
    for (int i = 0; i < 120; ++i) {
      out << ">p" << i << "\n";
      const std::string_view letters = i % 4 == 0 ? "AKGKI" : "ACDEFGHIKLMNPQRSTVWYKRAGLV";
      for (int k = 0; k < 150; ++k) out << letters[random.below(letters.size())];
      out << "\n";
    }
    out.close();
    ProteomeReport report;
    const std::vector<ProteomeSource> sources{{file, {}, false}};
    auto read = Proteome::read(sources, report);
    ASSERT_TRUE(read);
    proteome_ = std::move(*read);
    table_ = PeptideTable::digest(
        proteome_, {.cleavage = *cleavage_rule("trypsin"), .min_length = 5, .max_length = 30}, 2);
    fs::remove(file);
  }
  std::string_view residues(std::size_t p) const {
    return proteome_.residues().substr(table_.peptides()[p].begin, table_.peptides()[p].length);
  }
  // Every sequence of the library once; checks what must hold for each.
  void check(const CounterpartRules& rules) const {
    const Counterparts made = Counterparts::choose(proteome_, table_, rules);
    std::set<std::string> seen;
    std::size_t kept = 0;
    for (std::size_t p = 0; p < table_.peptides().size(); ++p) {
      EXPECT_TRUE(seen.insert(fold_isoleucine(std::string(residues(p)))).second);
    }
    for (std::size_t p = 0; p < table_.peptides().size(); ++p) {
      if (!made.is_kept(p)) continue;
      ++kept;
      for (int e = 0; e <= rules.entrapments; ++e) {
        const Counterpart original = made.original(p, residues(p), e);
        if (e == 0) {
          EXPECT_EQ(original.residues, residues(p));
        } else {
          expect_shuffle_of(residues(p), original);
          EXPECT_TRUE(seen.insert(fold_isoleucine(original.residues)).second) << original.residues;
        }
        for (int d = 0; d < rules.decoys; ++d) {
          const Counterpart decoy = made.decoy(p, original, e, d);
          EXPECT_TRUE(seen.insert(fold_isoleucine(decoy.residues)).second) << decoy.residues;
          EXPECT_EQ(decoy.residues.back(), original.residues.back());
          if (rules.method == DecoyMethod::mutate) continue;
          expect_shuffle_of(original.residues, decoy);
          expect_apart(residues(p), decoy.residues);  // of entrapments, too
        }
      }
    }
    EXPECT_GT(kept, table_.peptides().size() * 7 / 10);
    EXPECT_EQ(kept + made.report().without_decoy + made.report().without_entrapment,
              table_.peptides().size());
  }
  static void expect_shuffle_of(std::string_view original, const Counterpart& shuffled) {
    EXPECT_EQ(shuffled.residues, permuted(original, shuffled.order));
    EXPECT_EQ(shuffled.residues.back(), original.back());
    expect_apart(original, shuffled.residues);
  }
  static void expect_apart(std::string_view original, const std::string& other) {
    std::size_t moved = 0;
    const Peptide a{std::string(original), {}};
    const Peptide b{other, {}};
    for (std::uint8_t k = 1; k < original.size(); ++k) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        const FragmentIon ion{type, k, 1};
        if (std::abs(fragment_mz(a, ion).value - fragment_mz(b, ion).value) > 0.05) ++moved;
      }
    }
    EXPECT_GE(2 * moved, 3 * (original.size() - 1)) << original << " " << other;
  }
  Proteome proteome_;
  PeptideTable table_;
};

TEST_F(CounterpartsOf, NothingCollides) {
  check({.entrapments = 0, .decoys = 1});
  check({.entrapments = 1, .decoys = 1});
  check({.entrapments = 2, .decoys = 3, .method = DecoyMethod::shuffle, .seed = 9});
  CounterpartRules mutate{.entrapments = 1, .decoys = 2, .method = DecoyMethod::mutate};
  mutate.is_modifiable['C' - 'A'] = true;
  mutate.is_modifiable['M' - 'A'] = true;
  check(mutate);
}

TEST_F(CounterpartsOf, MutationsFollowTheTableAndSpareModifiableResidues) {
  CounterpartRules rules{.method = DecoyMethod::mutate};
  rules.is_modifiable['C' - 'A'] = true;
  rules.is_modifiable['M' - 'A'] = true;
  const Counterparts made = Counterparts::choose(proteome_, table_, rules);
  std::size_t mutated = 0;
  for (std::size_t p = 0; p < table_.peptides().size(); ++p) {
    if (!made.is_kept(p)) continue;
    const Counterpart target = made.original(p, residues(p), 0);
    const std::string decoy = made.decoy(p, target, 0, 0).residues;
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < decoy.size(); ++i) {
      if (decoy[i] != target.residues[i]) changed.push_back(i);
    }
    std::string sorted_target = target.residues;
    std::string sorted_decoy = decoy;
    std::ranges::sort(sorted_target);
    std::ranges::sort(sorted_decoy);
    if (sorted_target == sorted_decoy) continue;  // a shuffle: the mutation was taken
    ++mutated;
    ASSERT_EQ(changed.size(), 2U) << target.residues << " " << decoy;
    for (const std::size_t i : changed) {
      EXPECT_NE(target.residues[i], 'C');
      EXPECT_NE(target.residues[i], 'M');
    }
    const std::string& t = target.residues;
    const auto is_spared = [](char c) { return c == 'C' || c == 'M'; };
    EXPECT_TRUE(is_spared(t[1]) || changed[0] == 1) << t;
    EXPECT_TRUE(is_spared(t[t.size() - 2]) || changed[1] == t.size() - 2) << t;
  }
  EXPECT_GT(mutated, table_.peptides().size() / 2);
}

TEST_F(CounterpartsOf, TheSeedDecidesShufflesOnly) {
  const Counterparts a = Counterparts::choose(proteome_, table_, {.entrapments = 1, .seed = 1});
  const Counterparts b = Counterparts::choose(proteome_, table_, {.entrapments = 1, .seed = 2});
  std::size_t same_entrapment = 0;
  std::size_t same_decoy = 0;
  std::size_t count = 0;
  for (std::size_t p = 0; p < table_.peptides().size(); ++p) {
    if (!a.is_kept(p) || !b.is_kept(p) || residues(p).size() < 8) continue;
    ++count;
    const Counterpart target = a.original(p, residues(p), 0);
    if (a.original(p, residues(p), 1).residues == b.original(p, residues(p), 1).residues) {
      ++same_entrapment;
    }
    if (a.decoy(p, target, 0, 0).residues == b.decoy(p, target, 0, 0).residues) ++same_decoy;
  }
  EXPECT_LT(same_entrapment, count / 10);
  EXPECT_GT(same_decoy, count * 8 / 10);
}

TEST(CounterpartForms, ModificationsMoveWithTheirResidues) {
  const Peptide original{"ACMDK", {{kNTerminus, 1, 42}, {1, 4, 57}, {2, 35, 16}, {5, 34, 14}}};
  const Counterpart reversed{reversed_but_last(5), "DMCAK"};
  EXPECT_EQ(to_unimod_notation(form_of(reversed, original)),
            "(UniMod:1)DM(UniMod:35)C(UniMod:4)AK.(UniMod:34)");
  const Counterpart mutated{unchanged_order(5), "ASMEK"};
  EXPECT_EQ(form_of(mutated, original).residues, "ASMEK");
}

}  // namespace
}  // namespace overland::library_build
