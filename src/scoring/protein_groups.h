// Parsimonious protein groups: a greedy search for the fewest proteins that explain all peptides.
//
// The input is a list of protein sets; a set represents the peptides that exactly its proteins
// contain. Rules:
//   - the next protein chosen is the one that explains most confident peptides not yet explained;
//     ties: more peptides in total, then the lower number (callers number proteins by name);
//   - proteins that explain the same remaining peptides are indistinguishable and form one group;
//   - a protein whose peptides are all explained by earlier groups gets no group;
//   - a set is assigned to the first chosen group that contains one of its proteins (razor);
//   - afterwards the same rules are applied to weak peptides that no group explains yet.
// The result does not depend on the order of the sets, nor on target or decoy labels.
#pragma once

#include <cstdint>
#include <vector>

namespace overland::scoring {

struct ProteinEvidence {
  std::vector<std::uint64_t> begin{0};   // sets + 1 offsets
  std::vector<std::uint32_t> protein;    // within a set: distinct, ascending
  std::vector<std::uint32_t> confident;  // per set: number of distinct confident peptides
  std::vector<std::uint32_t> weak;       // per set: number of the other distinct peptides
  void add(const std::vector<std::uint32_t>& proteins, std::uint32_t confident_peptides,
           std::uint32_t weak_peptides);
  [[nodiscard]] std::size_t set_count() const { return confident.size(); }
};

struct ProteinGroups {
  // Proteins of each group, ascending; groups in the order of their first proteins.
  std::vector<std::vector<std::uint32_t>> members;
  std::vector<std::uint32_t> group_of_set;
  std::vector<std::uint8_t> is_shared;  // per set: 1 if its proteins are in more than one group
};

[[nodiscard]] ProteinGroups infer_protein_groups(const ProteinEvidence& evidence,
                                                 std::uint32_t protein_count);

}  // namespace overland::scoring
