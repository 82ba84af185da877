#include "identify/score_levels.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "scoring/protein_groups.h"

namespace overland::identify {
namespace {

struct FamilyOfSet {  // a peptide family that was found, and the set of its proteins
  std::uint32_t set, family;
  bool is_weak;  // weak entries sort after confident ones
};

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ';';
    text += name;
  }
  return text;
}

bool shares_one(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  return std::ranges::any_of(a, [&](std::uint32_t p) { return std::ranges::binary_search(b, p); });
}

// Counts the distinct families per protein set; a family with a confident entry is confident.
scoring::ProteinEvidence evidence_of(std::vector<FamilyOfSet> seen,
                                     const ProteinCatalogue& catalogue,
                                     std::vector<std::uint32_t>& sets) {
  const auto key = [](const FamilyOfSet& f) { return std::tuple(f.set, f.family, f.is_weak); };
  std::ranges::sort(seen, {}, key);
  scoring::ProteinEvidence evidence;
  for (std::size_t i = 0; i < seen.size();) {
    const std::uint32_t set = seen[i].set;
    std::uint32_t confident = 0;
    std::uint32_t weak = 0;
    for (std::uint32_t last = scoring::kNoGroup; i < seen.size() && seen[i].set == set; ++i) {
      if (seen[i].family != last) ++(seen[i].is_weak ? weak : confident);
      last = seen[i].family;
    }
    if (catalogue.set[set].empty()) continue;  // the library has no proteins
    sets.push_back(set);
    evidence.add(catalogue.set[set], confident, weak);
  }
  return evidence;
}

void name_groups(const scoring::ProteinGroups& groups, const ProteinCatalogue& catalogue,
                 ProteinGrouping& grouping) {
  for (const std::vector<std::uint32_t>& members : groups.members) {
    std::vector<std::string_view> names;
    std::vector<std::string_view> genes;
    for (const std::uint32_t p : members) {
      names.push_back(catalogue.accession[p]);
      std::ranges::copy(catalogue.genes[p], std::back_inserter(genes));
    }
    std::ranges::sort(genes);
    const auto repeated = std::ranges::unique(genes);
    genes.erase(repeated.begin(), repeated.end());
    grouping.protein_ids.push_back(joined(names));
    grouping.genes.push_back(joined(genes));
  }
}

}  // namespace

IonNames name_ions(const Candidates& global, const library::LibraryView& library,
                   const CompetitionGroups& competition, const ProteinGrouping& grouping) {
  struct Named {
    std::uint32_t ion;
    bool is_foreign;  // no protein of the precursor's own set is in the group
    float score;
    std::uint32_t precursor;
  };
  std::vector<Named> targets;
  for (std::size_t i = 0; i < global.precursor.size(); ++i) {
    const PrecursorId p(global.precursor[i]);
    if (competition.member[p] != 0) continue;
    const PairId pair = library.pair_of(p);
    targets.push_back(
        {competition.ion[pair], grouping.is_of_group[pair] == 0, global.score[i], p.index()});
  }
  std::ranges::sort(targets, {}, [](const Named& t) {
    return std::tuple(t.ion, t.is_foreign, -t.score, t.precursor);
  });
  IonNames names;
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) names.name.push_back(p);
  names.il_twin.assign(names.name.size(), scoring::kNoGroup);
  for (std::size_t i = 1, first = 0; i < targets.size(); ++i) {
    if (targets[i].ion != targets[first].ion) {
      first = i;
      continue;
    }
    names.name[targets[i].precursor] = targets[first].precursor;
    names.il_twin[targets[i].precursor] = targets[first].precursor;
    if (i == first + 1) names.il_twin[targets[first].precursor] = targets[i].precursor;
  }
  return names;
}

scoring::LevelRows ErrorLevels::rows(const Candidates& scope) const {
  scoring::LevelRows rows;
  rows.score = scope.score;
  for (const std::uint32_t row : scope.precursor) {
    const PrecursorId p(row);
    const PairId pair = library_.pair_of(p);
    rows.ion.push_back(competition_.ion[pair]);
    rows.peptide.push_back(competition_.peptide[pair]);
    rows.family.push_back(competition_.family[pair]);
    rows.member.push_back(competition_.member[p]);
  }
  return rows;
}

ProteinGrouping ErrorLevels::group_proteins(const Candidates& global) const {
  scoring::LevelRows own = rows(global);
  own.group.assign(own.size(), scoring::kNoGroup);
  const scoring::LevelRates rates = scoring::level_rates(own, k_);
  std::vector<FamilyOfSet> seen;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double q = rates.precursor[i].q_value;
    if (q > kWeakQValue) continue;
    const PairId pair = library_.pair_of(PrecursorId(global.precursor[i]));
    seen.push_back({competition_.protein_set[pair], own.family[i], q > kConfidentQValue});
  }
  const ProteinCatalogue catalogue = protein_catalogue(library_, competition_);
  std::vector<std::uint32_t> sets;
  const scoring::ProteinEvidence evidence = evidence_of(std::move(seen), catalogue, sets);
  const scoring::ProteinGroups groups = scoring::infer_protein_groups(
      evidence, static_cast<std::uint32_t>(catalogue.accession.size()));
  ProteinGrouping grouping;
  name_groups(groups, catalogue, grouping);
  std::vector<std::uint32_t> group_of_set(catalogue.set.size(), scoring::kNoGroup);
  std::vector<std::uint8_t> is_razor(catalogue.set.size(), 0);
  for (std::size_t s = 0; s < sets.size(); ++s) {
    group_of_set[sets[s]] = groups.group_of_set[s];
    is_razor[sets[s]] = groups.is_shared[s];
  }
  for (PairId pair; pair.index() < competition_.protein_set.size(); ++pair) {
    const std::uint32_t group = group_of_set[competition_.protein_set[pair]];
    grouping.group_of_pair.push_back(group);
    grouping.is_razor.push_back(is_razor[competition_.protein_set[pair]]);
    const bool is_of_group =
        group != scoring::kNoGroup &&
        shares_one(catalogue.set[competition_.own_protein_set[pair]], groups.members[group]);
    grouping.is_of_group.push_back(is_of_group ? 1 : 0);
  }
  return grouping;
}

scoring::LevelRates ErrorLevels::rates(const Candidates& scope,
                                       const ProteinGrouping& grouping) const {
  scoring::LevelRows own = rows(scope);
  for (const std::uint32_t p : scope.precursor) {
    own.group.push_back(grouping.group_of_pair[library_.pair_of(PrecursorId(p))]);
  }
  return scoring::level_rates(own, k_);
}

}  // namespace overland::identify
