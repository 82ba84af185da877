// Error rates of precursors, peptides and protein groups in one scope: a run, or the best of all
// runs ("global"). Each level is a competition of its own of targets with their own decoys.
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
  std::vector<std::uint32_t> ion;      // precursors that cannot be told apart, with their decoys
  std::vector<std::uint32_t> peptide;  // a modified sequence with its decoys, all charges
  std::vector<std::uint32_t> family;   // all forms of a peptide
  std::vector<std::uint32_t> group;    // of proteins, or kNoGroup
  std::vector<std::uint8_t> member;    // 0: target, else the number of the decoy
  [[nodiscard]] std::size_t size() const { return score.size(); }
};

struct Rates {
  double q_value = 1, pep = 1;
};

// Per row: of itself, of its peptide and of its protein group; 1 where another member of the same
// unit (the decoy of a target, the target of a decoy) won.
struct LevelRates {
  std::vector<Rates> precursor, peptide, protein;
  std::vector<float> protein_score;  // of the row's group and member; -infinity without evidence
};

// Peptides compete with the best score of their charges. Protein groups compete with
//   score(group, member) = sum over its families of max over winning precursors of -ln PEP
// (PEP bounded below by kLeastPep, and fitted on the other half of the groups, so that no label
// sets its own): evidence from precursors that won against their decoys (or for
// a decoy group, decoys that won), so that an absent group and its decoy groups are exchangeable:
// picked-protein FDR (Savitski et al. 2015) on groups.
[[nodiscard]] LevelRates level_rates(const LevelRows& rows, double decoys_per_target);

inline constexpr double kLeastPep = 1e-3;

}  // namespace overland::scoring
