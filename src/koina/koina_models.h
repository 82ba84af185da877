// The Koina models that Overland supports, with their inputs, outputs and limits. Source: the model
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

// Position of an N-terminal modification in the server's sequence notation.
enum class NTerminus : std::uint8_t {
  prefix,        // [UNIMOD:1]-PEPTIDE
  first_residue  // P[UNIMOD:1]EPTIDE
};

struct Model {
  std::string_view key;   // name in Overland's options
  std::string_view name;  // name on the server
  Kind kind;
  std::string_view value;          // name of the output with intensities, coefficients or times
  std::string_view instruments;    // allowed values, separated by blanks; empty: no such input
  std::string_view modifications;  // "C4 M35 n1": residue or N-terminus, accession; "*": any
  std::uint8_t shortest, longest;  // residues
  std::uint8_t lowest_charge, highest_charge;
  float lowest_energy, highest_energy;  // normalised collision energy, %
  bool needs_carbamidomethyl;           // each cysteine must have UniMod:4
  bool takes_energy;
  bool takes_fragmentation;
  NTerminus n_terminus;
  bool gives_totals = false;  // intensities are sums over all isotopes of a fragment
};

[[nodiscard]] std::span<const Model> all_models();
// Error OVL-CFG-301 (unknown key; the message names the most similar key).
[[nodiscard]] Result<const Model*> find_model(std::string_view key);

[[nodiscard]] bool knows_modification(const Model& model, char site, std::int32_t unimod);
[[nodiscard]] bool knows_instrument(const Model& model, std::string_view instrument);
// Whether the model supports the charge; with some instruments the collision energy is converted
// for some charges only.
[[nodiscard]] bool takes_charge(const Model& model, int charge, std::string_view instrument);

// The peptide in the server's notation; empty if the peptide is outside the model's limits.
[[nodiscard]] std::optional<std::string> sequence_text(const Model& model, const Peptide& peptide);

}  // namespace overland::koina
