// The known modifications: UniMod accession, name, usual sites and elemental difference.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "chemistry/peptide.h"

namespace overland {

struct KnownModification {
  std::int32_t unimod;
  std::string_view name;   // UniMod's PSI-MS or interim name
  std::string_view sites;  // residues; 'n' peptide N-terminus, 'c' peptide C-terminus
  Composition atoms;       // natural isotopes; atoms replaced by a label count negative
  double label_mass;       // Da: enriched isotopes, and elements not in Composition
  [[nodiscard]] double mass() const;
};

// Ascending by accession.
[[nodiscard]] std::span<const KnownModification> known_modifications();

// Null when unknown.
[[nodiscard]] const KnownModification* find_modification(std::int32_t unimod);
// By name or common short form, in upper or lower case: "Carbamidomethyl", "Oxidation", "ox",
// "GlyGly".
[[nodiscard]] const KnownModification* find_modification(std::string_view name);
// The known modification of this site ('A'..'Z', 'n', 'c') whose mass is closest to `mass`, within
// `tolerance` (both in Da).
[[nodiscard]] const KnownModification* find_modification(char site, double mass, double tolerance);

}  // namespace overland
