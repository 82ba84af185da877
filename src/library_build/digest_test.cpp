#include "library_build/digest.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "base/rng.h"

namespace overland::library_build {
namespace {

std::vector<std::string> peptides_of(const std::string& protein, const DigestRules& rules) {
  std::vector<std::string> peptides;
  digest_protein(protein, rules, [&](const DigestedPeptide& p) {
    peptides.push_back(protein.substr(p.begin, p.length));
  });
  return peptides;
}

DigestRules rules_of(const char* protease, int missed) {
  return {.cleavage = *cleavage_rule(protease),
          .missed_cleavages = missed,
          .min_length = 1,
          .max_length = 60,
          .loses_initial_met = false};
}

using Texts = std::vector<std::string>;

TEST(Digest, KnowsTheProteases) {
  const std::string protein = "AKPRDKEFPYMKL";
  EXPECT_EQ(peptides_of(protein, rules_of("trypsin", 0)), (Texts{"AKPR", "DK", "EFPYMK", "L"}));
  EXPECT_EQ(peptides_of(protein, rules_of("Trypsin/P", 0)),
            (Texts{"AK", "PR", "DK", "EFPYMK", "L"}));
  EXPECT_EQ(peptides_of(protein, rules_of("LysC", 0)), (Texts{"AKPRDK", "EFPYMK", "L"}));
  EXPECT_EQ(peptides_of(protein, rules_of("lys-n", 0)), (Texts{"A", "KPRD", "KEFPYM", "KL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("Arg_C", 0)), (Texts{"AKPR", "DKEFPYMKL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("Glu C", 0)), (Texts{"AKPRDKE", "FPYMKL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("asp-n", 0)), (Texts{"AKPR", "DKEFPYMKL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("chymotrypsin", 0)), (Texts{"AKPRDKEFPY", "MKL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("cnbr", 0)), (Texts{"AKPRDKEFPYM", "KL"}));
  EXPECT_EQ(peptides_of(protein, rules_of("none", 0)), (Texts{protein}));
  EXPECT_EQ(peptides_of(protein, rules_of("after KR not before P; before D", 0)),
            (Texts{"AKPR", "DK", "EFPYMK", "L"}));
  EXPECT_EQ(peptides_of("ADPDA", rules_of("before D not after P", 0)), (Texts{"A", "DPDA"}));
}

TEST(Digest, RefusesRulesThatMakeNoSense) {
  for (const char* text : {"", "tripsin", "after", "after K not P", "after K not after P",
                           "after KX", "before", "between K", "after K;;", "after k"}) {
    const auto rule = cleavage_rule(text);
    ASSERT_FALSE(rule) << text;
    EXPECT_EQ(rule.error().code, "OVL-CFG-111");
  }
  EXPECT_NE(cleavage_rule("tripsin").error().advice.find("'trypsin'"), std::string::npos);
}

TEST(Digest, InitialMetIsLostAtNoCost) {
  DigestRules rules = rules_of("trypsin", 0);
  rules.loses_initial_met = true;
  EXPECT_EQ(peptides_of("MAKCK", rules), (Texts{"MAK", "AK", "CK"}));
  std::vector<bool> is_first;
  digest_protein("MAKCK", rules,
                 [&](const DigestedPeptide& p) { is_first.push_back(p.is_protein_n); });
  EXPECT_EQ(is_first, (std::vector<bool>{true, true, false}));
  EXPECT_EQ(peptides_of("AMAK", rules), (Texts{"AMAK"}));
  EXPECT_EQ(peptides_of("M", rules), (Texts{"M"}));
}

TEST(Digest, LettersThatAreNoAminoAcidMakeNoPeptide) {
  EXPECT_EQ(peptides_of("AXKCKUR", rules_of("trypsin", 0)), (Texts{"CK"}));
  EXPECT_EQ(peptides_of("", rules_of("trypsin", 0)), Texts{});
}

// Every substring, judged by the definition.
using Found = std::tuple<std::uint32_t, std::uint32_t, bool, bool>;
std::set<Found> slow_digest(const std::string& protein, const DigestRules& rules) {
  const auto cuts_at = [&](std::size_t i) {
    return i > 0 && i < protein.size() && rules.cleavage.between(protein[i - 1], protein[i]);
  };
  const bool loses = rules.loses_initial_met && protein.starts_with("M");
  std::set<Found> found;
  for (std::size_t begin = 0; begin < protein.size(); ++begin) {
    for (std::size_t end = begin + 1; end <= protein.size(); ++end) {
      const auto length = static_cast<int>(end - begin);
      if (length < rules.min_length || length > rules.max_length) continue;
      const std::string peptide = protein.substr(begin, end - begin);
      if (peptide.find_first_not_of("ACDEFGHIKLMNPQRSTVWY") != std::string::npos) continue;
      const bool is_first = begin == 0 || (begin == 1 && loses);
      const bool start = is_first || cuts_at(begin);
      const bool stop = end == protein.size() || cuts_at(end);
      const bool fits = rules.specificity == Specificity::full     ? start && stop
                        : rules.specificity == Specificity::semi   ? start || stop
                        : rules.specificity == Specificity::semi_n ? stop
                        : rules.specificity == Specificity::semi_c ? start
                                                                   : true;
      int inside = 0;
      for (std::size_t i = begin + 1; i < end; ++i) inside += cuts_at(i) ? 1 : 0;
      if (!fits) continue;
      if (rules.specificity != Specificity::none && inside > rules.missed_cleavages) continue;
      found.emplace(begin, length, is_first, end == protein.size());
    }
  }
  return found;
}

TEST(Digest, AgreesWithTheDefinitionOnRandomProteins) {
  constexpr std::uint64_t kSeed = 31;
  SCOPED_TRACE(kSeed);
  const std::vector<const char*> proteases{"trypsin",
                                           "trypsin/p",
                                           "asp-n",
                                           "chymotrypsin",
                                           "cnbr",
                                           "none",
                                           "after K not before P; before DE not after M"};
  for (std::uint64_t round = 0; round < 300; ++round) {
    Rng random(kSeed, round);
    std::string protein = random.below(2) == 0 ? "M" : "";
    for (std::uint64_t k = random.below(60); k > 0; --k) {
      protein += "KRPDEMAGXFLY"[random.below(12)];
    }
    DigestRules rules =
        rules_of(proteases[random.below(proteases.size())], static_cast<int>(random.below(4)));
    rules.specificity = static_cast<Specificity>(random.below(5));
    rules.min_length = static_cast<int>(1 + random.below(7));
    rules.max_length = rules.min_length + static_cast<int>(random.below(20));
    rules.loses_initial_met = random.below(2) == 0;
    std::vector<Found> found;
    digest_protein(protein, rules, [&](const DigestedPeptide& p) {
      found.emplace_back(p.begin, p.length, p.is_protein_n, p.is_protein_c);
    });
    const std::set<Found> wanted = slow_digest(protein, rules);
    ASSERT_EQ(found, std::vector<Found>(wanted.begin(), wanted.end())) << protein;
  }
}

}  // namespace
}  // namespace overland::library_build
