// What decides beside the isolation window which ions a scan holds and how they fragment: the
// compensation voltage (FAIMS) and the collision energy.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/raw_run.h"

namespace overland::run {

// Gives all scans the voltage of the run if it has one only; several are a finding (OVL-RUN-028),
// for the windows of each are searched apart. Error OVL-RUN-027: scans without voltage beside
// several, or more voltages than a method has.
[[nodiscard]] Result<void> settle_voltages(io::RunColumns& columns,
                                           const std::vector<std::size_t>& rows,
                                           const std::string& where,
                                           std::vector<Finding>& findings);

// Compares the collision energies within each isolation window. Those that alternate are a finding
// (OVL-RUN-031), for the windows of each are searched apart; smaller differences are another
// (OVL-RUN-030), for the spectra count as spectra of one energy. Error OVL-RUN-029: energies that
// differ but cannot be sorted into levels (energy_levels).
[[nodiscard]] Result<std::vector<Finding>> compare_energies(const RawRun& run,
                                                            const std::string& where);

}  // namespace overland::run
