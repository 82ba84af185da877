#include "chemistry/peptide.h"

#include <array>

#include "chemistry/constants.h"
#include "chemistry/elements.h"
#include "chemistry/modification_table.h"

namespace overland {
namespace {

struct Residue {
  char letter;
  Composition atoms;  // of the residue: amino acid minus H2O
};

constexpr auto kResidueList = std::to_array<Residue>({
    {'A', {3, 5, 1, 1, 0, 0}},   {'C', {3, 5, 1, 1, 1, 0}},  {'D', {4, 5, 1, 3, 0, 0}},
    {'E', {5, 7, 1, 3, 0, 0}},   {'F', {9, 9, 1, 1, 0, 0}},  {'G', {2, 3, 1, 1, 0, 0}},
    {'H', {6, 7, 3, 1, 0, 0}},   {'I', {6, 11, 1, 1, 0, 0}}, {'K', {6, 12, 2, 1, 0, 0}},
    {'L', {6, 11, 1, 1, 0, 0}},  {'M', {5, 9, 1, 1, 1, 0}},  {'N', {4, 6, 2, 2, 0, 0}},
    {'P', {5, 7, 1, 1, 0, 0}},   {'Q', {5, 8, 2, 2, 0, 0}},  {'R', {6, 12, 4, 1, 0, 0}},
    {'S', {3, 5, 1, 2, 0, 0}},   {'T', {4, 7, 1, 2, 0, 0}},  {'V', {5, 9, 1, 1, 0, 0}},
    {'W', {11, 10, 2, 1, 0, 0}}, {'Y', {9, 9, 1, 2, 0, 0}},
});

constexpr Composition kWater{0, 2, 0, 1, 0, 0};

struct ResidueTable {
  std::array<double, 26> mass{};
  std::array<Composition, 26> atoms{};
};

constexpr ResidueTable make_residue_table() {
  ResidueTable table;
  for (const Residue& residue : kResidueList) {
    const auto slot = static_cast<std::size_t>(residue.letter - 'A');
    table.mass[slot] = monoisotopic_mass(residue.atoms);
    table.atoms[slot] = residue.atoms;
  }
  return table;
}
constexpr ResidueTable kResidueTable = make_residue_table();

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// Neutral mass of residues [first, last) with the modifications on them. Terminal modifications
// count with the first and the last residue.
double range_mass(const Peptide& peptide, std::size_t first, std::size_t last) {
  double mass = 0;
  for (std::size_t i = first; i < last; ++i) mass += residue_mass(peptide.residues[i]);
  const auto length = static_cast<std::int32_t>(peptide.residues.size());
  for (const Modification& modification : peptide.modifications) {
    std::int32_t site = modification.site;
    if (site == kNTerminus) site = 0;
    if (site == length) site = length - 1;
    if (site >= static_cast<std::int32_t>(first) && site < static_cast<std::int32_t>(last)) {
      mass += modification.mass;
    }
  }
  return mass;
}

}  // namespace

Composition& Composition::operator+=(const Composition& other) {
  carbon += other.carbon;
  hydrogen += other.hydrogen;
  nitrogen += other.nitrogen;
  oxygen += other.oxygen;
  sulfur += other.sulfur;
  phosphorus += other.phosphorus;
  return *this;
}

double residue_mass(char residue) {
  return is_upper(residue) ? kResidueTable.mass[static_cast<std::size_t>(residue - 'A')] : 0.0;
}

double neutral_mass(const Peptide& peptide) {
  return range_mass(peptide, 0, peptide.residues.size()) + kWaterMass;
}

Mz precursor_mz(const Peptide& peptide, int charge) {
  return Mz{neutral_mass(peptide) / charge + kProtonMass};
}

Mz fragment_mz(const Peptide& peptide, const FragmentIon& ion) {
  const std::size_t length = peptide.residues.size();
  const double mass = ion.type == FragmentType::b
                          ? range_mass(peptide, 0, ion.ordinal)
                          : range_mass(peptide, length - ion.ordinal, length) + kWaterMass;
  return Mz{mass / ion.charge + kProtonMass};
}

Composition composition(const Peptide& peptide) {
  Composition total = kWater;
  for (const char residue : peptide.residues) {
    if (is_upper(residue)) total += kResidueTable.atoms[static_cast<std::size_t>(residue - 'A')];
  }
  for (const Modification& modification : peptide.modifications) {
    const KnownModification* known = find_modification(modification.unimod);
    total += known != nullptr ? known->atoms : averagine_composition(modification.mass);
  }
  return total;
}

}  // namespace overland
