// Reads precursors_table.arrow of a Pioneer library.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::exchange {

struct PoinPrecursor {
  std::string sequence;  // with modifications, "" if they are not readable
  std::string proteins;
  std::string pair_name;  // equal for a target and its decoy, except for "DECOY_"
  int charge = 0;
  float irt = 0, mz = 0;
  bool is_decoy = false;
  std::uint8_t entrapment = 0;
};

// Errors OVL-LIB-024 (a column is missing), OVL-IO-001, OVL-IO-003, OVL-IO-021.
[[nodiscard]] Result<std::vector<PoinPrecursor>> read_poin_precursors(
    const std::filesystem::path& file);

// The sequence with modifications from a list such as "(9,M,Unimod:35)(4,C,Unimod:4)", with
// positions from 1 in any order, and residues n and c for the termini. Empty if the list does not
// match the residues.
[[nodiscard]] std::optional<std::string> poin_sequence(std::string_view residues,
                                                       std::string_view modifications);

}  // namespace overland::exchange
