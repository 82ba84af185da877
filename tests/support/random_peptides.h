// Random peptides and precursors for the tests of this folder.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "library/library.h"

namespace overland::support {

// Tryptic in form: 6 .. 30 residues, K or R at the end, oxidised Met and carbamidomethyl Cys.
inline Peptide random_peptide(Rng& random) {
  constexpr std::string_view kLetters = "ACDEFGHILMNPQSTVWY";
  Peptide peptide;
  const std::uint64_t length = 6 + random.below(25);
  for (std::uint64_t i = 1; i < length; ++i) {
    const char residue = kLetters[random.below(kLetters.size())];
    const auto site = static_cast<std::int16_t>(i - 1);
    peptide.residues += residue;
    if (residue == 'C') peptide.modifications.push_back({site, 4, 57.02146372});
    if (residue == 'M' && random.below(3) == 0) {
      peptide.modifications.push_back({site, 35, 15.99491462});
    }
  }
  peptide.residues += random.below(2) == 0 ? 'K' : 'R';
  return peptide;
}

inline library::LibraryPrecursor random_precursor(Rng& random) {
  library::LibraryPrecursor precursor;
  precursor.peptide = random_peptide(random);
  precursor.charge = 2 + static_cast<int>(random.below(2));
  precursor.irt = static_cast<float>(random.uniform() * 100);
  precursor.protein_ids = "P" + std::to_string(random.below(300));
  precursor.genes = "g" + precursor.protein_ids;
  std::set<FragmentIon> ions;
  const std::size_t length = precursor.peptide.residues.size();
  for (std::uint64_t n = 3 + random.below(12); n > 0; --n) {
    ions.insert({random.below(3) == 0 ? FragmentType::b : FragmentType::y,
                 static_cast<std::uint8_t>(1 + random.below(length - 1)),
                 static_cast<std::uint8_t>(1 + random.below(2))});
  }
  for (const FragmentIon& ion : ions) {
    precursor.fragments.push_back({ion, 0, static_cast<float>(1 + random.below(10000))});
  }
  return precursor;
}

// No two of one sequence.
inline std::vector<library::LibraryPrecursor> random_precursors(std::size_t count,
                                                                std::uint64_t seed) {
  Rng random(seed, 0);
  std::set<std::string> seen;
  std::vector<library::LibraryPrecursor> precursors;
  while (precursors.size() < count) {
    library::LibraryPrecursor next = random_precursor(random);
    if (!seen.insert(next.peptide.residues).second) continue;
    next.pair = static_cast<std::uint32_t>(precursors.size());
    precursors.push_back(std::move(next));
  }
  return precursors;
}

}  // namespace overland::support
