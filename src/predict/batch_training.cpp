#include "predict/batch_training.h"

#include <algorithm>
#include <array>

#include "base/parallel.h"
#include "base/rng.h"
#include "predict/adam.h"

namespace overland::predict {
namespace {

void shuffle(std::vector<std::uint32_t>& order, Rng& rng) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
}

struct Shards {
  std::array<std::vector<float>, kShards> gradient;
  std::array<ShardResult, kShards> result;

  // Stores the mean gradient in the first shard's gradient.
  ShardResult add_up() {
    ShardResult sum;
    for (const ShardResult& r : result) sum.examples += r.examples, sum.loss += r.loss;
    const float part = 1.0F / static_cast<float>(std::max<std::size_t>(sum.examples, 1));
    std::vector<float>& total = gradient[0];
    for (std::size_t s = 1; s < kShards; ++s)
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += gradient[s][i];
    for (float& g : total) g *= part;
    return sum;
  }
};

}  // namespace

std::span<const std::uint32_t> part_of(std::span<const std::uint32_t> all, std::size_t part,
                                       std::size_t parts) {
  const std::size_t first = all.size() * part / parts;
  return all.subspan(first, all.size() * (part + 1) / parts - first);
}

void train_in_batches(std::span<const std::uint32_t> items, const TrainingSettings& settings,
                      std::vector<float>& weights, const LearnShard& learn,
                      const ReportPass& report) {
  std::vector<std::uint32_t> order(items.begin(), items.end());
  const std::size_t batches = (order.size() + settings.batch_items - 1) / settings.batch_items;
  Adam adam({.peak_rate = settings.peak_rate,
             .weight_decay = settings.weight_decay,
             .steps = batches * static_cast<std::size_t>(settings.passes)},
            weights.size());
  Shards shards;
  for (auto& gradient : shards.gradient) gradient.resize(weights.size());
  for (int pass = 0; pass < settings.passes; ++pass) {
    Rng rng(settings.seed, static_cast<std::uint64_t>(pass));
    shuffle(order, rng);
    ShardResult total;
    for (std::size_t b = 0; b < batches; ++b) {
      const auto batch = part_of(order, b, batches);
      parallel_for(kShards, settings.machine, [&](std::size_t s, int) {
        std::fill(shards.gradient[s].begin(), shards.gradient[s].end(), 0.0F);
        shards.result[s] = learn(s, weights, part_of(batch, s, kShards), shards.gradient[s]);
      });
      const ShardResult sum = shards.add_up();
      total.examples += sum.examples, total.loss += sum.loss;
      adam.step(weights, shards.gradient[0]);
    }
    report(pass + 1, total.loss / static_cast<double>(std::max<std::size_t>(total.examples, 1)));
  }
}

}  // namespace overland::predict
