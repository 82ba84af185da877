#include "scoring/error_levels.h"

#include <algorithm>
#include <tuple>

#include "base/pinned_math.h"
#include "scoring/false_discovery.h"

namespace overland {
namespace {

std::vector<std::uint8_t> decoy_flags(std::span<const std::uint8_t> member) {
  std::vector<std::uint8_t> flags;
  flags.reserve(member.size());
  for (const std::uint8_t m : member) flags.push_back(m != 0 ? 1 : 0);
  return flags;
}

std::vector<Rates> zipped(const ErrorRates& rates) {
  std::vector<Rates> both(rates.q_value.size());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = {rates.q_value[i], rates.pep[i]};
  return both;
}

// The winner's rates for all rows of its unit and member, 1 for those of others.
std::vector<Rates> shared_by_unit(const LevelRows& rows, std::span<const std::uint32_t> unit,
                                  const std::vector<std::uint8_t>& is_decoy, double k) {
  const ErrorRates own = error_rates(rows.score, unit, is_decoy, k);
  const std::vector<std::uint32_t> winners = compete(rows.score, unit, is_decoy).winners;
  std::vector<std::uint32_t> winner_of;
  for (const std::uint32_t w : winners) {
    if (unit[w] >= winner_of.size()) winner_of.resize(unit[w] + 1, 0);
    winner_of[unit[w]] = w;
  }
  std::vector<Rates> rates(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t w = winner_of[unit[i]];
    if (rows.member[w] == rows.member[i]) rates[i] = {own.q_value[w], own.pep[w]};
  }
  return rates;
}

struct Evidence {  // of one winning precursor for its group
  std::uint32_t group, family, row;
  std::uint8_t member;
  double strength;
};

std::vector<Evidence> evidence_of_winners(const LevelRows& rows,
                                          const std::vector<Rates>& precursor,
                                          const std::vector<std::uint8_t>& is_decoy) {
  std::vector<Evidence> evidence;
  for (const std::uint32_t w : compete(rows.score, rows.ion, is_decoy).winners) {
    if (rows.group[w] == kNoGroup) continue;
    evidence.push_back({rows.group[w], rows.family[w], w, rows.member[w],
                        -pinned::log(std::max(precursor[w].pep, kLeastPep))});
  }
  std::ranges::sort(evidence, [&](const Evidence& a, const Evidence& b) {
    return std::tuple(a.group, a.member, a.family, -rows.score[a.row], a.row) <
           std::tuple(b.group, b.member, b.family, -rows.score[b.row], b.row);
  });
  return evidence;
}

struct GroupScores {
  std::vector<float> score;
  std::vector<std::uint32_t> group;
  std::vector<std::uint8_t> member;
};

// Adds the best precursor of each family. Equal sums are told apart by the best score, which enters
// with a weight too small to change an order otherwise.
GroupScores group_scores(const LevelRows& rows, const std::vector<Evidence>& evidence) {
  constexpr double kTieBreak = 1e-4;
  GroupScores groups;
  std::vector<double> sum;
  std::vector<double> best;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const Evidence& e = evidence[i];
    const double score = static_cast<double>(rows.score[e.row]);
    const bool is_new =
        i == 0 || e.group != evidence[i - 1].group || e.member != evidence[i - 1].member;
    if (is_new) {
      groups.group.push_back(e.group);
      groups.member.push_back(e.member);
      sum.push_back(0);
      best.push_back(score);
    }
    if (is_new || e.family != evidence[i - 1].family) sum.back() += e.strength;
    best.back() = std::max(best.back(), score);
  }
  for (std::size_t g = 0; g < sum.size(); ++g) {
    groups.score.push_back(static_cast<float>(sum[g] + kTieBreak * best[g]));
  }
  return groups;
}

std::vector<Rates> protein_rates(const LevelRows& rows, const std::vector<Rates>& precursor,
                                 const std::vector<std::uint8_t>& is_decoy, double k) {
  const GroupScores groups = group_scores(rows, evidence_of_winners(rows, precursor, is_decoy));
  const ErrorRates rates = error_rates(groups.score, groups.group, decoy_flags(groups.member), k);
  // Groups ascend by (group, member).
  std::vector<Rates> result(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto range = std::ranges::equal_range(groups.group, rows.group[i]);
    for (auto it = range.begin(); it != range.end(); ++it) {
      const auto g = static_cast<std::size_t>(it - groups.group.begin());
      if (groups.member[g] == rows.member[i]) result[i] = {rates.q_value[g], rates.pep[g]};
    }
  }
  return result;
}

}  // namespace

LevelRates level_rates(const LevelRows& rows, double decoys_per_target) {
  const std::vector<std::uint8_t> is_decoy = decoy_flags(rows.member);
  LevelRates rates;
  rates.precursor = zipped(error_rates(rows.score, rows.ion, is_decoy, decoys_per_target));
  rates.peptide = shared_by_unit(rows, rows.peptide, is_decoy, decoys_per_target);
  rates.protein = protein_rates(rows, rates.precursor, is_decoy, decoys_per_target);
  return rates;
}

}  // namespace overland
