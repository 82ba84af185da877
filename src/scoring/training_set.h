// Training rows of one fold's model in one round of rescoring.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scoring/rescore.h"

namespace overland::scoring {

struct TrainingSet {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> label;
  std::size_t positives = 0;
  // Whether both classes have enough rows to train on.
  [[nodiscard]] bool is_usable() const { return positives >= 5 && rows.size() >= positives + 5; }
};

// Chooses training rows from the candidates' best rows outside `fold`: all decoys, and targets at
// q <= train_q. If no or few targets reach train_q, the best-scoring 2 % of the targets (at least
// 30) are used instead.
[[nodiscard]] TrainingSet training_set(const FeatureMatrix& matrix,
                                       std::span<const std::uint32_t> best,
                                       std::span<const float> score, int fold,
                                       const RescoreSettings& settings);

// Number of targets at q <= train_q among `rows`.
[[nodiscard]] std::size_t count_targets(const FeatureMatrix& matrix,
                                        std::span<const std::uint32_t> rows,
                                        std::span<const float> score,
                                        const RescoreSettings& settings);

// Scale of each fold; mean 0 and SD 1 for folds with fewer than ten decoys.
[[nodiscard]] std::array<FoldScale, kFolds> fold_scales(const FeatureMatrix& matrix,
                                                        std::span<const float> score);

}  // namespace overland::scoring
