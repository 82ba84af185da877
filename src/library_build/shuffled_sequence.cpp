#include "library_build/shuffled_sequence.h"

#include <algorithm>

namespace overland::library_build {

std::string fold_isoleucine(std::string residues) {
  std::ranges::replace(residues, 'I', 'L');
  return residues;
}

std::string permuted(std::string_view residues, const ResidueOrder& order) {
  std::string result;
  result.reserve(order.size());
  for (const std::uint32_t from : order) result.push_back(residues[from]);
  return result;
}

ResidueOrder unchanged_order(std::size_t length) {
  ResidueOrder order;
  order.reserve(length);
  for (std::uint32_t i = 0; i < length; ++i) order.push_back(i);
  return order;
}

ResidueOrder reversed_but_last(std::size_t length) {
  ResidueOrder order = unchanged_order(length);
  std::reverse(order.begin(), order.end() - 1);
  return order;
}

// Fisher-Yates on all residues but the last.
ResidueOrder shuffled_but_last(std::size_t length, Rng random) {
  ResidueOrder order = unchanged_order(length);
  for (std::size_t i = length - 1; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

Peptide permuted(const Peptide& peptide, const ResidueOrder& order) {
  Peptide result{permuted(peptide.residues, order), {}};
  auto& moved = result.modifications;
  for (Modification modification : peptide.modifications) {
    const bool is_terminal =
        modification.site < 0 || static_cast<std::size_t>(modification.site) >= order.size();
    if (!is_terminal) {
      const auto from = static_cast<std::uint32_t>(modification.site);
      modification.site = static_cast<std::int16_t>(std::ranges::find(order, from) - order.begin());
    }
    moved.insert(std::ranges::upper_bound(moved, modification.site, {}, &Modification::site),
                 modification);
  }
  return result;
}

}  // namespace overland::library_build
