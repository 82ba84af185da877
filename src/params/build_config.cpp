#include "params/build_config.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/json_text.h"

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
               text("Regular expression with one group that captures the accession in a FASTA "
                    "header; if empty, UniProt, NCBI, Ensembl and plain headers are recognised."));
  schema.field("fasta.gene_pattern", config.fasta.gene_pattern,
               text("Regular expression with one group that captures the gene name in a FASTA "
                    "header; if empty, UniProt, NCBI, Ensembl and plain headers are recognised."));
  BuildConfig::Digestion& s = config.digestion;
  schema.field("digestion.protease", s.protease,
               text("Protease: trypsin, trypsin/p, lys-c, lys-c/p, lys-n, arg-c, glu-c, glu-c-de, "
                    "asp-n, chymotrypsin, chymotrypsin-high, pepsin-a, cnbr, none; or a rule such "
                    "as 'after KR not before P; before D'."));
  schema.field("digestion.specificity", s.specificity,
               choice("Ends of a peptide that must be cleavage sites: both (full), at least one "
                      "(semi), the C-terminal end (semi-n: the N-terminal end is free), the "
                      "N-terminal end (semi-c), or none.",
                      {"full", "semi", "semi-n", "semi-c", "none"}));
  schema.field("digestion.missed_cleavages", s.missed_cleavages,
               number("sites", "Maximum number of missed cleavages in a peptide.", 0, 10));
  schema.field("digestion.min_length", s.min_length,
               number("residues", "Minimum length of a peptide.", 5, 60));
  schema.field("digestion.max_length", s.max_length,
               number("residues", "Maximum length of a peptide.", 5, 60));
  schema.field("digestion.loses_initial_met", s.loses_initial_met,
               text("Digest each protein also without its initial methionine."));
}

void bind_modifications(ConfigSchema& schema, BuildConfig::Modifications& s) {
  schema.field("modifications.fixed", s.fixed,
               text("Fixed modifications as NAME@RESIDUES, separated by ';'. NAME is a UniMod "
                    "name, an accession (UniMod:4@C) or a mass (Mine=+12.3456@K); termini are @n, "
                    "@c, @protein-n, @protein-c, @n:Q."));
  schema.field("modifications.variable", s.variable,
               text("Variable modifications, in the notation of modifications.fixed."));
  schema.field("modifications.max_variable", s.max_variable,
               number("", "Maximum number of variable modifications in a peptide form.", 0, 10));
  schema.field("modifications.max_forms", s.max_forms,
               number("", "Maximum number of forms per peptide; the least modified forms are kept.",
                      1, 10000));
  schema.field("modifications.labels", s.labels,
               text("Channels of a labelled experiment: silac, silac-3, dimethyl, mtraq, or "
                    "'light: | heavy: Label:13C(6)15N(2)@K'; empty means no labels."));
}

void bind_precursors(ConfigSchema& schema, BuildConfig& config) {
  BuildConfig::Precursors& s = config.precursors;
  schema.field("precursors.min_charge", s.min_charge,
               number("", "Minimum charge of a precursor.", 1, 8));
  schema.field("precursors.max_charge", s.max_charge,
               number("", "Maximum charge of a precursor.", 1, 8));
  schema.field("precursors.min_mz", s.min_mz,
               number("Th", "Minimum m/z of a precursor.", 50, 5000));
  schema.field("precursors.max_mz", s.max_mz,
               number("Th", "Maximum m/z of a precursor.", 50, 5000));
  BuildConfig::Fragments& f = config.fragments;
  schema.field(
      "fragments.max_count", f.max_count,
      number("", "Maximum number of fragments per precursor; the most intense are kept.", 3, 200));
  schema.field(
      "fragments.min_count", f.min_count,
      number("", "Minimum number of fragments per precursor; precursors with fewer are left out.",
             1, 12));
  schema.field("fragments.min_mz", f.min_mz, number("Th", "Minimum m/z of a fragment.", 0, 5000));
  schema.field("fragments.max_mz", f.max_mz, number("Th", "Maximum m/z of a fragment.", 50, 10000));
  schema.field(
      "fragments.min_intensity", f.min_intensity,
      number("",
             "Minimum intensity of a fragment, relative to the precursor's most intense fragment.",
             0, 1));
  schema.field("fragments.max_charge", f.max_charge,
               number("", "Maximum charge of a fragment.", 1, 4));
  schema.field("fragments.min_b_ordinal", f.min_b_ordinal,
               number("residues", "Minimum number of residues in a b ion.", 1, 20));
  schema.field("fragments.min_y_ordinal", f.min_y_ordinal,
               number("residues", "Minimum number of residues in a y ion.", 1, 20));
}

void bind_predictions(ConfigSchema& schema, BuildConfig& config) {
  BuildConfig::Prediction& s = config.prediction;
  schema.field("prediction.nce", s.nce,
               number("%", "Normalised collision energy of the predicted spectra.", 10, 60));
  schema.field("prediction.unknown_modifications", s.unknown_modifications,
               choice("Peptides with modifications that the predictor does not support: predict "
                      "them as if unmodified at these residues (ignore), or leave them out.",
                      {"ignore", "leave-out"}));
  BuildConfig::Counterparts& c = config.counterparts;
  schema.field("decoys.per_target", c.decoys, number("", "Number of decoys per target.", 0, 16));
  schema.field(
      "decoys.method", c.decoy_method,
      choice("Method for decoy sequences: reverse or shuffle all residues but the last, or mutate "
             "the second residue from each end; reverse and mutate fall back to shuffling.",
             {"reverse", "shuffle", "mutate"}));
  schema.field("decoys.spectra", c.decoy_spectra,
               choice("Spectrum and retention time of a decoy: predicted for its own sequence, or "
                      "copied from its target, which halves the prediction time.",
                      {"own", "target"}));
  schema.field("entrapments.per_target", c.entrapments,
               number("",
                      "Number of entrapments (shuffled peptides that cannot be in the sample) per "
                      "target; search --fasta uses 1 unless it is set.",
                      0, 8));
  schema.field("decoys.seed", c.seed,
               number("", "Seed of the shuffles for decoys and entrapments.", 0, 1e15));
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

// Residues that may carry a modification or label; the decoy method `mutate` must not replace them.
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
  const auto settings = parse_json(provenance.settings);
  nlohmann::json wanted = nlohmann::json::object();
  for (const char* section : {"prediction", "fragments"})
    if (settings.is_object() && settings.contains(section)) wanted[section] = settings[section];
  if (auto done = build_schema(config).apply_json(wanted.dump(), "library.json"); !done)
    return fail("OVL-LIB-003", "the library's record of its build is invalid: " + done.error().what,
                done.error().where, "Copy the complete folder again, or rebuild the library.");
  return config;
}

Result<BuildRules> build_rules(const BuildConfig& config) {
  if (const auto key = empty_range(config)) {
    return fail("OVL-CFG-114", "the lower limit of a range is above its upper limit", *key,
                "Correct the two limits.");
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
