// Selects the fragments of a predicted spectrum that a library keeps.
#pragma once

#include <vector>

#include "library/library.h"
#include "predict/predictor.h"

namespace overland::library_build {

struct FragmentRules {
  int max_count = 12, min_count = 4;   // per precursor
  double min_mz = 150, max_mz = 2000;  // Th
  double min_intensity = 0.001;        // relative to the most intense
  int max_charge = 2;
  int min_b_ordinal = 2, min_y_ordinal = 3;
};

struct ChosenFragments {
  std::vector<library::LibraryPrecursor::Fragment> fragments;
  std::vector<kernel::SplineCoefficients> splines;  // empty if intensities are plain
};

// The most intense fragments that satisfy the rules, ordered by intensity, then by ion, with their
// m/z. A precursor with fewer than rules.min_count fragments cannot be used. Intensities are
// monoisotopic: if `is_total`, intensities and splines are converted before the selection.
[[nodiscard]] ChosenFragments choose_fragments(const Peptide& peptide,
                                               const predict::PredictedSpectrum& predicted,
                                               bool is_total, const FragmentRules& rules);

}  // namespace overland::library_build
