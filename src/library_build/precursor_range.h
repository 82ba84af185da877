// Which charges of a peptide's forms lie in the range of m/z that was asked for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "library_build/make_block.h"

namespace overland::library_build {

[[nodiscard]] bool is_in_range(const Peptide& peptide, int charge, const BlockRules& rules);

// Forms and charges of a peptide whose m/z is in range, and those whose is not.
[[nodiscard]] std::uint64_t count_in_range(const FormSource& source,
                                           std::span<const Modifications> labelled,
                                           const BlockRules& rules);
[[nodiscard]] std::uint64_t outside_range(const FormSource& source,
                                          std::span<const Modifications> labelled,
                                          const BlockRules& rules);

// Charges at which at least one channel is in range.
[[nodiscard]] std::vector<std::uint8_t> charges_in_range(const FormSource& source,
                                                         std::span<const Modifications> labelled,
                                                         const BlockRules& rules);

}  // namespace overland::library_build
