#include "simulate/world/ladder.h"

#include "chemistry/constants.h"

namespace overland::simulate {
namespace {

constexpr std::int32_t kCarbamidomethyl = 4, kOxidation = 35;

Composition difference(const Composition& a, const Composition& b) {
  return {a.carbon - b.carbon, a.hydrogen - b.hydrogen, a.nitrogen - b.nitrogen,
          a.oxygen - b.oxygen, a.sulfur - b.sulfur,     a.phosphorus - b.phosphorus};
}

// Isotopes of the residue: the amino acid minus water.
IsotopeDistribution residue_isotopes(const Peptide& amino_acid) {
  const Composition water = composition(Peptide{});
  return isotope_distribution(difference(composition(amino_acid), water));
}

std::size_t carrier(const Modification& modification, std::size_t length) {
  if (modification.site == kNTerminus) return 0;
  const auto site = static_cast<std::size_t>(modification.site);
  return site >= length ? length - 1 : site;
}

}  // namespace

IsotopeDistribution convolve(const IsotopeDistribution& a, const IsotopeDistribution& b) {
  IsotopeDistribution product{};
  for (std::size_t i = 0; i < kIsotopeCount; ++i) {
    for (std::size_t j = 0; i + j < kIsotopeCount; ++j) product[i + j] += a[i] * b[j];
  }
  return product;
}

ResidueIsotopes::ResidueIsotopes() {
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    if (residue_mass(letter) == 0) continue;
    plain_[static_cast<std::size_t>(letter - 'A')] =
        residue_isotopes(Peptide{std::string(1, letter), {}});
  }
  water_ = isotope_distribution(composition(Peptide{}));
  carbamidomethyl_cysteine_ = residue_isotopes(Peptide{"C", {{0, kCarbamidomethyl, 0}}});
  oxidised_methionine_ = residue_isotopes(Peptide{"M", {{0, kOxidation, 0}}});
}

IsotopeDistribution ResidueIsotopes::of(const Peptide& peptide, std::size_t index) const {
  const char letter = peptide.residues[index];
  Peptide alone{std::string(1, letter), {}};
  for (const Modification& modification : peptide.modifications) {
    if (carrier(modification, peptide.residues.size()) != index) continue;
    alone.modifications.push_back({0, modification.unimod, modification.mass});
  }
  if (alone.modifications.empty()) return plain_[static_cast<std::size_t>(letter - 'A')];
  if (alone.modifications.size() == 1) {
    const std::int32_t unimod = alone.modifications[0].unimod;
    if (letter == 'C' && unimod == kCarbamidomethyl) return carbamidomethyl_cysteine_;
    if (letter == 'M' && unimod == kOxidation) return oxidised_methionine_;
  }
  return residue_isotopes(alone);
}

void Ladder::assign(const Peptide& peptide, const ResidueIsotopes& isotopes) {
  const std::size_t length = peptide.residues.size();
  prefix_mass_.assign(length + 1, 0);
  prefix_.resize(length + 1);
  suffix_.resize(length + 1);
  for (std::size_t i = 0; i < length; ++i) {
    prefix_mass_[i + 1] = residue_mass(peptide.residues[i]);
  }
  for (const Modification& modification : peptide.modifications) {
    prefix_mass_[carrier(modification, length) + 1] += modification.mass;
  }
  prefix_[0] = {1, 0, 0, 0, 0};
  suffix_[length] = isotopes.water();
  for (std::size_t i = 0; i < length; ++i) {
    prefix_mass_[i + 1] += prefix_mass_[i];
    prefix_[i + 1] = convolve(prefix_[i], isotopes.of(peptide, i));
  }
  for (std::size_t i = length; i-- > 0;) {
    suffix_[i] = convolve(suffix_[i + 1], isotopes.of(peptide, i));
  }
}

double Ladder::neutral_mass() const {
  return prefix_mass_.back() + kWaterMass;
}

double Ladder::precursor_mz(int charge) const {
  return neutral_mass() / charge + kProtonMass;
}

double Ladder::ion_mass(const FragmentIon& ion) const {
  if (ion.type == FragmentType::b) return prefix_mass_[ion.ordinal];
  return neutral_mass() - prefix_mass_[length() - ion.ordinal];
}

double Ladder::ion_mz(const FragmentIon& ion) const {
  return ion_mass(ion) / ion.charge + kProtonMass;
}

IsotopeDistribution Ladder::fragment_isotopes(const FragmentIon& ion,
                                              const Transmission& transmitted) const {
  const bool is_b = ion.type == FragmentType::b;
  const std::size_t bond = is_b ? ion.ordinal : length() - ion.ordinal;
  const IsotopeDistribution& fragment = is_b ? prefix_[bond] : suffix_[bond];
  const IsotopeDistribution& complement = is_b ? suffix_[bond] : prefix_[bond];
  IsotopeDistribution result{};
  for (std::size_t f = 0; f < kIsotopeCount; ++f) {
    double sum = 0;
    for (std::size_t c = 0; f + c < kIsotopeCount; ++c) {
      sum += static_cast<double>(complement[c]) * transmitted[f + c];
    }
    result[f] = static_cast<float>(static_cast<double>(fragment[f]) * sum);
  }
  return result;
}

}  // namespace overland::simulate
