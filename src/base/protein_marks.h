// Marks of decoys and of contaminants in names of proteins and precursors, as databases and
// programs write them: the only list of them, for FASTA files and for libraries.
#pragma once

#include <string_view>

namespace overland {

// The mark of contaminants in results, whatever the mark of the file was.
inline constexpr std::string_view kContaminantPrefix = "Cont_";

// "DECOY_P1", "rev_sp|P1|X", "REV__P1", "Reverse_P1", "XXX_P1", "##P1", "#DECOY#P1", "P1_REVERSED";
// in upper or lower case. "REV_HV1H2" is no decoy but the entry name of a viral protein.
[[nodiscard]] bool is_decoy_name(std::string_view name);
// The name without its mark; unchanged if it has none.
[[nodiscard]] std::string_view without_decoy_mark(std::string_view name);

// "contam_P1", "Cont_P1", "contaminant_P1", "CON__P1", "cRAP_P1", "cRAP-001|P1", "zz|P1".
[[nodiscard]] bool is_contaminant_name(std::string_view name);
// The name without its mark; unchanged if it has none.
[[nodiscard]] std::string_view without_contaminant_mark(std::string_view name);

}  // namespace overland
