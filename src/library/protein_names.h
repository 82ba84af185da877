// Lists of proteins and genes as foreign tables write them, made alike.
#pragma once

#include <string>
#include <string_view>

namespace overland {

// "sp|P1|A_ECOLI;P2", "2/P1/P2", "DECOY_P1" -> accessions, sorted, each once, joined by ';'.
[[nodiscard]] std::string normal_accessions(std::string_view list);
// Sorted, each once, joined by ';'.
[[nodiscard]] std::string normal_names(std::string_view list);

}  // namespace overland
