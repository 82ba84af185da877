// Error rates at all levels, from one score per precursor and run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "identify/scoring_units.h"
#include "scoring/error_levels.h"

namespace overland::identify {

struct Candidates {  // of one scope; parallel, by precursor
  std::vector<std::uint32_t> precursor;
  std::vector<float> score;
};

// Over the whole search: every precursor belongs to one group at most.
struct ProteinGrouping {
  std::vector<std::uint32_t> group_of_pair;  // kNoGroup: no evidence
  std::vector<std::uint8_t> is_razor;        // per pair: another group holds one of its proteins
  std::vector<std::uint8_t> is_of_group;     // per pair: the group holds a protein of its own set
  std::vector<std::string> protein_ids;      // per group: members joined by ';'
  std::vector<std::string> genes;            // likewise
};

// Winners (targets or decoys: labels are not used) with a global q-value up to this are the sure
// evidence of the grouping; the others, up to kWeakQValue, are asked where those say nothing.
inline constexpr double kSureQValue = 0.01;
inline constexpr double kWeakQValue = 0.5;

// Of targets that differ by I and L alone one name is used in all runs: that of which the protein
// group holds a protein; then the better global score; then the first in the library.
struct IonNames {
  std::vector<std::uint32_t> name;  // per precursor: itself, or whose name it takes
  std::vector<std::uint32_t> twin;  // per precursor: another one of the same ion, or kNoGroup
};
[[nodiscard]] IonNames name_ions(const Candidates& global, const library::LibraryView& library,
                                 const ScoringUnits& units, const ProteinGrouping& grouping);

class ErrorLevels {
 public:
  ErrorLevels(const library::LibraryView& library, const ScoringUnits& units,
              double decoys_per_target)
      : library_(library), units_(units), k_(decoys_per_target) {}

  // Infers the groups from the best of all runs; before that there are none.
  [[nodiscard]] ProteinGrouping group_proteins(const Candidates& global) const;
  [[nodiscard]] scoring::LevelRates rates(const Candidates& scope,
                                          const ProteinGrouping& grouping) const;

 private:
  [[nodiscard]] scoring::LevelRows rows(const Candidates& scope) const;

  const library::LibraryView& library_;
  const ScoringUnits& units_;
  double k_;
};

}  // namespace overland::identify
