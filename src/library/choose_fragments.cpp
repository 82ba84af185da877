#include "library/choose_fragments.h"

#include <algorithm>

namespace overland {
namespace {

bool is_wanted(const PredictedFragment& fragment, const FragmentRules& rules) {
  const FragmentIon& ion = fragment.ion;
  const int least = ion.type == FragmentType::b ? rules.min_b_ordinal : rules.min_y_ordinal;
  return ion.ordinal >= least && ion.charge <= rules.max_charge && fragment.intensity > 0 &&
         static_cast<double>(fragment.intensity) >= rules.min_intensity;
}

}  // namespace

std::vector<LibraryPrecursor::Fragment> choose_fragments(
    const Peptide& peptide, std::span<const PredictedFragment> predicted,
    const FragmentRules& rules) {
  std::vector<PredictedFragment> wanted;
  for (const PredictedFragment& fragment : predicted) {
    if (is_wanted(fragment, rules)) wanted.push_back(fragment);
  }
  std::ranges::sort(wanted, [](const PredictedFragment& a, const PredictedFragment& b) {
    return a.intensity != b.intensity ? a.intensity > b.intensity : a.ion < b.ion;
  });
  std::vector<LibraryPrecursor::Fragment> chosen;
  for (const PredictedFragment& fragment : wanted) {
    if (chosen.size() == static_cast<std::size_t>(rules.max_count)) break;
    const double mz = fragment_mz(peptide, fragment.ion).value;
    if (mz < rules.min_mz || mz > rules.max_mz) continue;
    chosen.push_back(
        {.ion = fragment.ion, .mz = static_cast<float>(mz), .intensity = fragment.intensity});
  }
  return chosen;
}

}  // namespace overland
