// Selects the charges at which the forms of a peptide lie in the requested m/z range.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "library_build/make_block.h"

namespace overland::library_build {

[[nodiscard]] bool is_in_range(const Peptide& peptide, int charge, const BlockRules& rules);

// Number of combinations of form and charge of a peptide inside the m/z range, and outside of it.
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
