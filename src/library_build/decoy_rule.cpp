#include "library_build/decoy_rule.h"

#include <algorithm>
#include <cmath>

#include "base/files/hash.h"
#include "base/rng.h"

namespace overland::library_build {
namespace {

constexpr std::uint64_t kStreamsPerIndex = 64;
static_assert(kStreamsPerIndex > kMostShuffles, "no two counterparts share a stream");
constexpr double kMovedTh = 0.05;
constexpr double kLeastMovedOfKept = 0.5;
constexpr double kLeastMovedOfAll = 0.75;

bool has_moved(double shift) {
  return std::abs(shift) > kMovedTh;
}

}  // namespace

ResidueOrder shuffle_for(std::string_view residues, std::uint64_t seed, int index, int attempt) {
  const std::uint64_t stream =
      static_cast<std::uint64_t>(index) * kStreamsPerIndex + static_cast<std::uint64_t>(attempt);
  return shuffled_but_last(residues.size(), Rng(seed ^ hash_seed(residues), stream));
}

bool is_unlike(const Peptide& counterpart, const Peptide& original,
               std::span<const library::LibraryPrecursor::Fragment> kept) {
  const auto moved =
      std::ranges::count_if(kept, [&](const library::LibraryPrecursor::Fragment& fragment) {
        return has_moved(fragment_mz(counterpart, fragment.ion).value -
                         fragment_mz(original, fragment.ion).value);
      });
  return static_cast<double>(moved) >= kLeastMovedOfKept * static_cast<double>(kept.size());
}

bool is_unlike(std::string_view counterpart, std::string_view original) {
  double n_shift = 0;
  double c_shift = 0;
  std::size_t moved = 0;
  for (std::size_t i = 0; i + 1 < original.size(); ++i) {
    const std::size_t j = original.size() - 1 - i;
    n_shift += residue_mass(counterpart[i]) - residue_mass(original[i]);
    c_shift += residue_mass(counterpart[j]) - residue_mass(original[j]);
    moved += (has_moved(n_shift) ? 1U : 0U) + (has_moved(c_shift) ? 1U : 0U);
  }
  const auto ions = 2.0 * static_cast<double>(original.size() - 1);
  return static_cast<double>(moved) >= kLeastMovedOfAll * ions;
}

}  // namespace overland::library_build
