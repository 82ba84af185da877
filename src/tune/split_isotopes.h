// What confident identifications say about the quadrupole: ratios of neighbouring isotopes of their
// fragments, in their own window and in those whose edge is near.
#pragma once

#include <vector>

#include "calibrate/quadrupole.h"
#include "search/first_pass.h"
#include "search/run_models.h"

namespace overland::tune {

// Ratios from precursors near an edge, in the order of `hits`; evenly thinned to about `max_rows`.
// Needs the mass-error model.
[[nodiscard]] std::vector<calibrate::SplitIsotopeRow> split_isotope_rows(
    const search::RunView& view, const search::RunModels& models,
    std::span<const search::FirstPassHit> hits, std::size_t max_rows = 1500);

}  // namespace overland::tune
