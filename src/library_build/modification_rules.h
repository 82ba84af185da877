// The rules of a library build for modifications and their sites.
//
//   Carbamidomethyl@C                UniMod name or accession (UniMod:4@C), on each C
//   Oxidation@M; Phospho@STY         several rules, joined by ';'
//   Acetyl@protein-n                 at the protein's N-terminus; also n, c, protein-c
//   Gln->pyro-Glu@n:Q                at the peptide's N-terminus if the first residue is Q
//   Mine=+123.4567@K                 by mass (Da), not in UniMod
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "chemistry/peptide.h"

namespace overland::library_build {

enum class ModificationPlace : std::uint8_t { residue, peptide_n, peptide_c, protein_n, protein_c };

struct ModificationRule {
  std::string name;
  std::int32_t unimod = 0;  // 0: by mass only
  double mass = 0;          // Da
  ModificationPlace place = ModificationPlace::residue;
  std::string residues = {};  // allowed residues; empty: any (termini only)
  // An isotope label of the residue itself ("Label:13C(6)"), which combines with any other
  // modification of the site; other modifications of one site exclude each other.
  bool is_isotope = false;
};

// `where` is the key, for messages. Errors OVL-CFG-112.
[[nodiscard]] Result<std::vector<ModificationRule>> parse_modification_rules(
    std::string_view text, const std::string& where);

// A channel of a labelled experiment; the light one may have no rules.
struct LabelChannel {
  std::string name;
  std::vector<ModificationRule> rules;
};

// "" (none), a set by name (silac, silac-3, dimethyl, mtraq), or channels
// "NAME: RULES | NAME: RULES". Errors OVL-CFG-112, OVL-CFG-113 (unknown set).
[[nodiscard]] Result<std::vector<LabelChannel>> parse_label_channels(std::string_view text,
                                                                     const std::string& where);

}  // namespace overland::library_build
