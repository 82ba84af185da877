#include "kernel/isotope_transmission.h"

#include <algorithm>

#include "base/pinned_math.h"

namespace overland::kernel {

std::array<double, kFragmentIsotopes> transmitted_fragment(
    const IsotopeSeries& fragment, const IsotopeSeries& complement,
    const IsotopeTransmission& transmission) {
  const auto own = relative_isotopes(fragment);
  const auto rest = relative_isotopes(complement);
  const double scale = pinned::exp(fragment[0] + complement[0]);
  std::array<double, kFragmentIsotopes> shares{};
  for (std::size_t f = 0; f < kFragmentIsotopes; ++f) {
    for (std::size_t c = 0; f + c < kIsotopeCount; ++c) {
      shares[f] += scale * own[f] * rest[c] * transmission[f + c];
    }
  }
  return shares;
}

FragmentShares fragment_shares(double fragment_mass, double precursor_mass,
                               const IsotopeTransmission& transmission) {
  const auto rest =
      relative_isotopes(averagine_series(std::max(0.0, precursor_mass - fragment_mass)));
  double whole = 0;
  double mono = 0;
  double first = 0;
  for (std::size_t c = 0; c < kIsotopeCount; ++c) {
    whole += rest[c];
    mono += rest[c] * transmission[c];
    if (c + 1 < kIsotopeCount) first += rest[c] * transmission[c + 1];
  }
  const double own = averagine_series(fragment_mass)[1];
  return {static_cast<float>(mono / whole), static_cast<float>(own * first / whole)};
}

double transmitted_share(double precursor_mass, const IsotopeTransmission& transmission) {
  const auto pattern = relative_isotopes(averagine_series(precursor_mass));
  double passed = 0;
  double whole = 0;
  for (std::size_t k = 0; k < kIsotopeCount; ++k) {
    whole += pattern[k];
    passed += pattern[k] * transmission[k];
  }
  return passed / whole;
}

}  // namespace overland::kernel
