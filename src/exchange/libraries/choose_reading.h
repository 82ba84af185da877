// The meaning of a modified sequence, chosen by the precursor m/z that the library gives.
#pragma once

#include <span>
#include <string_view>

#include "chemistry/peptide.h"

namespace overland::exchange {

// A precursor m/z of the library contradicts the sequence beyond this distance: less than any
// modification makes, more than rounding to one decimal. Whole isotopes off are taken as measured.
inline constexpr double kMzContradiction = 0.1;  // Th

// Whether the library gives an m/z at all: programs write 0 or 1 for none.
[[nodiscard]] bool is_given_mz(double mz);

struct ChosenReading {
  Peptide peptide;
  bool contradicts_mz = false;
};

// The usual reading if it agrees with the m/z within 10 ppm or if no m/z is given, otherwise the
// nearest one. Errors OVL-LIB-010 (no reading).
[[nodiscard]] Result<ChosenReading> choose_reading(std::string_view sequence, int charge,
                                                   double precursor_mz,
                                                   std::span<const DeclaredModification> declared);

}  // namespace overland::exchange
