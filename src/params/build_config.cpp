#include "params/build_config.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace overland::params {
namespace {

FieldDoc number(std::string unit, std::string description, double min, double max) {
  return {std::move(unit), std::move(description), min, max, {}};
}
FieldDoc text(std::string description) {
  return {"", std::move(description), {}, {}, {}};
}
FieldDoc choice(std::string description, std::vector<std::string> choices) {
  return {"", std::move(description), {}, {}, std::move(choices)};
}

void bind_digestion(ConfigSchema& schema, BuildConfig& config) {
  schema.field("fasta.accession_pattern", config.fasta.accession_pattern,
               text("regular expression with one group that finds the accession in a header; "
                    "empty: UniProt, NCBI, Ensembl and plain headers are known"));
  schema.field("fasta.gene_pattern", config.fasta.gene_pattern, text("likewise for the gene name"));
  BuildConfig::Digestion& s = config.digestion;
  schema.field("digestion.protease", s.protease,
               text("trypsin, trypsin/p, lys-c, lys-c/p, lys-n, arg-c, glu-c, glu-c-de, asp-n, "
                    "chymotrypsin, chymotrypsin-high, pepsin-a, cnbr, none; or a rule such as "
                    "'after KR not before P; before D'"));
  schema.field("digestion.specificity", s.specificity,
               choice("which ends must be cuts: both, at least one, the C side (N side free), the "
                      "N side, none",
                      {"full", "semi", "semi-n", "semi-c", "none"}));
  schema.field("digestion.missed_cleavages", s.missed_cleavages,
               number("sites", "most cuts inside of a peptide", 0, 10));
  schema.field("digestion.min_length", s.min_length, number("residues", "shortest peptide", 5, 60));
  schema.field("digestion.max_length", s.max_length, number("residues", "longest peptide", 5, 60));
  schema.field("digestion.loses_initial_met", s.loses_initial_met,
               text("also digest each protein without its first Met"));
}

void bind_modifications(ConfigSchema& schema, BuildConfig::Modifications& s) {
  schema.field("modifications.fixed", s.fixed,
               text("NAME@RESIDUES, joined by ';': UniMod name, accession (UniMod:4@C) or mass "
                    "(Mine=+12.3456@K); also NAME@n, @c, @protein-n, @protein-c, @n:Q"));
  schema.field("modifications.variable", s.variable, text("likewise"));
  schema.field("modifications.max_variable", s.max_variable,
               number("", "most variable modifications of a form", 0, 10));
  schema.field("modifications.max_forms", s.max_forms,
               number("", "most forms of a peptide; the least modified are kept", 1, 10000));
  schema.field("modifications.labels", s.labels,
               text("channels of a labelled experiment: silac, silac-3, dimethyl, mtraq, or "
                    "'light: | heavy: Label:13C(6)15N(2)@K'; empty: none"));
}

void bind_precursors(ConfigSchema& schema, BuildConfig& config) {
  BuildConfig::Precursors& s = config.precursors;
  schema.field("precursors.min_charge", s.min_charge, number("", "lowest charge", 1, 8));
  schema.field("precursors.max_charge", s.max_charge, number("", "highest charge", 1, 8));
  schema.field("precursors.min_mz", s.min_mz, number("Th", "lowest m/z", 50, 5000));
  schema.field("precursors.max_mz", s.max_mz, number("Th", "highest m/z", 50, 5000));
  BuildConfig::Fragments& f = config.fragments;
  schema.field("fragments.max_count", f.max_count,
               number("", "most intense fragments kept per precursor", 3, 200));
  schema.field("fragments.min_count", f.min_count,
               number("", "precursors with fewer are left out", 1, 12));
  schema.field("fragments.min_mz", f.min_mz, number("Th", "lowest m/z", 0, 5000));
  schema.field("fragments.max_mz", f.max_mz, number("Th", "highest m/z", 50, 10000));
  schema.field("fragments.min_intensity", f.min_intensity,
               number("", "least intensity, relative to the highest", 0, 1));
  schema.field("fragments.max_charge", f.max_charge, number("", "highest charge", 1, 4));
  schema.field("fragments.min_b_ordinal", f.min_b_ordinal,
               number("residues", "shortest b ion", 1, 20));
  schema.field("fragments.min_y_ordinal", f.min_y_ordinal,
               number("residues", "shortest y ion", 1, 20));
}

void bind_predictions(ConfigSchema& schema, BuildConfig& config) {
  BuildConfig::Prediction& s = config.prediction;
  schema.field("prediction.nce", s.nce,
               number("%", "normalised collision energy of the predicted spectra", 10, 60));
  schema.field("prediction.unknown_modifications", s.unknown_modifications,
               choice("peptides that the predictor does not take: predicted as though these "
                      "modifications were absent, or left out",
                      {"ignore", "leave-out"}));
  BuildConfig::Counterparts& c = config.counterparts;
  schema.field("decoys.per_target", c.decoys, number("", "decoys for each target", 0, 16));
  schema.field(
      "decoys.method", c.decoy_method,
      choice("reverse all but the last residue, shuffle them, or mutate the second residue "
             "from each end; each falls back to shuffling",
             {"reverse", "shuffle", "mutate"}));
  schema.field(
      "decoys.spectra", c.decoy_spectra,
      choice("predict spectrum and retention of each decoy for its own sequence, or take those "
             "of its target, which halves the time of prediction",
             {"own", "target"}));
  schema.field("entrapments.per_target", c.entrapments,
               number("",
                      "shuffled peptides for each target, which cannot be in the sample; search "
                      "--fasta takes 1 "
                      "where nothing is said",
                      0, 8));
  schema.field("decoys.seed", c.seed, number("", "of the shuffles, of entrapments too", 0, 1e15));
}

library_build::Specificity specificity_of(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames{"full", "semi", "semi-n", "semi-c", "none"};
  const auto* found = std::ranges::find(kNames, name);
  return static_cast<library_build::Specificity>(found - kNames.begin());
}

library_build::DecoyMethod method_of(std::string_view name) {
  if (name == "shuffle") return library_build::DecoyMethod::shuffle;
  return name == "mutate" ? library_build::DecoyMethod::mutate
                          : library_build::DecoyMethod::reverse;
}

std::optional<std::string> empty_range(const BuildConfig& config) {
  if (config.digestion.min_length > config.digestion.max_length) return "digestion.min_length";
  if (config.precursors.min_charge > config.precursors.max_charge) return "precursors.min_charge";
  if (config.precursors.min_mz >= config.precursors.max_mz) return "precursors.min_mz";
  if (config.fragments.min_mz >= config.fragments.max_mz) return "fragments.min_mz";
  if (config.fragments.min_count > config.fragments.max_count) return "fragments.min_count";
  return std::nullopt;
}

// A mutation must not touch a residue that may carry something.
std::array<bool, 26> modifiable(const library_build::FormRules& forms) {
  std::array<bool, 26> letters{};
  const auto mark = [&](const std::vector<library_build::ModificationRule>& rules) {
    for (const library_build::ModificationRule& rule : rules) {
      for (const char c : rule.residues) letters[static_cast<std::size_t>(c - 'A')] = true;
    }
  };
  mark(forms.fixed);
  mark(forms.variable);
  for (const library_build::LabelChannel& channel : forms.channels) mark(channel.rules);
  return letters;
}

Result<library_build::FormRules> form_rules(const BuildConfig::Modifications& s) {
  auto fixed = library_build::parse_modification_rules(s.fixed, "modifications.fixed");
  if (!fixed) return std::unexpected(fixed.error());
  auto variable = library_build::parse_modification_rules(s.variable, "modifications.variable");
  if (!variable) return std::unexpected(variable.error());
  auto channels = library_build::parse_label_channels(s.labels, "modifications.labels");
  if (!channels) return std::unexpected(channels.error());
  return library_build::FormRules{.fixed = std::move(*fixed),
                                  .variable = std::move(*variable),
                                  .max_variable = static_cast<int>(s.max_variable),
                                  .max_forms = static_cast<std::size_t>(s.max_forms),
                                  .channels = std::move(*channels)};
}

library_build::DigestRules digest_rules(const BuildConfig::Digestion& s,
                                        const library_build::CleavageRule& cleavage) {
  return {.cleavage = cleavage,
          .specificity = specificity_of(s.specificity),
          .missed_cleavages = static_cast<int>(s.missed_cleavages),
          .min_length = static_cast<int>(s.min_length),
          .max_length = static_cast<int>(s.max_length),
          .loses_initial_met = s.loses_initial_met};
}

}  // namespace

ConfigSchema build_schema(BuildConfig& config) {
  ConfigSchema schema;
  bind_digestion(schema, config);
  bind_modifications(schema, config.modifications);
  bind_precursors(schema, config);
  bind_predictions(schema, config);
  return schema;
}

library_build::FragmentRules fragment_rules(const BuildConfig::Fragments& s) {
  return {.max_count = static_cast<int>(s.max_count),
          .min_count = static_cast<int>(s.min_count),
          .min_mz = s.min_mz,
          .max_mz = s.max_mz,
          .min_intensity = s.min_intensity,
          .max_charge = static_cast<int>(s.max_charge),
          .min_b_ordinal = static_cast<int>(s.min_b_ordinal),
          .min_y_ordinal = static_cast<int>(s.min_y_ordinal)};
}

Result<BuildConfig> build_settings(const library::LibraryProvenance& provenance) {
  BuildConfig config;
  const auto settings = nlohmann::json::parse(provenance.settings, nullptr, false);
  nlohmann::json wanted = nlohmann::json::object();
  for (const char* section : {"prediction", "fragments"})
    if (settings.is_object() && settings.contains(section)) wanted[section] = settings[section];
  if (auto done = build_schema(config).apply_json(wanted.dump(), "library.json"); !done)
    return fail("OVL-LIB-003", "the library does not tell how it was built: " + done.error().what,
                done.error().where, "Copy the folder again completely, or build the library anew.");
  return config;
}

Result<BuildRules> build_rules(const BuildConfig& config) {
  if (const auto key = empty_range(config)) {
    return fail("OVL-CFG-114", "the lower end of a range is above the upper one", *key,
                "Correct the two values.");
  }
  const auto cleavage = library_build::cleavage_rule(config.digestion.protease);
  if (!cleavage) return std::unexpected(cleavage.error());
  auto forms = form_rules(config.modifications);
  if (!forms) return std::unexpected(forms.error());
  BuildRules rules;
  rules.digestion = digest_rules(config.digestion, *cleavage);
  library_build::BlockRules& blocks = rules.blocks;
  blocks.forms = std::move(*forms);
  blocks.fragments = fragment_rules(config.fragments);
  blocks.counterparts = {.entrapments = static_cast<int>(config.counterparts.entrapments),
                         .decoys = static_cast<int>(config.counterparts.decoys),
                         .method = method_of(config.counterparts.decoy_method),
                         .seed = static_cast<std::uint64_t>(config.counterparts.seed),
                         .is_modifiable = modifiable(blocks.forms)};
  blocks.decoy_spectra = config.counterparts.decoy_spectra == "target"
                             ? library_build::DecoySpectra::target
                             : library_build::DecoySpectra::own;
  blocks.min_charge = static_cast<int>(config.precursors.min_charge);
  blocks.max_charge = static_cast<int>(config.precursors.max_charge);
  blocks.min_mz = config.precursors.min_mz;
  blocks.max_mz = config.precursors.max_mz;
  blocks.nce = config.prediction.nce;
  blocks.ignores_unknown_modifications = config.prediction.unknown_modifications == "ignore";
  return rules;
}

}  // namespace overland::params
