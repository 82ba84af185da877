// Parsimonious protein groups: the fewest proteins that explain all evidence, found greedily.
//
// Evidence comes as sets of proteins: each stands for the peptides that exactly these proteins
// share. Rules:
//   - the protein that explains most sure peptides not yet explained is taken next; ties: more
//     peptides in all, then the lower number (callers number proteins by name);
//   - proteins that explain the same remaining peptides cannot be told apart: one group;
//   - a protein whose peptides are all explained by others is absorbed;
//   - a set belongs to the first group taken that holds one of its proteins (razor);
//   - then the same for weak evidence that no group explains yet.
// The answer does not depend on the order of sets, and no label (target, decoy) is known here.
#pragma once

#include <cstdint>
#include <vector>

namespace overland::scoring {

struct ProteinEvidence {
  std::vector<std::uint64_t> begin{0};  // sets + 1 offsets
  std::vector<std::uint32_t> protein;   // of a set: distinct, ascending
  std::vector<std::uint32_t> sure;      // per set: distinct peptides that are sure
  std::vector<std::uint32_t> weak;      // likewise all others
  void add(const std::vector<std::uint32_t>& proteins, std::uint32_t sure_peptides,
           std::uint32_t weak_peptides);
  [[nodiscard]] std::size_t set_count() const { return sure.size(); }
};

struct ProteinGroups {
  std::vector<std::vector<std::uint32_t>> members;  // ascending; groups by their first member
  std::vector<std::uint32_t> group_of_set;
  std::vector<std::uint8_t> is_shared;  // per set: another group holds one of its proteins, too
};

[[nodiscard]] ProteinGroups infer_protein_groups(const ProteinEvidence& evidence,
                                                 std::uint32_t protein_count);

}  // namespace overland::scoring
