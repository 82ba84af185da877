// Normalises lists of proteins and genes of foreign tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overland::exchange {

// "sp|P1|A_ECOLI;P2", "2/P1/P2", "DECOY_P1" -> distinct accessions (io/text/fasta.h) without decoy
// marks, sorted, joined by ';'. Decoys in a list with other proteins are left out.
[[nodiscard]] std::string normal_accessions(std::string_view list);
// Whether all proteins of the list are decoys.
[[nodiscard]] bool are_decoys(std::string_view list);
// Distinct names, sorted, joined by ';'.
[[nodiscard]] std::string normal_names(std::string_view list);

// Entrapment group of accessions from normal_accessions: n if all end in _ENTn (the suffix of
// build-library for entrapments), 1 for _p_target (FDRBench); 0 if they differ or have neither
// suffix.
[[nodiscard]] std::uint8_t entrapment_group_of(std::string_view accessions);

}  // namespace overland::exchange
