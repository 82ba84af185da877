// Modifications that stand beside a plain sequence, put into it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overland::exchange {

struct ListedModification {
  int position = 0;  // 0-based; kBeforeFirst and kAfterLast for the termini
  std::string text;  // what goes into the brackets: name or signed mass
};
inline constexpr int kBeforeFirst = -1;
inline constexpr int kAfterLast = -2;

// "PEC[Carbamidomethyl]K"; nothing when a position is outside of the sequence.
[[nodiscard]] std::optional<std::string> with_modifications(
    std::string_view residues, const std::vector<ListedModification>& modifications);

// The list of MSP files: "2/0,A,Acetyl/6,C,CAM" or "2(0,A,Acetyl)(6,C,CAM)", positions from 0, -1
// the N-terminus. A modification of the first residue that only a terminus can bear is moved there.
// Nothing when it cannot be understood or its letters are not those of the sequence.
[[nodiscard]] std::optional<std::vector<ListedModification>> parse_msp_modifications(
    std::string_view list, std::string_view residues);

}  // namespace overland::exchange
