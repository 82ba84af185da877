#include "search/isotope_templates.h"

#include <algorithm>
#include <array>

#include "chemistry/constants.h"

namespace overland::search {
namespace {

// Of the template's sum. What is left out can mislead by no more than that.
constexpr float kLeastShare = 0.03F;
constexpr double kHeaviestVisible = 2 * kCarbon13Spacing;  // Th: M+2 of a singly charged one

}  // namespace

IsotopeTemplates::IsotopeTemplates(const RunView& view, const RunModels& models,
                                   const params::SecondPassParameters& config,
                                   const run::IsolationWindow& window)
    : library_(view.library),
      transmission_(models.quad, static_cast<double>(window.low_mz),
                    static_cast<double>(window.high_mz)),
      nominal_{Mz{static_cast<double>(window.low_mz)}, Mz{static_cast<double>(window.high_mz)}},
      range_(nominal_),
      min_transmitted_(config.second_pass.min_transmitted),
      is_on_(config.second_pass.isotopes) {
  if (!is_on_ || min_transmitted_ >= 1) return;
  range_.low = std::min(nominal_.low, Mz{transmission_.low_reach() - kHeaviestVisible});
  range_.high = std::max(nominal_.high, Mz{transmission_.high_reach()});
}

bool IsotopeTemplates::is_visible(PrecursorId precursor) const {
  const double mz = static_cast<double>(library_.precursor_mz[precursor.index()]);
  if (is_nominal(mz)) return true;
  const int charge = library_.charge[precursor.index()];
  const auto passed = transmission_.isotopes(mz, kCarbon13Spacing / charge);
  return kernel::transmitted_share((mz - kProtonMass) * charge, passed) >= min_transmitted_;
}

kernel::TemplateIsotopes IsotopeTemplates::shape(PrecursorId precursor,
                                                 std::span<float> intensity) const {
  kernel::TemplateIsotopes isotopes;
  if (!is_on_) return isotopes;
  const double mz = static_cast<double>(library_.precursor_mz[precursor.index()]);
  const int charge = library_.charge[precursor.index()];
  const double mass = (mz - kProtonMass) * charge;
  const auto passed = transmission_.isotopes(mz, kCarbon13Spacing / charge);
  const std::uint64_t begin = library_.fragment_begin[precursor.index()];
  std::array<float, kernel::kTraceFragments> first{};
  float total = 0;
  for (std::size_t f = 0; f < intensity.size(); ++f) {
    const int fragment_charge =
        std::max(1, library::kind_charge(library_.fragment_kind[begin + f]));
    const double fragment_mass =
        (static_cast<double>(library_.fragment_mz[begin + f]) - kProtonMass) * fragment_charge;
    const kernel::FragmentShares shares = kernel::fragment_shares(fragment_mass, mass, passed);
    first[f] = intensity[f] * shares.first;
    intensity[f] *= shares.mono;
    total += intensity[f];
  }
  for (std::size_t f = 0; f < intensity.size(); ++f) {
    if (!(first[f] >= kLeastShare * total) || isotopes.count == kernel::kTraceIsotopes) continue;
    const int fragment_charge =
        std::max(1, library::kind_charge(library_.fragment_kind[begin + f]));
    isotopes.mz[isotopes.count] = static_cast<float>(
        static_cast<double>(library_.fragment_mz[begin + f]) + kCarbon13Spacing / fragment_charge);
    isotopes.fragment[isotopes.count] = static_cast<std::uint8_t>(f);
    isotopes.intensity[isotopes.count++] = first[f];
  }
  return isotopes;
}

}  // namespace overland::search
