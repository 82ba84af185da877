#include "library_build/choose_fragments.h"

#include <algorithm>

#include "library_build/fragment_isotopes.h"

namespace overland::library_build {
namespace {

using Fragment = library::LibraryPrecursor::Fragment;

bool is_wanted(const Fragment& fragment, const FragmentRules& rules) {
  const FragmentIon& ion = fragment.ion;
  const int least = ion.type == FragmentType::b ? rules.min_b_ordinal : rules.min_y_ordinal;
  return ion.ordinal >= least && ion.charge <= rules.max_charge && fragment.intensity > 0 &&
         static_cast<double>(fragment.intensity) >= rules.min_intensity;
}

// Fragment::spline is the index in the prediction.
std::vector<Fragment> fragments_of(std::span<const predict::PredictedFragment> predicted) {
  std::vector<Fragment> fragments;
  fragments.reserve(predicted.size());
  for (const predict::PredictedFragment& fragment : predicted) {
    const auto place = static_cast<std::uint16_t>(fragments.size());
    fragments.push_back({.ion = fragment.ion, .intensity = fragment.intensity, .spline = place});
  }
  return fragments;
}

// Converts intensities from all isotopes to the monoisotopic peak and rescales the largest to 1.
void take_monoisotopic(const std::vector<float>& shares, std::vector<Fragment>& fragments) {
  float highest = 0;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    fragments[i].intensity *= shares[i];
    highest = std::max(highest, fragments[i].intensity);
  }
  for (Fragment& fragment : fragments) fragment.intensity /= highest;
}

}  // namespace

ChosenFragments choose_fragments(const Peptide& peptide,
                                 const predict::PredictedSpectrum& predicted, bool is_total,
                                 const FragmentRules& rules) {
  std::vector<Fragment> fragments = fragments_of(predicted.fragments);
  std::vector<float> shares;
  if (is_total) {
    shares = monoisotopic_shares(peptide, fragments);
    take_monoisotopic(shares, fragments);
  }
  std::erase_if(fragments, [&](const Fragment& fragment) { return !is_wanted(fragment, rules); });
  std::ranges::sort(fragments, [](const Fragment& a, const Fragment& b) {
    return a.intensity != b.intensity ? a.intensity > b.intensity : a.ion < b.ion;
  });
  ChosenFragments chosen;
  for (Fragment& fragment : fragments) {
    if (chosen.fragments.size() == static_cast<std::size_t>(rules.max_count)) break;
    const double mz = fragment_mz(peptide, fragment.ion).value;
    if (mz < rules.min_mz || mz > rules.max_mz) continue;
    fragment.mz = static_cast<float>(mz);
    const std::size_t place = fragment.spline;
    fragment.spline = 0;
    if (!predicted.splines.empty()) {
      fragment.spline = static_cast<std::uint16_t>(chosen.splines.size());
      kernel::SplineCoefficients& c = chosen.splines.emplace_back(predicted.splines[place]);
      if (is_total) std::ranges::for_each(c, [&](float& x) { x *= shares[place]; });
    }
    chosen.fragments.push_back(fragment);
  }
  return chosen;
}

}  // namespace overland::library_build
