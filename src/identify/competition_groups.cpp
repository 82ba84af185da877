#include "identify/competition_groups.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <map>
#include <utility>

#include "base/files/hash.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "scoring/feature_matrix.h"

namespace overland::identify {
namespace {

// Numbers the distinct keys 0, 1, ... in the order in which they first appear. The keys are hashes,
// so that their low bits are positions in an open-addressing table.
std::vector<std::uint32_t> numbered(const std::vector<std::uint64_t>& key) {
  constexpr std::uint32_t kFree = UINT32_MAX;
  const std::size_t mask = std::bit_ceil(2 * key.size() + 1) - 1;
  std::vector<std::uint32_t> table(mask + 1, kFree);  // number of the key at each position
  std::vector<std::uint64_t> distinct;
  std::vector<std::uint32_t> number(key.size());
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::size_t place = key[i] & mask;
    while (table[place] != kFree && distinct[table[place]] != key[i]) place = (place + 1) & mask;
    if (table[place] == kFree) {
      table[place] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(key[i]);
    }
    number[i] = table[place];
  }
  return number;
}

std::uint32_t pair_count(const library::LibraryView& library) {
  std::uint32_t pairs = 0;
  for (const std::uint32_t pair : library.pair) pairs = std::max(pairs, pair + 1);
  return pairs;
}

// Per pair: its target, or its first decoy if the library has no target.
std::vector<std::uint32_t> representatives(const library::LibraryView& library) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> representative(pair_count(library), kNone);
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    std::uint32_t& known = representative[library.pair[p]];
    const bool is_better = known == kNone || library.is_decoy[known] > library.is_decoy[p];
    if (is_better) known = p;
  }
  return representative;
}

// Calls body(pair, folded sequence of the pair) for all pairs that have a precursor, in parallel.
template <class Body>
void for_pairs(const library::LibraryView& library, std::span<const std::uint32_t> representative,
               const Machine& machine, const Body& body) {
  constexpr std::size_t kRange = 1 << 14;
  parallel_ranges(representative.size(), kRange, machine, [&](std::size_t first, std::size_t last) {
    for (std::size_t pair = first; pair < last; ++pair) {
      if (representative[pair] == UINT32_MAX) continue;
      body(PairId(static_cast<std::uint32_t>(pair)),
           folded(library.modified_sequence[representative[pair]]));
    }
  });
}

std::uint8_t fold_of(std::uint64_t family) {
  return static_cast<std::uint8_t>(family % scoring::kFolds);
}

// Families whose pairs have different protein sets (because they differ by I and L) get the union.
void merge_protein_sets(CompetitionGroups& competition, std::uint32_t sets) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> family_set;
  for (PairId pair; pair.index() < competition.family.size(); ++pair) {
    family_set.emplace_back(competition.family[pair], competition.protein_set[pair]);
  }
  std::sort(family_set.begin(), family_set.end());
  family_set.erase(std::unique(family_set.begin(), family_set.end()), family_set.end());
  std::map<std::vector<std::uint32_t>, std::uint32_t> merged;
  std::map<std::uint32_t, std::uint32_t> merged_of_family;
  for (std::size_t i = 0; i < family_set.size();) {
    std::vector<std::uint32_t> rows;
    const std::uint32_t family = family_set[i].first;
    for (; i < family_set.size() && family_set[i].first == family; ++i)
      rows.push_back(family_set[i].second);
    if (rows.size() == 1) continue;
    const auto next = sets + static_cast<std::uint32_t>(competition.merged_sets.size());
    const auto [it, is_new] = merged.emplace(rows, next);
    if (is_new) competition.merged_sets.push_back(std::move(rows));
    merged_of_family[family] = it->second;
  }
  for (PairId pair; pair.index() < competition.family.size(); ++pair) {
    const auto it = merged_of_family.find(competition.family[pair]);
    if (it != merged_of_family.end()) competition.protein_set[pair] = it->second;
  }
}

void sort_distinct(std::vector<std::uint32_t>& values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
}

void keep_common(std::vector<std::string_view>& genes, const std::vector<std::string_view>& other) {
  std::erase_if(genes,
                [&](std::string_view g) { return std::ranges::find(other, g) == other.end(); });
}

}  // namespace

FoldedSequence folded(std::string_view modified_sequence) {
  FoldedSequence sequence;
  int depth = 0;
  for (const char c : modified_sequence) {
    if (c == '(' || c == '[') ++depth;
    const bool is_residue = depth == 0 && c >= 'A' && c <= 'Z';
    const char letter = is_residue && c == 'I' ? 'L' : c;
    sequence.modified += letter;
    if (is_residue) sequence.residues += letter;
    if (c == ')' || c == ']') --depth;
  }
  return sequence;
}

std::vector<std::string_view> split_names(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    if (end > 0) names.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

std::vector<std::uint8_t> folds_of_pairs(const library::LibraryView& library,
                                         const Machine& machine) {
  const std::vector<std::uint32_t> representative = representatives(library);
  std::vector<std::uint8_t> fold(representative.size(), 0);
  for_pairs(library, representative, machine, [&](PairId pair, const FoldedSequence& sequence) {
    fold[pair.index()] = fold_of(hash_seed(sequence.residues));
  });
  return fold;
}

CompetitionGroups competition_groups(const library::LibraryView& library, const Machine& machine) {
  const std::vector<std::uint32_t> representative = representatives(library);
  const std::size_t pairs = representative.size();
  CompetitionGroups competition;
  competition.protein_set = PerId<PairId, std::uint32_t>(pairs, 0);
  competition.fold = PerId<PairId, std::uint8_t>(pairs, 0);
  // Keys of ion, peptide and family.
  std::array<std::vector<std::uint64_t>, 3> key;
  for (auto& k : key) k.assign(pairs, 0);
  for_pairs(library, representative, machine, [&](PairId pair, const FoldedSequence& sequence) {
    const std::size_t i = pair.index();
    key[1][i] = hash_seed(sequence.modified);
    key[0][i] = mix64(key[1][i] + library.charge[representative[i]]);
    key[2][i] = hash_seed(sequence.residues);
    competition.fold[pair] = fold_of(key[2][i]);
    competition.protein_set[pair] = library.protein_set[representative[i]];
  });
  const std::array numbers{&competition.ion, &competition.peptide, &competition.family};
  parallel_for(key.size(), machine, [&](std::size_t i, int) {
    *numbers[i] = PerId<PairId, std::uint32_t>(numbered(key[i]));
  });
  PerId<PairId, std::uint8_t> decoys(pairs, 0);
  competition.member = PerId<PrecursorId, std::uint8_t>(library.precursor_count(), 0);
  for (PrecursorId p; p.index() < library.precursor_count(); ++p) {
    if (library.is_decoy[p.index()] != 0) competition.member[p] = ++decoys[library.pair_of(p)];
  }
  competition.own_protein_set = competition.protein_set;
  merge_protein_sets(competition, static_cast<std::uint32_t>(library.protein_ids.size()));
  return competition;
}

ProteinCatalogue protein_catalogue(const library::LibraryView& library,
                                   const CompetitionGroups& competition) {
  ProteinCatalogue catalogue;
  const std::size_t sets = library.protein_ids.size();
  for (std::size_t s = 0; s < sets; ++s) {
    std::ranges::copy(split_names(library.protein_ids[s]), std::back_inserter(catalogue.accession));
  }
  std::ranges::sort(catalogue.accession);
  const auto repeated = std::ranges::unique(catalogue.accession);
  catalogue.accession.erase(repeated.begin(), repeated.end());
  catalogue.genes.resize(catalogue.accession.size());
  std::vector<std::uint8_t> is_known(catalogue.accession.size(), 0);
  for (std::size_t s = 0; s < sets; ++s) {
    const std::vector<std::string_view> genes = split_names(library.genes[s]);
    std::vector<std::uint32_t>& members = catalogue.set.emplace_back();
    for (const std::string_view name : split_names(library.protein_ids[s])) {
      const auto place = std::ranges::lower_bound(catalogue.accession, name);
      const auto p = static_cast<std::uint32_t>(place - catalogue.accession.begin());
      members.push_back(p);
      if (is_known[p] != 0) {
        keep_common(catalogue.genes[p], genes);
      } else {
        catalogue.genes[p] = genes;
      }
      is_known[p] = 1;
    }
    sort_distinct(members);
  }
  for (const std::vector<std::uint32_t>& rows : competition.merged_sets) {
    std::vector<std::uint32_t> members;
    for (const std::uint32_t s : rows)
      std::ranges::copy(catalogue.set[s], std::back_inserter(members));
    sort_distinct(members);
    catalogue.set.push_back(std::move(members));
  }
  return catalogue;
}

}  // namespace overland::identify
