#include "scoring/training_set.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/rng.h"
#include "scoring/false_discovery.h"

namespace overland::scoring {
namespace {

std::vector<double> q_values_of(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                                std::span<const float> score, double decoys_per_target) {
  std::vector<float> s;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> decoy;
  s.reserve(rows.size());
  pair.reserve(rows.size());
  decoy.reserve(rows.size());
  for (const std::uint32_t r : rows) {
    s.push_back(score[r]);
    pair.push_back(matrix.pair[r]);
    decoy.push_back(matrix.is_decoy[r]);
  }
  return q_values(s, pair, decoy, decoys_per_target);
}

// Keeps a row when a hash of its candidate is below `share`, so that the sample does not depend on
// the order of the rows.
bool is_sampled(std::uint32_t candidate, double share, std::uint64_t seed) {
  return static_cast<double>(mix64(candidate * 0x9E3779B97F4A7C15ULL + seed) >> 11) * 0x1p-53 <
         share;
}

// The lowest of the best `wanted` scores.
float score_at(std::vector<float> scores, std::size_t wanted) {
  const auto place =
      scores.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, scores.size()) - 1);
  std::nth_element(scores.begin(), place, scores.end(), std::greater<>());
  return *place;
}

}  // namespace

std::size_t count_targets(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                          std::span<const float> score, const RescoreSettings& settings) {
  const std::vector<double> q = q_values_of(matrix, rows, score, settings.decoys_per_target);
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    count += matrix.is_decoy[rows[i]] == 0 && q[i] <= settings.train_q ? 1U : 0U;
  }
  return count;
}

TrainingSet training_set(const FeatureMatrix& matrix, std::span<const std::uint32_t> best,
                         std::span<const float> score, int fold, const RescoreSettings& settings) {
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t r : best) {
    if (matrix.fold[r] != fold) rows.push_back(r);
  }
  const std::vector<double> q = q_values_of(matrix, rows, score, settings.decoys_per_target);
  std::vector<float> target_scores;
  std::size_t passing = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (matrix.is_decoy[rows[i]] != 0) continue;
    target_scores.push_back(score[rows[i]]);
    passing += q[i] <= settings.train_q ? 1U : 0U;
  }
  const std::size_t wanted = std::max<std::size_t>(30, target_scores.size() / 50);
  const float threshold = passing < wanted && !target_scores.empty()
                              ? score_at(std::move(target_scores), wanted)
                              : std::numeric_limits<float>::infinity();
  const double share = std::min(
      1.0, static_cast<double>(settings.max_training_rows) / static_cast<double>(rows.size() + 1));
  TrainingSet set;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t r = rows[i];
    const bool is_positive =
        matrix.is_decoy[r] == 0 && (q[i] <= settings.train_q || score[r] >= threshold);
    if (!is_positive && matrix.is_decoy[r] == 0) continue;
    if (!is_sampled(matrix.candidate[r], share, settings.seed)) continue;
    set.rows.push_back(r);
    set.label.push_back(is_positive ? 1 : 0);
    set.positives += is_positive ? 1U : 0U;
  }
  return set;
}

std::array<FoldScale, kFolds> fold_scales(const FeatureMatrix& matrix,
                                          std::span<const float> score) {
  struct Sums {
    double n = 0, sum = 0, squares = 0;
  };
  std::array<Sums, kFolds> sums;
  for (const std::uint32_t r : best_rows(matrix, score)) {
    if (matrix.is_decoy[r] == 0) continue;
    Sums& of_fold = sums[matrix.fold[r]];
    of_fold.n += 1;
    of_fold.sum += static_cast<double>(score[r]);
    of_fold.squares += static_cast<double>(score[r]) * static_cast<double>(score[r]);
  }
  std::array<FoldScale, kFolds> scales;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const auto& [n, sum, squares] = sums[fold];
    if (n < 10) continue;
    const double mean = sum / n;
    scales[fold] = {mean, std::sqrt(std::max(squares / n - mean * mean, 1e-12))};
  }
  return scales;
}

}  // namespace overland::scoring
