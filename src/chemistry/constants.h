// Physical constants, each in one place. Source: CODATA 2018 and AME 2016 atomic masses.
#pragma once

namespace overland {

inline constexpr double kProtonMass = 1.00727646688;      // Da
inline constexpr double kCarbon13Spacing = 1.0033548378;  // Da, 13C - 12C
inline constexpr double kWaterMass = 18.01056468403;      // Da, monoisotopic H2O

}  // namespace overland
