#include "library_build/precursor_range.h"

#include <algorithm>
#include <string>

namespace overland::library_build {

bool is_in_range(const Peptide& peptide, int charge, const BlockRules& rules) {
  const double mz = precursor_mz(peptide, charge).value;
  return mz >= rules.min_mz && mz <= rules.max_mz;
}

std::uint64_t count_in_range(const FormSource& source, std::span<const Modifications> labelled,
                             const BlockRules& rules) {
  std::uint64_t count = 0;
  for (const Modifications& form : labelled) {
    const Peptide peptide{std::string(source.residues), form};
    for (int charge = rules.min_charge; charge <= rules.max_charge; ++charge) {
      count += is_in_range(peptide, charge, rules) ? 1U : 0U;
    }
  }
  return count;
}

std::uint64_t outside_range(const FormSource& source, std::span<const Modifications> labelled,
                            const BlockRules& rules) {
  const int charges = rules.max_charge - rules.min_charge + 1;
  return labelled.size() * static_cast<std::uint64_t>(charges) -
         count_in_range(source, labelled, rules);
}

std::vector<std::uint8_t> charges_in_range(const FormSource& source,
                                           std::span<const Modifications> labelled,
                                           const BlockRules& rules) {
  std::vector<std::uint8_t> charges;
  for (int charge = rules.min_charge; charge <= rules.max_charge; ++charge) {
    const bool fits = std::ranges::any_of(labelled, [&](const Modifications& form) {
      return is_in_range({std::string(source.residues), form}, charge, rules);
    });
    if (fits) charges.push_back(static_cast<std::uint8_t>(charge));
  }
  return charges;
}

}  // namespace overland::library_build
