// Training loop of all networks. The result depends only on the items and the settings, not on the
// number of threads: a batch is divided into shards whose gradients are summed in a fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/machine.h"

namespace overland::predict {

inline constexpr std::size_t kShards = 8;  // shards per batch

struct TrainingSettings {
  int passes = 20;
  std::size_t batch_items = 48;
  std::uint64_t seed = 1;
  Machine machine = {};
  double peak_rate = 4e-3;
  double weight_decay = 1e-2;
};

struct ShardResult {
  std::size_t examples = 0;
  double loss = 0;  // sum over the examples
};

// Adds the gradient of the summed loss of `items` to `gradient`; `shard` < kShards is the number of
// the workspace to use.
using LearnShard =
    std::function<ShardResult(std::size_t shard, std::span<const float> weights,
                              std::span<const std::uint32_t> items, std::span<float> gradient)>;
// Called after each epoch with the epoch's number (from 1) and mean loss.
using ReportPass = std::function<void(int pass, double loss)>;

void train_in_batches(std::span<const std::uint32_t> items, const TrainingSettings& settings,
                      std::vector<float>& weights, const LearnShard& learn,
                      const ReportPass& report);

// Part number `part` of `parts` contiguous parts of about equal size.
[[nodiscard]] std::span<const std::uint32_t> part_of(std::span<const std::uint32_t> all,
                                                     std::size_t part, std::size_t parts);

}  // namespace overland::predict
