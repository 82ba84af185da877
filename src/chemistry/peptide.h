// A peptide: residues and modifications, its mass, its composition and its fragment ions.
// All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace overland {

// Numbers of atoms; negative where a modification removes atoms.
struct Composition {
  std::int32_t carbon = 0, hydrogen = 0, nitrogen = 0, oxygen = 0, sulfur = 0, phosphorus = 0;
  Composition& operator+=(const Composition& other);
  bool operator==(const Composition&) const = default;
};

inline constexpr std::int16_t kNTerminus = -1;  // Modification::site of the peptide's N-terminus

struct Modification {
  std::int16_t site = 0;    // 0-based residue; kNTerminus; length of the peptide = C-terminus
  std::int32_t unimod = 0;  // UniMod accession; 0 when given by mass only
  double mass = 0;          // Da, monoisotopic difference
  bool operator==(const Modification&) const = default;
};

struct Peptide {
  std::string residues;                     // upper-case letters of the 20 amino acids
  std::vector<Modification> modifications;  // ascending by site
  bool operator==(const Peptide&) const = default;
};

enum class FragmentType : std::uint8_t { b = 0, y = 1 };

struct FragmentIon {
  FragmentType type = FragmentType::y;
  std::uint8_t ordinal = 0;  // 1 .. length-1: residues counted from the ion's own terminus
  std::uint8_t charge = 1;
  bool operator==(const FragmentIon&) const = default;
  auto operator<=>(const FragmentIon&) const = default;
};

// Reads a modified sequence in any of the notations that spectral libraries use:
//   AAC(UniMod:4)K  AAC(UNIMOD:4)K  AAC[UniMod:4]K  AAC[+57.021]K  _AAC[Carbamidomethyl (C)]K_
//   (UniMod:1)PEPK  .(UniMod:1)PEPK  n[42.01]PEPK  AM(ox)K  K.AAAK.R is not accepted.
// Errors OVL-LIB-010 (unknown residue or modification, unbalanced bracket).
[[nodiscard]] Result<Peptide> parse_peptide(std::string_view modified_sequence);

// A modification that the user declares for a file whose names no table knows.
struct DeclaredModification {
  std::string name;           // as the file writes it: "DBIA", also read in "C[DBIA (C)]"
  std::int32_t unimod = 0;    // 0: by mass only
  double mass = 0;            // Da
  std::string residues = {};  // also 'n' and 'c' for the termini; empty: any
};

// All meanings of a modified sequence: a number in brackets can be the mass of the modification or
// the sum of residue and modification ("M[147.0354]"), and it can fit several modifications
// ("K[+42]" is Acetyl or Trimethyl). The first one is that of parse_peptide; at most 64. Declared
// names go before known ones. Errors as parse_peptide.
[[nodiscard]] Result<std::vector<Peptide>> peptide_readings(
    std::string_view modified_sequence, std::span<const DeclaredModification> declared = {});

// "AAC(UniMod:4)LLPK"; modifications without an accession as "[+12.34567]".
[[nodiscard]] std::string to_unimod_notation(const Peptide& peptide);

[[nodiscard]] double residue_mass(char residue);            // Da; 0 for an unknown letter
[[nodiscard]] double neutral_mass(const Peptide& peptide);  // Da, monoisotopic
[[nodiscard]] Mz precursor_mz(const Peptide& peptide, int charge);
[[nodiscard]] Mz fragment_mz(const Peptide& peptide, const FragmentIon& ion);
// Atoms of the whole peptide; a modification known by its mass only is taken as averagine.
[[nodiscard]] Composition composition(const Peptide& peptide);

}  // namespace overland
