// The models of Koina that Overland can ask, with inputs, outputs and limits. Source: the model
// folders of the public repository wilhelm-lab/koina.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "chemistry/peptide.h"

namespace overland::koina {

enum class Kind : std::uint8_t {
  spectrum,  // intensities at one collision energy
  spline,    // coefficients over the collision energy
  retention
};

// Where the server wants a modification of the N-terminus.
enum class NTerminus : std::uint8_t {
  prefix,        // [UNIMOD:1]-PEPTIDE
  first_residue  // P[UNIMOD:1]EPTIDE
};

struct Model {
  std::string_view key;   // ours
  std::string_view name;  // the server's
  Kind kind;
  std::string_view value;          // name of the output with intensities, coefficients or times
  std::string_view instruments;    // allowed values, blanks between; empty: not asked for
  std::string_view modifications;  // "C4 M35 n1": residue or N-terminus, accession; "*": any
  std::uint8_t shortest, longest;  // residues
  std::uint8_t lowest_charge, highest_charge;
  float lowest_energy, highest_energy;  // per cent
  bool needs_carbamidomethyl;           // each cysteine has to carry UniMod:4
  bool takes_energy;
  bool takes_fragmentation;
  NTerminus n_terminus;
  bool gives_totals = false;  // intensities of all isotopes of a fragment
};

[[nodiscard]] std::span<const Model> all_models();
// Errors OVL-CFG-301 (names the nearest).
[[nodiscard]] Result<const Model*> find_model(std::string_view key);

[[nodiscard]] bool knows_modification(const Model& model, char site, std::int32_t unimod);
[[nodiscard]] bool knows_instrument(const Model& model, std::string_view instrument);
// Some instruments convert the collision energy for some charges only.
[[nodiscard]] bool takes_charge(const Model& model, int charge, std::string_view instrument);

// The peptide as the server reads it; nothing when it lies outside the model's limits.
[[nodiscard]] std::optional<std::string> sequence_text(const Model& model, const Peptide& peptide);

}  // namespace overland::koina
