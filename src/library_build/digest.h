// Digests proteins in silico.
//
//   auto rule = cleavage_rule("trypsin");              // or "after KR not before P"
//   digest_protein(sequence, {.cleavage = *rule}, [&](const DigestedPeptide& p) { ... });
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::library_build {

// The bonds that a protease cleaves: cuts[a][b] for residue a before residue b, letters from 'A'.
struct CleavageRule {
  std::array<std::array<bool, 26>, 26> cuts{};
  [[nodiscard]] bool between(char before, char after) const {
    return cuts[static_cast<std::size_t>(before - 'A')][static_cast<std::size_t>(after - 'A')];
  }
};

// A protease by name ("trypsin", "lys-c", ...; case, '-', '_' and blanks are ignored), or a rule:
// clauses joined by ';', each "after RESIDUES [not before RESIDUES]" or "before RESIDUES [not after
// RESIDUES]". A bond is cleaved if any clause matches it. "none" cleaves no bond. Errors
// OVL-CFG-111.
[[nodiscard]] Result<CleavageRule> cleavage_rule(std::string_view text);

struct NamedProtease {
  std::string_view name, rule;
};
[[nodiscard]] std::span<const NamedProtease> known_proteases();

// The ends of a peptide that must be cleavage sites or ends of the protein.
enum class Specificity : std::uint8_t {
  full,    // both
  semi,    // at least one
  semi_n,  // the C-terminus; the N-terminus is free
  semi_c,  // the N-terminus; the C-terminus is free
  none     // neither: every substring
};

struct DigestRules {
  CleavageRule cleavage = {};
  Specificity specificity = Specificity::full;
  int missed_cleavages = 1;  // most sites inside a peptide; unlimited for Specificity::none
  int min_length = 7, max_length = 30;
  // Also digests the protein without its first Met; this is not a missed cleavage.
  bool loses_initial_met = true;
};

struct DigestedPeptide {
  std::uint32_t begin, length;
  bool is_protein_n, is_protein_c;  // at an end of the protein (also after Met loss)
};

// Calls `take` for each peptide, ordered by begin, then by length. Peptides with a letter other
// than the 20 amino acids are left out. Precondition: `sequence` has letters A-Z only.
void digest_protein(std::string_view sequence, const DigestRules& rules,
                    const std::function<void(const DigestedPeptide&)>& take);

}  // namespace overland::library_build
