// Inserts modifications that are listed separately into a plain sequence.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overland::exchange {

struct ListedModification {
  int position = 0;  // 0-based; kBeforeFirst and kAfterLast for the termini
  std::string text;  // text in the brackets: name or signed mass
};
inline constexpr int kBeforeFirst = -1;
inline constexpr int kAfterLast = -2;

// "PEC[Carbamidomethyl]K"; empty if a position is outside of the sequence.
[[nodiscard]] std::optional<std::string> with_modifications(
    std::string_view residues, const std::vector<ListedModification>& modifications);

// Reads the list of MSP files: "2/0,A,Acetyl/6,C,CAM" or "2(0,A,Acetyl)(6,C,CAM)", with positions
// from 0, and -1 for the N-terminus; from 1 if only so the residues fit. A modification at the
// first residue that only occurs at a terminus is moved to the N-terminus. Empty if the list is not
// readable or its residues differ from the sequence.
[[nodiscard]] std::optional<std::vector<ListedModification>> parse_msp_modifications(
    std::string_view list, std::string_view residues);

// Reads "AAEC//Carbamidomethyl@C4; Oxidation@M7/2" of Prosit, with positions from 1. Empty if the
// list is not readable or its residues differ from the sequence.
[[nodiscard]] std::optional<std::vector<ListedModification>> parse_mod_string(
    std::string_view text, std::string_view residues);

// Reads the two lists of alphabase: "Acetyl@Protein_N-term;Oxidation@M" and "0;3", with positions
// from 1, 0 for the N-terminus and -1 for the C-terminus. Empty if they do not fit each other.
[[nodiscard]] std::optional<std::vector<ListedModification>> parse_site_lists(
    std::string_view names, std::string_view sites);

}  // namespace overland::exchange
