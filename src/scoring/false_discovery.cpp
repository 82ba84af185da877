#include "scoring/false_discovery.h"

#include <algorithm>
#include <bit>

#include "kernel/robust_statistics.h"

namespace overland::scoring {

namespace {

constexpr std::uint64_t kRowMask = (1ULL << 31) - 1;

// Sort key, ascending: descending score; for equal scores decoys first, then ascending row.
// Precondition: row < 2^31.
std::uint64_t rank_key(float score, std::uint8_t is_decoy, std::uint32_t row) {
  return std::uint64_t{falling_bits(score)} << 32 | (is_decoy != 0 ? 0 : 1ULL << 31) | row;
}

}  // namespace

std::uint32_t falling_bits(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 is 0
  constexpr std::uint32_t kSign = 1U << 31;
  return (bits & kSign) != 0 ? bits : ~(bits | kSign);
}

double estimated_fdr(double targets, double decoys, double decoys_per_target) {
  return targets > 0 ? std::min(1.0, (1 + decoys) / (decoys_per_target * targets)) : 1.0;
}

Competition compete(std::span<const float> score, std::span<const std::uint32_t> pair,
                    std::span<const std::uint8_t> is_decoy) {
  std::vector<std::uint64_t> order;
  order.reserve(score.size());
  for (std::uint32_t i = 0; i < score.size(); ++i)
    order.push_back(rank_key(score[i], is_decoy[i], i));
  std::sort(order.begin(), order.end());
  const std::uint32_t pairs = pair.empty() ? 0 : *std::max_element(pair.begin(), pair.end()) + 1;
  std::vector<std::uint8_t> is_taken(pairs, 0);
  Competition result;
  for (const std::uint64_t key : order) {
    const auto row = static_cast<std::uint32_t>(key & kRowMask);
    if (is_taken[pair[row]] != 0) continue;
    is_taken[pair[row]] = 1;
    result.winners.push_back(row);
  }
  return result;
}

namespace {

// q-values of the winners, in the order of `winners`.
std::vector<double> q_of_winners(std::span<const std::uint32_t> winners,
                                 std::span<const float> score,
                                 std::span<const std::uint8_t> is_decoy, double k) {
  std::vector<double> q;
  q.reserve(winners.size());
  double targets = 0;
  double decoys = 0;
  for (const std::uint32_t row : winners) {
    (is_decoy[row] != 0 ? decoys : targets) += 1;
    q.push_back(estimated_fdr(targets, decoys, k));
  }
  double best = 1;
  for (std::size_t i = winners.size(); i-- > 0;) {
    // A threshold accepts all winners with equal scores or none of them.
    const bool is_threshold = i + 1 == winners.size() || score[winners[i + 1]] != score[winners[i]];
    if (is_threshold) best = std::min(best, q[i]);
    q[i] = best;
  }
  return q;
}

}  // namespace

std::vector<double> q_values(std::span<const float> score, std::span<const std::uint32_t> pair,
                             std::span<const std::uint8_t> is_decoy, double decoys_per_target) {
  const std::vector<std::uint32_t> winners = compete(score, pair, is_decoy).winners;
  const std::vector<double> q = q_of_winners(winners, score, is_decoy, decoys_per_target);
  std::vector<double> of_row(score.size(), 1.0);
  for (std::size_t i = 0; i < winners.size(); ++i) of_row[winners[i]] = q[i];
  return of_row;
}

ErrorRates error_rates(std::span<const float> score, std::span<const std::uint32_t> pair,
                       std::span<const std::uint8_t> is_decoy, double decoys_per_target) {
  ErrorRates rates{std::vector<double>(score.size(), 1.0), std::vector<double>(score.size(), 1.0)};
  const std::vector<std::uint32_t> winners = compete(score, pair, is_decoy).winners;
  const double k = decoys_per_target;
  const std::vector<double> q = q_of_winners(winners, score, is_decoy, k);
  std::vector<double> decoy_label;
  for (const std::uint32_t row : winners) decoy_label.push_back(is_decoy[row] != 0 ? 1.0 : 0.0);
  const std::vector<double> share =
      kernel::isotonic_fit(decoy_label, std::vector<double>(decoy_label.size(), 1.0));
  for (std::size_t i = 0; i < winners.size(); ++i) {
    rates.q_value[winners[i]] = q[i];
    const double d = std::min(share[i], 1 - 1e-12);
    rates.pep[winners[i]] = std::min(1.0, d / (1 - d) / k);
  }
  return rates;
}

}  // namespace overland::scoring
