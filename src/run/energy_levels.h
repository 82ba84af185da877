// The collision energies that alternate within one isolation window.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace overland::run {

struct EnergyLevels {
  std::vector<double> energy;         // median of each level, ascending; empty without any energy
  std::vector<std::uint8_t> of_scan;  // row of `energy`; 0 where the energy is not known
  std::string defect;  // why energies that differ cannot be sorted into levels; then there is one
};

// `energies`: of the scans of one window, in the unit of the file; NaN or not positive where it is
// not known. Two energies are of different levels if no energy lies between them and they differ by
// more than 10 %. Levels of few scans (at most a tenth of those of the most frequent one) count as
// the level next to them, and so do all scans of a window with few of them.
[[nodiscard]] EnergyLevels energy_levels(std::span<const float> energies);

}  // namespace overland::run
