#include "library_build/decoys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "support/random_peptides.h"

namespace overland::library_build {
namespace {

using Precursors = std::vector<library::LibraryPrecursor>;

std::string folded(std::string residues) {
  std::ranges::replace(residues, 'I', 'L');
  return residues;
}

library::LibraryPrecursor precursor_of(const std::string& text, int charge = 2) {
  library::LibraryPrecursor precursor;
  precursor.peptide = *parse_peptide(text);
  precursor.charge = charge;
  precursor.irt = 12.5F;
  precursor.protein_ids = "P1";
  const auto length = static_cast<std::uint8_t>(precursor.peptide.residues.size());
  for (std::uint8_t ordinal = 1; ordinal < length; ++ordinal) {
    precursor.fragments.push_back({{FragmentType::y, ordinal, 1}, 0, 10.0F + ordinal});
    precursor.fragments.push_back({{FragmentType::b, ordinal, 1}, 0, 5.0F + ordinal});
  }
  return precursor;
}

std::vector<const library::LibraryPrecursor*> decoys_of(const Precursors& all) {
  std::vector<const library::LibraryPrecursor*> decoys;
  for (const auto& p : all) {
    if (p.is_decoy) decoys.push_back(&p);
  }
  return decoys;
}

// All that decoys.h promises, said again in the plainest way.
void expect_promises(const Precursors& before, const Precursors& after, std::size_t per_target) {
  std::set<std::string> target_sequences;
  for (const auto& p : before) target_sequences.insert(folded(p.peptide.residues));
  std::map<std::uint32_t, const library::LibraryPrecursor*> target_of_pair;
  std::map<std::uint32_t, std::vector<const library::LibraryPrecursor*>> decoys_of_pair;
  std::uint32_t highest = 0;
  for (const auto& p : after) {
    highest = std::max(highest, p.pair);
    if (p.is_decoy) {
      decoys_of_pair[p.pair].push_back(&p);
    } else {
      EXPECT_TRUE(target_of_pair.emplace(p.pair, &p).second) << "two targets in one pair";
    }
  }
  EXPECT_EQ(highest + 1, target_of_pair.size()) << "pairs are dense";
  std::map<std::string, std::string> decoy_owner;  // decoy sequence -> target sequence
  for (const auto& [pair, target] : target_of_pair) {
    const auto& decoys = decoys_of_pair[pair];
    ASSERT_EQ(decoys.size(), per_target) << to_unimod_notation(target->peptide);
    for (const library::LibraryPrecursor* decoy : decoys) {
      const std::string& residues = decoy->peptide.residues;
      EXPECT_FALSE(target_sequences.contains(folded(residues))) << residues;
      const auto [owner, is_new] = decoy_owner.emplace(folded(residues), target->peptide.residues);
      EXPECT_EQ(owner->second, target->peptide.residues) << "one decoy for two targets";
      EXPECT_EQ(residues.back(), target->peptide.residues.back());
      EXPECT_TRUE(std::ranges::is_permutation(residues, target->peptide.residues));
      EXPECT_NEAR(neutral_mass(decoy->peptide), neutral_mass(target->peptide), 1e-8);
      EXPECT_EQ(decoy->charge, target->charge);
      EXPECT_EQ(decoy->irt, target->irt);
      EXPECT_EQ(decoy->protein_ids, target->protein_ids);
      EXPECT_EQ(decoy->genes, target->genes);
      EXPECT_EQ(decoy->entrapment, target->entrapment);
      ASSERT_EQ(decoy->peptide.modifications.size(), target->peptide.modifications.size());
      std::multiset<std::pair<char, int>> on_decoy;
      std::multiset<std::pair<char, int>> on_target;
      const auto letters = [](const Peptide& peptide, auto& into) {
        for (const Modification& m : peptide.modifications) {
          const auto site = static_cast<std::size_t>(m.site);
          const char letter = m.site == kNTerminus              ? 'n'
                              : site == peptide.residues.size() ? 'c'
                                                                : peptide.residues[site];
          into.emplace(letter, m.unimod);
        }
      };
      letters(decoy->peptide, on_decoy);
      letters(target->peptide, on_target);
      EXPECT_EQ(on_decoy, on_target) << "modifications stay on their residues";
      ASSERT_EQ(decoy->fragments.size(), target->fragments.size());
      std::size_t moved = 0;
      for (std::size_t k = 0; k < decoy->fragments.size(); ++k) {
        EXPECT_EQ(decoy->fragments[k].ion, target->fragments[k].ion);
        EXPECT_EQ(decoy->fragments[k].intensity, target->fragments[k].intensity);
        const double mz = fragment_mz(decoy->peptide, decoy->fragments[k].ion).value;
        EXPECT_FLOAT_EQ(decoy->fragments[k].mz, static_cast<float>(mz));
        const double of_target = fragment_mz(target->peptide, target->fragments[k].ion).value;
        if (std::abs(mz - of_target) > 0.05) ++moved;
      }
      EXPECT_GE(2 * moved, decoy->fragments.size());
    }
  }
}

TEST(Decoys, OrdinaryPeptideIsReversedButItsLastResidue) {
  Precursors all{precursor_of("AC(UniMod:4)DEM(UniMod:35)K")};
  const DecoyReport report = add_decoys(all, 1, 1);
  EXPECT_EQ(report.made, 1U);
  EXPECT_EQ(report.without_decoy, 0U);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(to_unimod_notation(all[1].peptide), "M(UniMod:35)EDC(UniMod:4)AK");
}

TEST(Decoys, TerminalModificationsStayAtTheirTermini) {
  Precursors all{precursor_of("(UniMod:1)AC(UniMod:4)DEFK.(UniMod:2)")};
  ASSERT_EQ(add_decoys(all, 1, 1).made, 1U);
  EXPECT_EQ(to_unimod_notation(all[1].peptide), "(UniMod:1)FEDC(UniMod:4)AK.(UniMod:2)");
}

TEST(Decoys, AllFormsOfAPeptideShareOneSequence) {
  Precursors all{precursor_of("ALM(UniMod:35)PEMK", 2), precursor_of("ALMPEMK", 3),
                 precursor_of("ALMPEMK", 2), precursor_of("ALMPEM(UniMod:35)K", 2)};
  const Precursors before = all;
  ASSERT_EQ(add_decoys(all, 2, 9).made, 8U);
  expect_promises(before, all, 2);
  std::set<std::string> sequences;
  for (const auto* decoy : decoys_of(all)) sequences.insert(decoy->peptide.residues);
  EXPECT_EQ(sequences.size(), 2U);
}

TEST(Decoys, PalindromesAreShuffled) {
  // Reversed, ACDEDCAK is itself.
  Precursors all{precursor_of("ACDEDCAK")};
  const Precursors before = all;
  ASSERT_EQ(add_decoys(all, 1, 3).made, 1U);
  expect_promises(before, all, 1);
}

TEST(Decoys, PeptidesWithoutAnyOtherOrderAreLeftOut) {
  for (const char* text : {"KKKKR", "AAAAAAK", "AK", "K", "LILILIK"}) {
    Precursors all{precursor_of(text)};
    if (all[0].fragments.empty()) all[0].fragments.push_back({{FragmentType::y, 1, 1}, 0, 1});
    all.push_back(precursor_of("ACDEFGHK"));
    const DecoyReport report = add_decoys(all, 1, 3);
    EXPECT_EQ(report.without_decoy, 1U) << text;
    EXPECT_EQ(report.made, 1U);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].peptide.residues, "ACDEFGHK");
    EXPECT_EQ(all[0].pair, 0U);
    EXPECT_EQ(all[1].pair, 0U);
  }
}

TEST(Decoys, AReversalThatIsATargetIsNotTaken) {
  // Each is the other's reversal, once with I for L.
  Precursors all{precursor_of("ACDELGHK"), precursor_of("HGIEDCAK")};
  const Precursors before = all;
  ASSERT_EQ(add_decoys(all, 1, 3).made, 2U);
  expect_promises(before, all, 1);
}

TEST(Decoys, TooManyForAShortPeptideLeaveItOut) {
  // ADEK has 3! = 6 orders, one of them its own.
  Precursors all{precursor_of("ADEK")};
  EXPECT_EQ(add_decoys(all, 6, 3).without_decoy, 1U);
  EXPECT_TRUE(all.empty());
}

TEST(Decoys, RandomPeptidesKeepAllPromises) {
  for (const std::uint64_t seed : {31U, 32U, 33U}) {
    SCOPED_TRACE(seed);
    for (const int per_target : {1, 3}) {
      Precursors all = support::random_precursors(1500, seed);
      Rng random(seed, 1);
      const std::size_t count = all.size();
      for (std::size_t i = 0; i < count; i += 3) {  // further charges
        all.push_back(all[i]);
        all.back().charge += 2;
      }
      for (auto& p : all) p.entrapment = static_cast<std::uint8_t>(random.below(2));
      Precursors before = all;
      const DecoyReport report = add_decoys(all, per_target, seed);
      EXPECT_EQ(all.size(), before.size() - report.without_decoy + report.made);
      EXPECT_LT(report.without_decoy, before.size() / 50);
      expect_promises(before, all, static_cast<std::size_t>(per_target));
    }
  }
}

TEST(Decoys, DoNotDependOnTheOrderOfTheTargets) {
  Precursors a = support::random_precursors(800, 41);
  Precursors b = a;
  std::ranges::reverse(b);
  for (auto& p : b) p.pair = 0;
  static_cast<void>(add_decoys(a, 2, 5));
  static_cast<void>(add_decoys(b, 2, 5));
  const auto listing = [](const Precursors& all) {
    std::multiset<std::string> lines;
    for (const auto& p : all) {
      lines.insert(to_unimod_notation(p.peptide) + "/" + std::to_string(p.charge) + " " +
                   std::to_string(p.pair) + (p.is_decoy ? " d" : " t"));
    }
    return lines;
  };
  EXPECT_EQ(listing(a), listing(b));
}

TEST(Decoys, TheSeedChangesShufflesOnly) {
  const auto made_with = [](std::uint64_t seed) {
    Precursors all{precursor_of("ACDEFGHKLMK")};
    static_cast<void>(add_decoys(all, 2, seed));
    return std::pair(all[1].peptide.residues, all[2].peptide.residues);
  };
  EXPECT_EQ(made_with(1), made_with(1));
  EXPECT_EQ(made_with(1).first, made_with(2).first);
  EXPECT_NE(made_with(1).second, made_with(2).second);
}

TEST(Decoys, PresentDecoysAndTheirTargetsAreKept) {
  Precursors all{precursor_of("ACDEFGHK"), precursor_of("WYVTSRQK"), precursor_of("EDGFCAHK"),
                 precursor_of("HHHGGGEK")};
  all[0].pair = 7;
  all[1].pair = 8;
  all[2].pair = 7;
  all[2].is_decoy = true;
  all[3].pair = 9;  // a decoy of no target
  all[3].is_decoy = true;
  EXPECT_EQ(add_decoys(all, 1, 3).made, 1U);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].pair, all[2].pair);
  EXPECT_EQ(all[1].pair, all[4].pair);
  EXPECT_EQ(all[4].peptide.residues, "QRSTVYWK");
  const std::set<std::uint32_t> pairs{all[0].pair, all[1].pair, all[3].pair};
  EXPECT_EQ(pairs, (std::set<std::uint32_t>{0, 1, 2}));
}

TEST(Decoys, EmptyListStaysEmpty) {
  Precursors all;
  EXPECT_EQ(add_decoys(all, 1, 1).made, 0U);
  EXPECT_TRUE(all.empty());
}

TEST(Decoys, EntrapmentsKeepTheirPartner) {
  constexpr std::uint64_t kSeed = 77;
  SCOPED_TRACE(kSeed);
  std::vector<library::LibraryPrecursor> made = support::random_precursors(400, kSeed);
  std::map<std::string, std::string> partner_of;  // sequences
  for (std::size_t i = 1; i < made.size(); i += 2) {
    made[i].entrapment = 1;
    made[i].partner = made[i - 1].pair;
    partner_of[made[i].peptide.residues] = made[i - 1].peptide.residues;
  }
  (void)add_decoys(made, 1, 1);
  std::map<std::uint32_t, std::string> target_of_pair;
  for (const auto& p : made) {
    if (!p.is_decoy) target_of_pair[p.pair] = p.peptide.residues;
  }
  std::size_t checked = 0;
  for (const auto& p : made) {
    const std::string& target = target_of_pair[p.pair];
    EXPECT_EQ(p.partner.has_value(), partner_of.contains(target));
    if (!p.partner) continue;
    EXPECT_EQ(target_of_pair[*p.partner], partner_of[target]);
    ++checked;
  }
  EXPECT_GT(checked, 390U);
}

}  // namespace
}  // namespace overland::library_build
