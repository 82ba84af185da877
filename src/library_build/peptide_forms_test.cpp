#include "library_build/peptide_forms.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/rng.h"

namespace overland::library_build {
namespace {

std::vector<ModificationRule> rules_of(const char* text) {
  auto rules = parse_modification_rules(text, "test");
  EXPECT_TRUE(rules) << rules.error().message();
  return *rules;
}

std::vector<std::string> texts(const FormSource& source, const std::vector<Modifications>& forms) {
  std::vector<std::string> texts;
  for (const Modifications& form : forms) {
    texts.push_back(to_unimod_notation({std::string(source.residues), form}));
  }
  return texts;
}

std::vector<std::string> forms_of(const FormSource& source, const FormRules& rules) {
  return texts(source, modified_forms(source, rules).forms);
}

using Texts = std::vector<std::string>;

TEST(ModificationRules, ReadNamesMassesAndSites) {
  const auto rules = rules_of(
      " Carbamidomethyl@C;UniMod:35@MW; Acetyl@protein-n; unimod:28@n:Q; Odd=-17.123456@c:K ;");
  ASSERT_EQ(rules.size(), 5U);
  EXPECT_EQ(rules[0].unimod, 4);
  EXPECT_EQ(rules[0].residues, "C");
  EXPECT_EQ(rules[1].unimod, 35);
  EXPECT_EQ(rules[2].place, ModificationPlace::protein_n);
  EXPECT_EQ(rules[2].residues, "");
  EXPECT_EQ(rules[3].place, ModificationPlace::peptide_n);
  EXPECT_EQ(rules[3].residues, "Q");
  EXPECT_EQ(rules[4].unimod, 0);
  EXPECT_EQ(rules[4].mass, -17.12346);
  EXPECT_EQ(rules[4].place, ModificationPlace::peptide_c);
  EXPECT_TRUE(rules_of("").empty());
}

TEST(ModificationRules, RefuseWhatTheyDoNotKnow) {
  for (const char* text :
       {"Carbamidomethyl", "Oxydation@M", "Oxidation@", "Oxidation@X", "Oxidation@m", "A=1e9@K",
        "A=@K", "A=x@K", "UniMod:999999@K", "UniMod:@K", "Oxidation@n:", "Oxidation@n:Z"}) {
    const auto rules = parse_modification_rules(text, "modifications.variable");
    ASSERT_FALSE(rules) << text;
    EXPECT_EQ(rules.error().code, "OVL-CFG-112");
    EXPECT_EQ(rules.error().where, "modifications.variable");
  }
  EXPECT_EQ(parse_label_channels("silak", "x").error().code, "OVL-CFG-113");
  EXPECT_EQ(parse_label_channels("light: | heavy: Label@K", "x").error().code, "OVL-CFG-112");
}

TEST(PeptideForms, FixedVariableAndTerminal) {
  FormRules rules{.fixed = rules_of("Carbamidomethyl@C"),
                  .variable = rules_of("Oxidation@M; Acetyl@protein-n"),
                  .max_variable = 2,
                  .channels = {}};
  EXPECT_EQ(forms_of({"ACMK"}, rules), (Texts{"AC(UniMod:4)MK", "AC(UniMod:4)M(UniMod:35)K"}));
  EXPECT_EQ(forms_of({"ACMK", true, false}, rules),
            (Texts{"AC(UniMod:4)MK", "(UniMod:1)AC(UniMod:4)MK", "AC(UniMod:4)M(UniMod:35)K",
                   "(UniMod:1)AC(UniMod:4)M(UniMod:35)K"}));
  rules.max_variable = 0;
  EXPECT_EQ(forms_of({"ACMK", true, false}, rules), Texts{"AC(UniMod:4)MK"});
  const FormRules ends{.fixed = rules_of("TMT6plex@n; TMT6plex@K; Methyl@c:K"),
                       .variable = rules_of("Acetyl@protein-n; UniMod:28@n:Q"),
                       .channels = {}};
  EXPECT_EQ(forms_of({"QAK", true, true}, ends), (Texts{"(UniMod:737)QAK(UniMod:737).(UniMod:34)",
                                                        "(UniMod:1)QAK(UniMod:737).(UniMod:34)",
                                                        "(UniMod:28)QAK(UniMod:737).(UniMod:34)"}));
}

TEST(PeptideForms, TheCapKeepsTheLeastModified) {
  const FormRules rules{.fixed = {},
                        .variable = rules_of("Phospho@STY"),
                        .max_variable = 3,
                        .max_forms = 5,
                        .channels = {}};
  const PeptideForms forms = modified_forms({"STYSTYK"}, rules);
  EXPECT_TRUE(forms.is_capped);
  ASSERT_EQ(forms.forms.size(), 5U);
  EXPECT_TRUE(forms.forms[0].empty());
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(forms.forms[i].size(), 1U);
  EXPECT_FALSE(modified_forms({"SSK"}, rules).is_capped);
}

// Every site takes its fixed modification or one of its variable ones, by counting through.
std::set<std::string> slow_forms(const FormSource& source, const FormRules& rules) {
  const auto length = static_cast<std::int16_t>(source.residues.size());
  const auto fits = [&](const ModificationRule& rule, std::int16_t site) {
    const auto has = [&](char c) { return rule.residues.empty() || rule.residues.contains(c); };
    const bool is_inner = site >= 0 && site < length;
    switch (rule.place) {
      case ModificationPlace::residue:
        return is_inner && has(source.residues[static_cast<std::size_t>(site)]);
      case ModificationPlace::peptide_n:
        return site < 0 && has(source.residues.front());
      case ModificationPlace::protein_n:
        return site < 0 && source.is_protein_n && has(source.residues.front());
      case ModificationPlace::peptide_c:
        return site == length && has(source.residues.back());
      case ModificationPlace::protein_c:
        return site == length && source.is_protein_c && has(source.residues.back());
    }
    return false;
  };
  std::vector<std::pair<int, Modifications>> all{{0, {}}};
  for (std::int16_t site = -1; site <= length; ++site) {
    std::vector<std::pair<int, Modifications>> next;
    for (const auto& [count, form] : all) {
      Modifications plain = form;
      for (const auto& rule : rules.fixed) {
        if (!fits(rule, site)) continue;
        plain.push_back({site, rule.unimod, rule.mass});
        break;
      }
      next.emplace_back(count, plain);
      for (const auto& rule : rules.variable) {
        if (!fits(rule, site)) continue;
        Modifications changed = form;
        changed.push_back({site, rule.unimod, rule.mass});
        next.emplace_back(count + 1, changed);
      }
    }
    all = next;
  }
  std::set<std::string> found;
  for (const auto& [count, form] : all) {
    if (count <= rules.max_variable) {
      found.insert(to_unimod_notation({std::string(source.residues), form}));
    }
  }
  return found;
}

TEST(PeptideForms, AgreeWithCountingThroughOnRandomPeptides) {
  constexpr std::uint64_t kSeed = 41;
  SCOPED_TRACE(kSeed);
  FormRules rules{
      .fixed = rules_of("Carbamidomethyl@C; TMT6plex@K; TMT6plex@n"),
      .variable = rules_of("Oxidation@MW; Acetyl@protein-n; UniMod:28@n:Q; Phospho@ST; GG@K; "
                           "Amidated@protein-c; Dioxidation@M"),
      .max_forms = 1000000,
      .channels = {}};
  for (std::uint64_t round = 0; round < 200; ++round) {
    Rng random(kSeed, round);
    std::string residues;
    for (std::uint64_t k = 1 + random.below(8); k > 0; --k) residues += "CMWQSTKA"[random.below(8)];
    rules.max_variable = static_cast<int>(random.below(4));
    const FormSource source{residues, random.below(2) == 0, random.below(2) == 0};
    const auto forms = forms_of(source, rules);
    const std::set<std::string> distinct(forms.begin(), forms.end());
    EXPECT_EQ(distinct.size(), forms.size()) << residues;
    EXPECT_EQ(distinct, slow_forms(source, rules)) << residues;
  }
}

TEST(LabelChannels, CloneEachFormOnce) {
  const auto silac = *parse_label_channels("silac", "x");
  const FormSource source{"AKMR"};
  const Modifications form{{1, 121, 114.04293}};
  EXPECT_EQ(texts(source, labelled_forms(source, form, silac)),
            (Texts{"AK(UniMod:121)MR", "AK(UniMod:121)(UniMod:259)MR(UniMod:267)"}));
  EXPECT_EQ(labelled_forms({"AAA"}, {}, silac).size(), 1U) << "nothing to label";
  EXPECT_EQ(labelled_forms(source, form, {}).size(), 1U);
  const auto mtraq = *parse_label_channels("mtraq", "x");
  EXPECT_EQ(texts(source, labelled_forms(source, {{kNTerminus, 1, 42.01}}, mtraq)),
            (Texts{"(UniMod:1)AK(UniMod:888)MR", "(UniMod:1)AK(UniMod:889)MR",
                   "(UniMod:1)AK(UniMod:1302)MR"}));
  const auto dimethyl = *parse_label_channels("dimethyl", "x");
  EXPECT_EQ(labelled_forms({"AR"}, {}, dimethyl).size(), 3U);
  const auto own = *parse_label_channels("light: | heavy: Label:13C(6)@K", "x");
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[1].name, "heavy");
  // Masses of the channels, UniMod.
  EXPECT_NEAR(mtraq[0].rules[0].mass, 140.094963, 1e-5);
  EXPECT_NEAR(mtraq[1].rules[0].mass, 144.102063, 1e-5);
  EXPECT_NEAR(mtraq[2].rules[0].mass, 148.109162, 1e-5);
}

}  // namespace
}  // namespace overland::library_build
