// Lists of proteins and genes as foreign tables write them, made alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overland::exchange {

// "sp|P1|A_ECOLI;P2", "2/P1/P2", "DECOY_P1" -> accessions, sorted, each once, joined by ';'.
[[nodiscard]] std::string normal_accessions(std::string_view list);
// Sorted, each once, joined by ';'.
[[nodiscard]] std::string normal_names(std::string_view list);

// Of accessions as normal_accessions gives them: n where each bears _ENTn (as build-library names
// the proteins of entrapments), 1 for _p_target (FDRBench); 0 where they differ or bear neither.
[[nodiscard]] std::uint8_t entrapment_group_of(std::string_view accessions);

}  // namespace overland::exchange
