#include "scoring/rescore.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>

#include "base/parallel.h"
#include "base/rng.h"
#include "scoring/false_discovery.h"
#include "scoring/linear_model.h"

namespace overland {
namespace {

struct TrainingSet {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> label;
  std::size_t positives = 0;
};

std::vector<double> q_values_of(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                                std::span<const float> score, double decoys_per_target) {
  std::vector<float> s;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> decoy;
  for (const std::uint32_t r : rows) {
    s.push_back(score[r]);
    pair.push_back(matrix.pair[r]);
    decoy.push_back(matrix.is_decoy[r]);
  }
  return error_rates(s, pair, decoy, decoys_per_target).q_value;
}

std::size_t count_targets(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                          std::span<const float> score, const RescoreSettings& settings) {
  const std::vector<double> q = q_values_of(matrix, rows, score, settings.decoys_per_target);
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    count += matrix.is_decoy[rows[i]] == 0 && q[i] <= settings.train_q ? 1U : 0U;
  }
  return count;
}

// Keeps a row when a hash of its candidate falls below the wanted share: the same for any order.
bool is_sampled(std::uint32_t candidate, double share, std::uint32_t seed) {
  return static_cast<double>(mix64(candidate * 0x9E3779B97F4A7C15ULL + seed) >> 11) * 0x1p-53 <
         share;
}

// Training rows outside `fold`: decoys, and targets that pass train_q; when none or few pass, the
// best-scoring targets instead, as many as a twentieth of the targets (at least 30).
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
  float threshold = std::numeric_limits<float>::infinity();
  if (passing < wanted && !target_scores.empty()) {
    const std::size_t place = std::min(wanted, target_scores.size()) - 1;
    std::nth_element(target_scores.begin(),
                     target_scores.begin() + static_cast<std::ptrdiff_t>(place),
                     target_scores.end(), std::greater<>());
    threshold = target_scores[place];
  }
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

// Puts the folds on one scale: mean 0 and standard deviation 1 of the decoys' best rows in each.
void align_folds(const FeatureMatrix& matrix, std::vector<float>& score) {
  const std::vector<std::uint32_t> best = best_rows(matrix, score);
  for (int fold = 0; fold < kFolds; ++fold) {
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (const std::uint32_t r : best) {
      if (matrix.fold[r] != fold || matrix.is_decoy[r] == 0) continue;
      n += 1;
      sum += static_cast<double>(score[r]);
      squares += static_cast<double>(score[r]) * static_cast<double>(score[r]);
    }
    if (n < 10) continue;
    const double mean = sum / n;
    const double sd = std::sqrt(std::max(squares / n - mean * mean, 1e-12));
    for (std::size_t r = 0; r < score.size(); ++r) {
      if (matrix.fold[r] == fold) {
        score[r] = static_cast<float>((static_cast<double>(score[r]) - mean) / sd);
      }
    }
  }
}

using FoldScorer = std::function<Result<std::vector<float>>(
    const TrainingSet& training, std::span<const std::uint32_t> held_out, int fold)>;

// One round: each fold is scored by a model of the others. Keeps the old score of a fold whose
// training set lacks one of the classes.
Result<std::vector<float>> run_round(const FeatureMatrix& matrix, const std::vector<float>& score,
                                     const RescoreSettings& settings, int threads,
                                     const FoldScorer& scorer) {
  const std::vector<std::uint32_t> best = best_rows(matrix, score);
  std::vector<float> updated = score;
  std::array<std::optional<Error>, kFolds> failed;
  parallel_for(kFolds, threads, [&](std::size_t fold, int) {
    const int held = static_cast<int>(fold);
    const TrainingSet training = training_set(matrix, best, score, held, settings);
    if (training.positives < 5 || training.rows.size() - training.positives < 5) return;
    std::vector<std::uint32_t> rows;
    for (std::uint32_t r = 0; r < matrix.row_count(); ++r) {
      if (matrix.fold[r] == held) rows.push_back(r);
    }
    const Result<std::vector<float>> scored = scorer(training, rows, held);
    if (!scored) {
      failed[fold] = scored.error();
      return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) updated[rows[i]] = (*scored)[i];
  });
  for (const auto& error : failed) {
    if (error) return std::unexpected(*error);
  }
  align_folds(matrix, updated);
  return updated;
}

// Rows of the candidates that the linear model ranks highest, whatever their labels: the others
// cannot be identified, and need no trees.
std::vector<std::uint32_t> promising_rows(const FeatureMatrix& matrix, std::span<const float> score,
                                          std::size_t wanted) {
  const std::vector<std::uint32_t> best = best_rows(matrix, score);
  float threshold = -std::numeric_limits<float>::infinity();
  if (best.size() > wanted) {
    std::vector<float> scores;
    for (const std::uint32_t r : best) scores.push_back(score[r]);
    const auto place = scores.begin() + static_cast<std::ptrdiff_t>(wanted - 1);
    std::nth_element(scores.begin(), place, scores.end(), std::greater<>());
    threshold = *place;
  }
  std::vector<std::uint32_t> rows;
  std::size_t b = 0;
  for (std::uint32_t r = 0; r < matrix.row_count(); ++r) {
    while (matrix.candidate[best[b]] != matrix.candidate[r]) ++b;
    if (score[best[b]] >= threshold) rows.push_back(r);
  }
  return rows;
}

FeatureMatrix select_rows(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows) {
  FeatureMatrix part;
  part.names = matrix.names;
  part.is_core = matrix.is_core;
  part.values.reserve(rows.size() * matrix.width());
  for (const std::uint32_t r : rows) {
    part.values.insert(part.values.end(), matrix.row(r).begin(), matrix.row(r).end());
    part.candidate.push_back(matrix.candidate[r]);
    part.pair.push_back(matrix.pair[r]);
    part.is_decoy.push_back(matrix.is_decoy[r]);
    part.fold.push_back(matrix.fold[r]);
  }
  return part;
}

// Tree rounds on the promising rows; the rest stays below them all.
Result<std::vector<float>> score_by_trees(const FeatureMatrix& matrix,
                                          const std::vector<float>& linear, std::size_t identified,
                                          const RescoreSettings& settings, int threads) {
  const std::size_t wanted =
      std::max(settings.min_tree_candidates, settings.tree_candidate_factor * identified);
  const std::vector<std::uint32_t> rows = promising_rows(matrix, linear, wanted);
  const FeatureMatrix part = select_rows(matrix, rows);
  std::vector<float> score;
  for (const std::uint32_t r : rows) score.push_back(linear[r]);
  const FoldScorer trees = [&](const TrainingSet& training, std::span<const std::uint32_t> held,
                               int) -> Result<std::vector<float>> {
    auto model = BoostedTrees::train(part, training.rows, training.label, settings.trees);
    if (!model) return std::unexpected(model.error());
    return model->score(part, held);
  };
  for (int round = 0; round < settings.tree_rounds; ++round) {
    auto updated = run_round(part, score, settings, threads, trees);
    if (!updated) return std::unexpected(updated.error());
    score = std::move(*updated);
  }
  const float lowest = score.empty() ? 0 : *std::min_element(score.begin(), score.end());
  std::vector<float> all(matrix.row_count(), lowest - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) all[rows[i]] = score[i];
  return all;
}

}  // namespace

std::vector<std::uint32_t> best_rows(const FeatureMatrix& matrix, std::span<const float> score) {
  std::vector<std::uint32_t> best;
  for (std::uint32_t r = 0; r < matrix.row_count(); ++r) {
    if (!best.empty() && matrix.candidate[best.back()] == matrix.candidate[r]) {
      if (score[r] > score[best.back()]) best.back() = r;
    } else {
      best.push_back(r);
    }
  }
  return best;
}

Result<Rescored> rescore(const FeatureMatrix& matrix, std::span<const float> initial,
                         const RescoreSettings& settings, int threads) {
  Rescored result;
  std::vector<float> score(initial.begin(), initial.end());
  const FoldScorer linear = [&](const TrainingSet& training, std::span<const std::uint32_t> rows,
                                int) -> Result<std::vector<float>> {
    const LinearModel model = LinearModel::train(matrix, training.rows, training.label);
    std::vector<float> s;
    s.reserve(rows.size());
    for (const std::uint32_t r : rows) s.push_back(model.score(matrix.row(r)));
    return s;
  };
  for (int round = 0; round < settings.linear_rounds; ++round) {
    auto updated = run_round(matrix, score, settings, threads, linear);
    if (!updated) return std::unexpected(updated.error());
    score = std::move(*updated);
  }
  result.model = "linear";
  result.targets_linear = count_targets(matrix, best_rows(matrix, score), score, settings);
  const bool use_trees =
      settings.model == "trees" ||
      (settings.model == "auto" && result.targets_linear >= settings.min_trees_targets);
  if (use_trees) {
    auto by_trees = score_by_trees(matrix, score, result.targets_linear, settings, threads);
    if (!by_trees) return std::unexpected(by_trees.error());
    score = std::move(*by_trees);
    result.model = "trees";
    result.targets_trees = count_targets(matrix, best_rows(matrix, score), score, settings);
  }
  result.best_row = best_rows(matrix, score);
  result.score = std::move(score);
  return result;
}

}  // namespace overland
