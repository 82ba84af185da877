#include "scoring/rescore.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/parallel.h"
#include "scoring/training_set.h"

namespace overland::scoring {
namespace {

// Rounds of training and scoring, until the number of targets grows by less than least_gain.
struct Rounds {
  const FeatureMatrix& matrix;
  const RescoreSettings& settings;
  Machine machine = {};
  std::function<void(const TrainingSet& training, std::size_t fold)> train;
  std::function<void(std::vector<float>& score)> score_all;  // unscaled scores of all folds
};
struct Outcome {
  std::array<FoldScale, kFolds> scale;
  std::vector<float> score;
  std::size_t targets = 0;
};

Outcome run_rounds(const Rounds& rounds, std::span<const float> first, int count) {
  const FeatureMatrix& matrix = rounds.matrix;
  Outcome out;
  out.score.assign(first.begin(), first.end());
  for (int round = 0; round < count; ++round) {
    const std::vector<std::uint32_t> best = best_rows(matrix, out.score);
    parallel_for(kFolds, rounds.machine, [&](std::size_t fold, int) {
      const TrainingSet training =
          training_set(matrix, best, out.score, static_cast<int>(fold), rounds.settings);
      if (training.is_usable()) rounds.train(training, fold);
    });
    std::copy(first.begin(), first.end(), out.score.begin());
    rounds.score_all(out.score);
    out.scale = fold_scales(matrix, out.score);
    for (std::size_t r = 0; r < out.score.size(); ++r) {
      out.score[r] = out.scale[matrix.fold[r]](out.score[r]);
    }
    const std::size_t last = out.targets;
    out.targets = count_targets(matrix, best_rows(matrix, out.score), out.score, rounds.settings);
    const double least = (1 + rounds.settings.least_gain) * static_cast<double>(last);
    if (last > 0 && static_cast<double>(out.targets) < least) break;
  }
  return out;
}

template <class Body>
void for_rows(std::size_t rows, const Machine& machine, const Body& body) {
  constexpr std::size_t kRange = 1 << 13;
  parallel_ranges(rows, kRange, machine, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) body(r);
  });
}

FeatureMatrix select_rows(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows) {
  FeatureMatrix part = matrix.without_rows();
  part.values.reserve(rows.size() * matrix.width());
  for (const std::uint32_t r : rows) part.add_row(matrix, r);
  return part;
}

std::vector<std::uint32_t> all_rows(const FeatureMatrix& matrix) {
  std::vector<std::uint32_t> rows(matrix.row_count());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  return rows;
}

BoostedTrees train_trees(const BinnedRows& binned, const TrainingSet& training,
                         std::span<const std::int8_t> direction, const TreeSettings& settings,
                         const Machine& machine) {
  BinnedRows rows{binned.width, {}};
  rows.bins.reserve(training.rows.size() * binned.width);
  for (const std::uint32_t r : training.rows) {
    rows.bins.insert(rows.bins.end(), binned.row(r), binned.row(r) + binned.width);
  }
  return BoostedTrees::train({rows, training.label, direction}, settings, machine);
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

LinearRescorer LinearRescorer::train(const FeatureMatrix& sample, std::span<const float> initial,
                                     const RescoreSettings& settings, const Machine& machine) {
  LinearRescorer linear;
  const Rounds rounds{.matrix = sample,
                      .settings = settings,
                      .machine = machine,
                      .train =
                          [&](const TrainingSet& training, std::size_t fold) {
                            linear.model_[fold] =
                                LinearModel::train(sample, training.rows, training.label);
                          },
                      .score_all =
                          [&](std::vector<float>& score) {
                            for_rows(score.size(), machine, [&](std::size_t r) {
                              const auto& model = linear.model_[sample.fold[r]];
                              if (model) score[r] = model->score(sample.row(r));
                            });
                          }};
  const Outcome outcome = run_rounds(rounds, initial, settings.linear_rounds);
  linear.scale_ = outcome.scale;
  linear.targets_ = outcome.targets;
  return linear;
}

std::vector<float> LinearRescorer::score(const FeatureMatrix& rows, std::span<const float> initial,
                                         const Machine& machine) const {
  std::vector<float> score(initial.begin(), initial.end());
  for_rows(score.size(), machine, [&](std::size_t r) {
    const auto& model = model_[rows.fold[r]];
    score[r] = scale_[rows.fold[r]](model ? model->score(rows.row(r)) : initial[r]);
  });
  return score;
}

TreeRescorer TreeRescorer::train(const FeatureMatrix& sample, std::span<const float> linear,
                                 const RescoreSettings& settings, const Machine& machine) {
  TreeRescorer trees;
  const std::vector<std::uint32_t> rows = all_rows(sample);
  trees.bins_ = FeatureBins::fit(sample, rows, machine);
  const BinnedRows binned = bin_rows(trees.bins_, sample, rows, machine);
  const Rounds rounds{.matrix = sample,
                      .settings = settings,
                      .machine = machine,
                      .train =
                          [&](const TrainingSet& training, std::size_t fold) {
                            trees.model_[fold] = train_trees(binned, training, sample.direction,
                                                             settings.trees, machine);
                          },
                      .score_all =
                          [&](std::vector<float>& score) {
                            for_rows(score.size(), machine, [&](std::size_t r) {
                              const auto& model = trees.model_[sample.fold[r]];
                              if (model) score[r] = model->score(binned.row(r));
                            });
                          }};
  const Outcome outcome = run_rounds(rounds, linear, settings.tree_rounds);
  trees.scale_ = outcome.scale;
  trees.targets_ = outcome.targets;
  if (!outcome.score.empty()) trees.floor_ = std::ranges::min(outcome.score) - 1;
  return trees;
}

std::vector<float> TreeRescorer::score(const FeatureMatrix& rows,
                                       std::span<const float> linear) const {
  std::vector<float> score(linear.begin(), linear.end());
  std::vector<std::uint8_t> bins(rows.width());
  for (std::uint32_t r = 0; r < rows.row_count(); ++r) {
    const std::uint8_t fold = rows.fold[r];
    if (model_[fold]) {
      bins_.bin(rows.row(r), bins);
      score[r] = model_[fold]->score(bins.data());
    }
    score[r] = std::max(scale_[fold](score[r]), floor_);
  }
  return score;
}

std::vector<double> TreeRescorer::importance() const {
  std::vector<double> share(bins_.width(), 0);
  double total = 0;
  for (const auto& model : model_) {
    if (!model) continue;
    for (std::size_t c = 0; c < share.size(); ++c) {
      share[c] += model->gain()[c];
      total += model->gain()[c];
    }
  }
  for (double& s : share) s = total > 0 ? s / total : 0;
  return share;
}

float promising_score(const FeatureMatrix& matrix, std::span<const float> linear,
                      std::size_t wanted) {
  std::vector<float> scores;
  for (const std::uint32_t r : best_rows(matrix, linear)) scores.push_back(linear[r]);
  if (scores.size() <= wanted) return -std::numeric_limits<float>::infinity();
  const auto place =
      scores.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(wanted, 1) - 1);
  std::nth_element(scores.begin(), place, scores.end(), std::greater<>());
  return *place;
}

std::vector<std::uint32_t> promising_rows(const FeatureMatrix& matrix,
                                          std::span<const float> linear, float threshold) {
  const std::vector<std::uint32_t> best = best_rows(matrix, linear);
  std::vector<std::uint32_t> rows;
  std::size_t b = 0;
  for (std::uint32_t r = 0; r < matrix.row_count(); ++r) {
    while (matrix.candidate[best[b]] != matrix.candidate[r]) ++b;
    if (linear[best[b]] >= threshold) rows.push_back(r);
  }
  return rows;
}

std::vector<float> Rescorer::score(const FeatureMatrix& rows,
                                   std::span<const float> initial) const {
  std::vector<float> score = linear.score(rows, initial);
  if (!trees) return score;
  const std::vector<std::uint32_t> promising = promising_rows(rows, score, threshold);
  const FeatureMatrix part = select_rows(rows, promising);
  std::vector<float> of_part;
  for (const std::uint32_t r : promising) of_part.push_back(score[r]);
  of_part = trees->score(part, of_part);
  std::fill(score.begin(), score.end(), trees->floor());
  for (std::size_t i = 0; i < promising.size(); ++i) score[promising[i]] = of_part[i];
  return score;
}

Rescored rescore(const FeatureMatrix& matrix, std::span<const float> initial,
                 const RescoreSettings& settings, const Machine& machine) {
  Rescored result;
  Rescorer rescorer;
  rescorer.linear = LinearRescorer::train(matrix, initial, settings, machine);
  result.model = RescoreModel::linear;
  result.targets_linear = rescorer.linear.targets();
  if (wants_trees(settings, result.targets_linear)) {
    const std::vector<float> linear = rescorer.linear.score(matrix, initial);
    rescorer.threshold =
        promising_score(matrix, linear, tree_candidates(settings, result.targets_linear));
    const std::vector<std::uint32_t> rows = promising_rows(matrix, linear, rescorer.threshold);
    std::vector<float> of_rows;
    for (const std::uint32_t r : rows) of_rows.push_back(linear[r]);
    rescorer.trees = TreeRescorer::train(select_rows(matrix, rows), of_rows, settings, machine);
    result.model = RescoreModel::trees;
    result.targets_trees = rescorer.trees->targets();
  }
  result.score = rescorer.score(matrix, initial);
  result.best_row = best_rows(matrix, result.score);
  return result;
}

}  // namespace overland::scoring
