// What sure identifications say about the quadrupole: ratios of neighbouring isotopes of their
// fragments, in their own window and in those whose edge is near.
#pragma once

#include <vector>

#include "calibrate/quadrupole.h"
#include "stages/first_pass.h"
#include "stages/run_models.h"

namespace overland {

// Ratios from precursors near an edge, in the order of `hits`; evenly thinned to about `max_rows`.
// Needs the mass-error model.
[[nodiscard]] std::vector<SplitIsotopeRow> split_isotope_rows(const RunContext& context,
                                                              const RunModels& models,
                                                              std::span<const FirstPassHit> hits,
                                                              std::size_t max_rows = 1500);

}  // namespace overland
