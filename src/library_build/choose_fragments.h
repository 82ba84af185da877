// Which of a predicted spectrum's fragments a library keeps.
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
  std::vector<kernel::SplineCoefficients> splines;  // theirs; none where intensities are plain
};

// The most intense ones, by intensity, then by ion, with their m/z; fewer than rules.min_count mean
// that the precursor is of no use. Intensities are those of monoisotopic peaks: `is_total` ones,
// and their splines, are converted before the choice.
[[nodiscard]] ChosenFragments choose_fragments(const Peptide& peptide,
                                               const predict::PredictedSpectrum& predicted,
                                               bool is_total, const FragmentRules& rules);

}  // namespace overland::library_build
