// Synthetic chemistry of peptides: how they fragment, which charges they take, when they elute.
// Plausible rather than true: enough variety that a spectral library made from it looks real.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chemistry/peptide.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct TrueFragment {
  FragmentIon ion;
  float share = 0;  // of the precursor's ions
};

// The forms of one peptide family (modified, deamidated, truncated) share the strength of the same
// bond: `family` seeds it, `bond_offset` is the number of residues removed from the N-terminus.
struct SpectrumKey {
  std::uint64_t seed = 0;
  std::uint64_t family = 0;
  int bond_offset = 0;
};

// b and y ions with their shares; the sum is settings.fragment_yield. Ions below 5e-4 of it are
// left out. Effects: y over b ions in tryptic peptides, b2 strong, b1 and y1 weak, bonds before
// proline strong and after it weak, after aspartate strong where no mobile proton is left, after
// I, L, V strong; multiply charged fragments by their mass and basic residues.
void predict_fragments(const Peptide& peptide, int charge, const SpectrumKey& key,
                       const SpectrumSettings& settings, std::vector<TrueFragment>& fragments);

inline constexpr int kHighestCharge = 4;
// Shares of the charges 1..4 by the number of basic sites and the length, before random variation.
[[nodiscard]] std::array<double, kHighestCharge> charge_preference(const Peptide& peptide);

// Hydrophobicity by summed retention coefficients (scale of Krokhin 2006, simplified), about -5
// to 70.
[[nodiscard]] double hydrophobicity(const Peptide& peptide);

}  // namespace overland::simulate
