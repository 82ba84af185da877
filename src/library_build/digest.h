// Cuts proteins as a protease does.
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

// Between which residues a protease cuts: cuts[a][b], a before b, letters from 'A'.
struct CleavageRule {
  std::array<std::array<bool, 26>, 26> cuts{};
  [[nodiscard]] bool between(char before, char after) const {
    return cuts[static_cast<std::size_t>(before - 'A')][static_cast<std::size_t>(after - 'A')];
  }
};

// A protease by name ("trypsin", "lys-c", ...; any case, without regard to '-', '_' and blanks), or
// a rule: clauses joined by ';', each "after RESIDUES [not before RESIDUES]" or
// "before RESIDUES [not after RESIDUES]"; a bond that one of them names is cut. "none" cuts
// nowhere. Errors OVL-CFG-111.
[[nodiscard]] Result<CleavageRule> cleavage_rule(std::string_view text);

struct NamedProtease {
  std::string_view name, rule;
};
[[nodiscard]] std::span<const NamedProtease> known_proteases();

// Which ends of a peptide must be cuts or ends of the protein.
enum class Specificity : std::uint8_t {
  full,    // both
  semi,    // at least one
  semi_n,  // the C side; the N side is free
  semi_c,  // the N side; the C side is free
  none     // neither: every substring
};

struct DigestRules {
  CleavageRule cleavage = {};
  Specificity specificity = Specificity::full;
  int missed_cleavages =
      1;  // cuts inside of a peptide, at most; no limit where specificity is none
  int min_length = 7, max_length = 30;
  bool loses_initial_met =
      true;  // also the protein without its first Met; costs no missed cleavage
};

struct DigestedPeptide {
  std::uint32_t begin, length;
  bool is_protein_n, is_protein_c;  // it begins or ends the protein (also after Met loss)
};

// By begin, then length. Peptides with a letter that is no amino acid of the twenty are left out.
// Precondition: `sequence` has letters A-Z only.
void digest_protein(std::string_view sequence, const DigestRules& rules,
                    const std::function<void(const DigestedPeptide&)>& take);

}  // namespace overland::library_build
