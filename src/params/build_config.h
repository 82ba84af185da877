// All parameters of a library build, with their defaults. docs/guide/parameters.md is written from
// the schema.
#pragma once

#include <cstdint>
#include <string>

#include "base/config_schema.h"
#include "base/error.h"
#include "library_build/digest.h"
#include "library_build/make_block.h"

namespace overland::params {

struct BuildConfig {
  struct Fasta {
    std::string accession_pattern, gene_pattern;
  } fasta;
  struct Digestion {
    std::string protease = "trypsin";
    std::string specificity = "full";
    std::int64_t missed_cleavages = 1;
    std::int64_t min_length = 7, max_length = 30;
    bool loses_initial_met = true;
  } digestion;
  struct Modifications {
    std::string fixed = "Carbamidomethyl@C";
    std::string variable = "Oxidation@M";
    std::int64_t max_variable = 1;
    std::int64_t max_forms = 64;
    std::string labels;
  } modifications;
  struct Precursors {
    std::int64_t min_charge = 2, max_charge = 4;
    double min_mz = 390, max_mz = 1010;
  } precursors;
  struct Fragments {
    std::int64_t max_count = 12, min_count = 4;
    double min_mz = 150, max_mz = 2000;
    double min_intensity = 0.001;
    std::int64_t max_charge = 2;
    std::int64_t min_b_ordinal = 2, min_y_ordinal = 3;
  } fragments;
  struct Prediction {
    double nce = 27;
    std::string unknown_modifications = "ignore";
  } prediction;
  struct Counterparts {
    std::int64_t decoys = 1;
    std::string decoy_method = "reverse";
    std::string decoy_spectra = "own";
    std::int64_t entrapments = 0;
    std::int64_t seed = 1;
  } counterparts;
};

// Declares key, unit, range and description of each field of `config`, which must outlive the
// schema.
[[nodiscard]] ConfigSchema build_schema(BuildConfig& config);

// The fragment and prediction parameters stored in a library (library.json); defaults for a library
// that was not built by this program. Error OVL-LIB-003 (wrong type, unknown key, or value out of
// range).
[[nodiscard]] Result<BuildConfig> build_settings(const library::LibraryProvenance& provenance);
[[nodiscard]] library_build::FragmentRules fragment_rules(const BuildConfig::Fragments& settings);

// The configuration as settings of `library_build`.
struct BuildRules {
  library_build::DigestRules digestion;
  library_build::BlockRules blocks;
};
// Errors: OVL-CFG-111..113 (protease, modifications, labels), OVL-CFG-114 (empty range).
[[nodiscard]] Result<BuildRules> build_rules(const BuildConfig& config);

}  // namespace overland::params
