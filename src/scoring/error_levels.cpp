#include "scoring/error_levels.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"
#include "scoring/false_discovery.h"

namespace overland::scoring {
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

// Rates per row: the rates of the competition group's winner if the row belongs to the same member
// (target or the same decoy), otherwise 1.
std::vector<Rates> shared_by_group(const LevelRows& rows, std::span<const std::uint32_t> group,
                                   const std::vector<std::uint8_t>& is_decoy, double k) {
  const ErrorRates own = error_rates(rows.score, group, is_decoy, k);
  const std::vector<std::uint32_t> winners = compete(rows.score, group, is_decoy).winners;
  std::vector<std::uint32_t> winner_of;
  for (const std::uint32_t w : winners) {
    if (group[w] >= winner_of.size()) winner_of.resize(group[w] + 1, 0);
    winner_of[group[w]] = w;
  }
  std::vector<Rates> rates(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t w = winner_of[group[i]];
    if (rows.member[w] == rows.member[i]) rates[i] = {own.q_value[w], own.pep[w]};
  }
  return rates;
}

struct Evidence {  // contribution of one winning precursor to its protein group
  std::uint32_t group, family, row;
  std::uint8_t member;
  double strength;
};

// PEP as a function of the score, by two-fold cross-fitting: isotonic regression is fitted on the
// winners of one half of the groups and evaluated on the other half. Evaluated on its own half,
// each decoy would start a new step and get a lower PEP than its neighbouring targets.
class PepOfScore {
 public:
  // `winners`: rows in descending order of score.
  PepOfScore(const LevelRows& rows, std::span<const std::uint32_t> winners, std::uint32_t half,
             double k) {
    std::vector<double> is_decoy;
    for (const std::uint32_t w : winners) {
      if (half_of(rows.group[w]) != half) continue;
      score_.push_back(rows.score[w]);
      is_decoy.push_back(rows.member[w] != 0 ? 1 : 0);
    }
    pep_ = kernel::isotonic_fit(is_decoy, std::vector<double>(is_decoy.size(), 1.0));
    for (double& d : pep_) d = std::min(1.0, d / std::max(1 - d, 1e-12) / k);
  }
  static std::uint32_t half_of(std::uint32_t group) { return group & 1U; }
  // PEP of the last winner with at least this score; 1 if there are no winners.
  [[nodiscard]] double operator()(float score) const {
    if (pep_.empty()) return 1;
    const auto below = std::ranges::partition_point(score_, [&](float s) { return s >= score; });
    return pep_[static_cast<std::size_t>(std::max<std::ptrdiff_t>(below - score_.begin(), 1) - 1)];
  }

 private:
  std::vector<float> score_;
  std::vector<double> pep_;
};

std::vector<Evidence> evidence_of_winners(const LevelRows& rows,
                                          const std::vector<std::uint8_t>& is_decoy, double k) {
  const std::vector<std::uint32_t> winners = compete(rows.score, rows.ion, is_decoy).winners;
  const std::array<PepOfScore, 2> pep{PepOfScore(rows, winners, 1, k),
                                      PepOfScore(rows, winners, 0, k)};
  std::vector<Evidence> evidence;
  for (const std::uint32_t w : winners) {
    if (rows.group[w] == kNoGroup) continue;
    const double p = pep[PepOfScore::half_of(rows.group[w])](rows.score[w]);
    evidence.push_back(
        {rows.group[w], rows.family[w], w, rows.member[w], -pinned::log(std::max(p, kLeastPep))});
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

// Sums the best precursor of each family. The best score breaks ties: it is added with a weight too
// small to change the order of unequal sums.
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

void add_protein_rates(const LevelRows& rows, const std::vector<std::uint8_t>& is_decoy, double k,
                       LevelRates& result) {
  const GroupScores groups = group_scores(rows, evidence_of_winners(rows, is_decoy, k));
  const ErrorRates rates = error_rates(groups.score, groups.group, decoy_flags(groups.member), k);
  // `groups` is sorted by (group, member).
  result.protein.resize(rows.size());
  result.protein_score.assign(rows.size(), -std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto range = std::ranges::equal_range(groups.group, rows.group[i]);
    for (auto it = range.begin(); it != range.end(); ++it) {
      const auto g = static_cast<std::size_t>(it - groups.group.begin());
      if (groups.member[g] != rows.member[i]) continue;
      result.protein[i] = {rates.q_value[g], rates.pep[g]};
      result.protein_score[i] = groups.score[g];
    }
  }
}

}  // namespace

LevelRates level_rates(const LevelRows& rows, double decoys_per_target) {
  const std::vector<std::uint8_t> is_decoy = decoy_flags(rows.member);
  LevelRates rates;
  rates.precursor = zipped(error_rates(rows.score, rows.ion, is_decoy, decoys_per_target));
  rates.peptide = shared_by_group(rows, rows.peptide, is_decoy, decoys_per_target);
  add_protein_rates(rows, is_decoy, decoys_per_target, rates);
  return rates;
}

}  // namespace overland::scoring
