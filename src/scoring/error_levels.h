// Error rates of precursors, peptides and protein groups in one scope: one run, or the best scores
// over all runs ("global"). Targets compete with their decoys at each of the three levels.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace overland::scoring {

inline constexpr std::uint32_t kNoGroup = std::numeric_limits<std::uint32_t>::max();

// One row per precursor of the scope, targets and decoys; higher scores are better.
struct LevelRows {
  std::vector<float> score;
  std::vector<std::uint32_t> ion;      // indistinguishable precursors and their decoys
  std::vector<std::uint32_t> peptide;  // modified sequence and its decoys, all charges
  std::vector<std::uint32_t> family;   // all forms of a peptide
  std::vector<std::uint32_t> group;    // protein group, or kNoGroup
  std::vector<std::uint8_t> member;    // 0: target; otherwise the number of the decoy
  [[nodiscard]] std::size_t size() const { return score.size(); }
};

struct Rates {
  double q_value = 1, pep = 1;
};

// Per row: rates of the precursor, of its peptide and of its protein group; 1 if another member of
// the same competition group (a decoy of this target, or the target of this decoy) won.
struct LevelRates {
  std::vector<Rates> precursor, peptide, protein;
  // Score of the row's protein group and member; -infinity if no winning precursor supports it.
  std::vector<float> protein_score;
};

// Peptides compete with the best score over their charges. Protein groups compete with
//   score(group, member) = sum over its families of max over winning precursors of -ln PEP
// where PEP is at least kLeastPep and is fitted on the other half of the groups, so that a label
// does not influence its own PEP. A group's score uses precursors that won against their decoys; a
// decoy group's score uses decoys that won. An absent group and its decoy groups are therefore
// exchangeable: picked-protein FDR (Savitski et al. 2015) applied to groups.
[[nodiscard]] LevelRates level_rates(const LevelRows& rows, double decoys_per_target);

inline constexpr double kLeastPep = 1e-3;

}  // namespace overland::scoring
