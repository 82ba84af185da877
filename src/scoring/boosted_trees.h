// Gradient-boosted trees by XGBoost's C API, with fixed seed and one thread per model, so that the
// result does not depend on the machine's threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "scoring/feature_matrix.h"

namespace overland {

struct TreeSettings {
  int rounds = 120;
  double learning_rate = 0.1;
  int max_depth = 4;
  double min_child_weight = 10;
  double row_sample = 0.8;
  double column_sample = 0.6;
  std::uint32_t seed = 1;
};

class BoostedTrees {
 public:
  // Logistic loss. Errors OVL-INT-002 (XGBoost's message).
  [[nodiscard]] static Result<BoostedTrees> train(const FeatureMatrix& matrix,
                                                  std::span<const std::uint32_t> rows,
                                                  std::span<const std::uint8_t> label,
                                                  const TreeSettings& settings);
  // Log-odds of being a positive, for each of `rows`.
  [[nodiscard]] Result<std::vector<float>> score(const FeatureMatrix& matrix,
                                                 std::span<const std::uint32_t> rows) const;

 private:
  struct Handle;
  explicit BoostedTrees(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

}  // namespace overland
