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
// from 0, and -1 for the N-terminus. A modification at the first residue that only occurs at a
// terminus is moved to the N-terminus. Empty if the list is not readable or its residues differ
// from the sequence.
[[nodiscard]] std::optional<std::vector<ListedModification>> parse_msp_modifications(
    std::string_view list, std::string_view residues);

}  // namespace overland::exchange
