#include "library_build/fragment_isotopes.h"

#include <array>

#include "chemistry/isotopes.h"

namespace overland::library_build {

Composition fragment_composition(const Peptide& peptide, const FragmentIon& ion) {
  const std::size_t length = peptide.residues.size();
  const std::size_t first = ion.type == FragmentType::b ? 0 : length - ion.ordinal;
  const std::size_t last = first + ion.ordinal;
  Peptide part{peptide.residues.substr(first, ion.ordinal), {}};
  for (Modification modification : peptide.modifications) {
    const bool is_n_terminal = modification.site == kNTerminus;
    const auto site = static_cast<std::size_t>(is_n_terminal ? 0 : modification.site);
    const bool is_c_terminal = site == length;
    const bool is_inside = is_c_terminal ? last == length : site >= first && site < last;
    if (!is_inside || (is_n_terminal && first > 0)) continue;
    if (!is_n_terminal) modification.site = static_cast<std::int16_t>(site - first);
    part.modifications.push_back(modification);
  }
  Composition atoms = composition(part);
  if (ion.type == FragmentType::b) atoms += Composition{0, -2, 0, -1, 0, 0};  // no water
  return atoms;
}

float monoisotopic_share(const Peptide& peptide, const FragmentIon& ion) {
  return isotope_distribution(fragment_composition(peptide, ion))[0];
}

std::vector<float> monoisotopic_shares(
    const Peptide& peptide, std::span<const library::LibraryPrecursor::Fragment> fragments) {
  std::array<std::vector<float>, 2> known;  // by series and ordinal; 0: not computed yet
  for (auto& series : known) series.assign(peptide.residues.size() + 1, 0);
  std::vector<float> shares;
  shares.reserve(fragments.size());
  for (const auto& [ion, mz, intensity, spline] : fragments) {
    float& share = known[ion.type == FragmentType::b ? 0 : 1][ion.ordinal];
    if (share == 0) share = monoisotopic_share(peptide, ion);
    shares.push_back(share);
  }
  return shares;
}

void to_monoisotopic(library::LibraryPrecursor& precursor) {
  const std::vector<float> shares = monoisotopic_shares(precursor.peptide, precursor.fragments);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    library::LibraryPrecursor::Fragment& fragment = precursor.fragments[i];
    fragment.intensity *= shares[i];
    if (precursor.splines.empty()) continue;
    for (float& c : precursor.splines[fragment.spline]) c *= shares[i];
  }
}

}  // namespace overland::library_build
