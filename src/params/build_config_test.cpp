#include "params/build_config.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace overland::params {
namespace {

Result<BuildConfig> settings(const std::string& json) {
  library::LibraryProvenance provenance;
  provenance.settings = json;
  return build_settings(provenance);
}

TEST(BuildSettings, come_back_from_the_library) {
  BuildConfig made;
  made.fragments.max_count = 9;
  made.fragments.min_mz = 200.5;
  made.prediction.nce = 31;
  const auto read = settings(build_schema(made).to_json());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->fragments.max_count, 9);
  EXPECT_EQ(read->fragments.min_mz, 200.5);
  EXPECT_EQ(read->prediction.nce, 31);
}

TEST(BuildSettings, of_a_library_that_keeps_none_are_the_defaults) {
  for (const char* text : {"", "{}", "[1]", R"({"digestion": {"unknown": 1}})"}) {
    const auto read = settings(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->fragments.max_count, BuildConfig().fragments.max_count);
    EXPECT_EQ(read->prediction.nce, BuildConfig().prediction.nce);
  }
}

TEST(BuildSettings, that_are_damaged_give_coded_errors) {
  for (const char* text :
       {R"({"prediction": {"nce": "high"}})", R"({"prediction": {"nce": null}})",
        R"({"prediction": 27})", R"({"fragments": []})", R"({"fragments": {"max_count": {}}})",
        R"({"fragments": {"max_count": 1e300}})", R"({"fragments": {"max_count": -4}})"}) {
    const auto read = settings(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, "OVL-LIB-003") << text;
  }
}

std::string code_of(const Result<BuildRules>& rules) {
  return rules ? "" : rules.error().code;
}

TEST(BuildSchema, declares_each_parameter_with_its_meaning) {
  BuildConfig config;
  std::set<std::string> keys;
  const ConfigSchema schema = build_schema(config);
  for (const ConfigSchema::Field& field : schema.fields()) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key;
    EXPECT_TRUE(field.doc.description.ends_with('.')) << field.key;
  }
  EXPECT_TRUE(keys.contains("digestion.protease"));
  EXPECT_TRUE(keys.contains("decoys.per_target"));
}

TEST(BuildSchema, takes_limits_and_refuses_what_is_beyond_them) {
  BuildConfig config;
  ConfigSchema schema = build_schema(config);
  EXPECT_TRUE(schema.apply_assignment("digestion.missed_cleavages=0"));
  EXPECT_TRUE(schema.apply_assignment("digestion.missed_cleavages=10"));
  EXPECT_EQ(config.digestion.missed_cleavages, 10);
  EXPECT_EQ(schema.apply_assignment("digestion.missed_cleavages=11").error().code, "OVL-CFG-002");
  EXPECT_EQ(schema.apply_assignment("digestion.missed_cleavages=-1").error().code, "OVL-CFG-002");
  EXPECT_EQ(schema.apply_assignment("digestion.specificity=half").error().code, "OVL-CFG-002");
  EXPECT_EQ(schema.apply_assignment("digestion.enzyme=trypsin").error().code, "OVL-CFG-001");
  EXPECT_EQ(config.digestion.missed_cleavages, 10) << "as before";
}

TEST(BuildSchema, what_it_writes_it_reads_back) {
  BuildConfig config;
  config.modifications.variable = "Oxidation@M; Acetyl@protein-n";
  config.fasta.gene_pattern = "GN=([^ \"\\\\]+)";
  config.precursors.max_mz = 1200.25;
  config.digestion.loses_initial_met = false;
  const ConfigSchema schema = build_schema(config);
  for (const std::string& text : {schema.to_json(), schema.to_commented_json()}) {
    BuildConfig read;
    ConfigSchema again = build_schema(read);
    const auto done = again.apply_json(text, "build.json");
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(again.to_json(), schema.to_json());
    EXPECT_EQ(read.fasta.gene_pattern, config.fasta.gene_pattern);
    EXPECT_FALSE(read.digestion.loses_initial_met);
  }
}

TEST(BuildRules, are_the_values_of_the_configuration) {
  BuildConfig config;
  config.digestion.missed_cleavages = 2;
  config.digestion.min_length = 6;
  config.precursors.max_charge = 5;
  config.precursors.min_mz = 400.5;
  config.fragments.max_count = 20;
  config.fragments.min_y_ordinal = 4;
  config.counterparts.decoys = 3;
  config.counterparts.entrapments = 2;
  config.counterparts.seed = 99;
  config.prediction.nce = 30;
  const auto rules = build_rules(config);
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->digestion.missed_cleavages, 2);
  EXPECT_EQ(rules->digestion.min_length, 6);
  EXPECT_TRUE(rules->digestion.loses_initial_met);
  EXPECT_EQ(rules->blocks.max_charge, 5);
  EXPECT_EQ(rules->blocks.min_mz, 400.5);
  EXPECT_EQ(rules->blocks.fragments.max_count, 20);
  EXPECT_EQ(rules->blocks.fragments.min_y_ordinal, 4);
  EXPECT_EQ(rules->blocks.counterparts.decoys, 3);
  EXPECT_EQ(rules->blocks.counterparts.entrapments, 2);
  EXPECT_EQ(rules->blocks.counterparts.seed, 99U);
  EXPECT_EQ(rules->blocks.nce, 30);
  EXPECT_TRUE(rules->blocks.ignores_unknown_modifications);
}

TEST(BuildRules, words_become_what_they_name) {
  using library_build::DecoyMethod;
  using library_build::DecoySpectra;
  using library_build::Specificity;
  BuildConfig config;
  const auto rules = [&] {
    const auto made = build_rules(config);
    EXPECT_TRUE(made) << made.error().message();
    return *made;
  };
  std::set<Specificity> specificities;
  for (const char* word : {"full", "semi", "semi-n", "semi-c", "none"}) {
    config.digestion.specificity = word;
    EXPECT_TRUE(specificities.insert(rules().digestion.specificity).second) << word;
  }
  EXPECT_EQ(rules().blocks.counterparts.method, DecoyMethod::reverse);
  config.counterparts.decoy_method = "shuffle";
  EXPECT_EQ(rules().blocks.counterparts.method, DecoyMethod::shuffle);
  config.counterparts.decoy_method = "mutate";
  EXPECT_EQ(rules().blocks.counterparts.method, DecoyMethod::mutate);
  EXPECT_EQ(rules().blocks.decoy_spectra, DecoySpectra::own);
  config.counterparts.decoy_spectra = "target";
  EXPECT_EQ(rules().blocks.decoy_spectra, DecoySpectra::target);
  config.prediction.unknown_modifications = "leave-out";
  EXPECT_FALSE(rules().blocks.ignores_unknown_modifications);
}

// A decoy that mutates a residue must not lose or gain a modification.
TEST(BuildRules, modifiable_residues_are_those_of_all_rules) {
  BuildConfig config;
  const auto letters = [&] {
    const auto rules = build_rules(config);
    EXPECT_TRUE(rules) << rules.error().message();
    std::string found;
    for (char c = 'A'; c <= 'Z'; ++c)
      if (rules->blocks.counterparts.is_modifiable[static_cast<std::size_t>(c - 'A')]) found += c;
    return found;
  };
  EXPECT_EQ(letters(), "CM");
  config.modifications.variable = "Phospho@STY";
  EXPECT_EQ(letters(), "CSTY");
  config.modifications.fixed = "";
  EXPECT_EQ(letters(), "STY");
  config.modifications.variable = "";
  EXPECT_EQ(letters(), "");
  config.modifications.labels = "light: | heavy: Label:13C(6)15N(2)@K";
  EXPECT_EQ(letters(), "K");
}

TEST(BuildRules, an_empty_range_is_an_error) {
  const auto with = [](auto change) {
    BuildConfig config;
    change(config);
    return build_rules(config);
  };
  const auto code = [&](auto change) { return code_of(with(change)); };
  EXPECT_EQ(code([](BuildConfig& c) { c.digestion.min_length = c.digestion.max_length; }), "");
  EXPECT_EQ(code([](BuildConfig& c) { c.digestion.min_length = c.digestion.max_length + 1; }),
            "OVL-CFG-114");
  EXPECT_EQ(code([](BuildConfig& c) { c.precursors.min_charge = c.precursors.max_charge; }), "");
  EXPECT_EQ(code([](BuildConfig& c) { c.precursors.max_charge = 1; }), "OVL-CFG-114");
  EXPECT_EQ(code([](BuildConfig& c) { c.precursors.max_mz = c.precursors.min_mz; }), "OVL-CFG-114")
      << "no m/z at all";
  EXPECT_EQ(code([](BuildConfig& c) { c.fragments.max_mz = c.fragments.min_mz; }), "OVL-CFG-114");
  EXPECT_EQ(code([](BuildConfig& c) { c.fragments.min_count = 13; }), "OVL-CFG-114");
  const auto wrong = with([](BuildConfig& c) { c.fragments.max_mz = 50; });
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "fragments.min_mz") << "names the parameter";
}

TEST(BuildRules, words_that_nobody_knows_are_errors) {
  BuildConfig config;
  config.digestion.protease = "scissors";
  EXPECT_EQ(code_of(build_rules(config)), "OVL-CFG-111");
  config = {};
  config.modifications.fixed = "Nothing@C";
  EXPECT_EQ(code_of(build_rules(config)), "OVL-CFG-112");
  config = {};
  config.modifications.variable = "Oxidation";
  EXPECT_EQ(code_of(build_rules(config)), "OVL-CFG-112") << "without residues";
  config = {};
  config.modifications.labels = "neon";
  EXPECT_EQ(code_of(build_rules(config)), "OVL-CFG-113");
}

}  // namespace
}  // namespace overland::params
