// Synthetic chemistry of peptides: fragmentation, charges and retention. The model is plausible
// rather than accurate, with enough variety that a spectral library made from it looks real.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chemistry/peptide.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct TrueFragment {
  FragmentIon ion;
  float share = 0;  // share of the precursor's ions
};

// A bond has the same strength in all forms of a peptide family (modified, deamidated, truncated):
// `family` is the seed of its random part, and `bond_offset` is the number of residues removed from
// the N-terminus.
struct SpectrumKey {
  std::uint64_t seed = 0;
  std::uint64_t family = 0;
  int bond_offset = 0;
};

// Computes b and y ions with their shares, whose sum is settings.fragment_yield; ions below 5e-4 of
// the sum are left out. Effects: y ions stronger than b ions in tryptic peptides; b2 strong, b1 and
// y1 weak; bonds strong before proline, weak after proline, strong after I, L and V, and strong
// after aspartate without a mobile proton; charges of fragments by their mass and basic residues.
void predict_fragments(const Peptide& peptide, int charge, const SpectrumKey& key,
                       const SpectrumSettings& settings, std::vector<TrueFragment>& fragments);

inline constexpr int kHighestCharge = 4;
// Shares of the charges 1..4 from the number of basic sites and the length, without random
// variation.
[[nodiscard]] std::array<double, kHighestCharge> charge_preference(const Peptide& peptide);

// Hydrophobicity as a sum of retention coefficients (simplified scale of Krokhin 2006), about -5 to
// 70.
[[nodiscard]] double hydrophobicity(const Peptide& peptide);

}  // namespace overland::simulate
