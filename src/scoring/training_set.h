// What one fold's model is trained on in a round of rescoring.
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
  // Enough of both classes to learn from.
  [[nodiscard]] bool is_usable() const { return positives >= 5 && rows.size() >= positives + 5; }
};

// Of the candidates' best rows, those outside `fold`: decoys, and targets that pass train_q; when
// none or few pass, the best-scoring targets instead, as many as a fiftieth of the targets (at
// least 30).
[[nodiscard]] TrainingSet training_set(const FeatureMatrix& matrix,
                                       std::span<const std::uint32_t> best,
                                       std::span<const float> score, int fold,
                                       const RescoreSettings& settings);

// Of the rows: targets at q <= train_q.
[[nodiscard]] std::size_t count_targets(const FeatureMatrix& matrix,
                                        std::span<const std::uint32_t> rows,
                                        std::span<const float> score,
                                        const RescoreSettings& settings);

// Folds with fewer than ten decoys keep their scale.
[[nodiscard]] std::array<FoldScale, kFolds> fold_scales(const FeatureMatrix& matrix,
                                                        std::span<const float> score);

}  // namespace overland::scoring
