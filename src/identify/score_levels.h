// Error rates of precursors, peptides and protein groups, from one score per precursor and run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "identify/competition_groups.h"
#include "scoring/error_levels.h"

namespace overland::identify {

struct Candidates {  // the candidates of one scope; parallel columns, ascending by precursor
  std::vector<std::uint32_t> precursor;
  std::vector<float> score;
};

// Protein groups of the whole search; each pair belongs to at most one group.
struct ProteinGrouping {
  PerId<PairId, std::uint32_t> group_of_pair;  // kNoGroup: no group
  PerId<PairId, std::uint8_t> is_razor;        // another group contains one of its proteins
  PerId<PairId, std::uint8_t> is_of_group;     // a protein of the pair's own set is in the group
  std::vector<std::string> protein_ids;        // per group: accessions, joined by ';'
  std::vector<std::string> genes;              // per group: genes, joined by ';'
};

// Winners with a global q-value <= kConfidentQValue define the protein groups. Proteins without
// such a winner are grouped by winners up to kWeakQValue. Targets and decoys are treated alike.
inline constexpr double kConfidentQValue = 0.01;
inline constexpr double kWeakQValue = 0.5;

// Targets that differ only by I/L get one reported name in all runs: the precursor with a protein
// in the protein group; ties: the better global score, then the first in the library.
struct IonNames {
  std::vector<std::uint32_t> name;     // per precursor: the precursor whose name is reported for it
  std::vector<std::uint32_t> il_twin;  // per precursor: another precursor of the ion, or kNoGroup
};
[[nodiscard]] IonNames name_ions(const Candidates& global, const library::LibraryView& library,
                                 const CompetitionGroups& competition,
                                 const ProteinGrouping& grouping);

class ErrorLevels {
 public:
  ErrorLevels(const library::LibraryView& library, const CompetitionGroups& competition,
              double decoys_per_target)
      : library_(library), competition_(competition), k_(decoys_per_target) {}

  // Infers the protein groups from the best scores over all runs.
  [[nodiscard]] ProteinGrouping group_proteins(const Candidates& global) const;
  [[nodiscard]] scoring::LevelRates rates(const Candidates& scope,
                                          const ProteinGrouping& grouping) const;

 private:
  [[nodiscard]] scoring::LevelRows rows(const Candidates& scope) const;

  const library::LibraryView& library_;
  const CompetitionGroups& competition_;
  double k_;
};

}  // namespace overland::identify
