#include "predict/retention_network.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.h"

namespace overland::predict {
namespace {

constexpr std::size_t kRetentionHidden = 96;
constexpr float kSumScale = 1.0F / 16;  // scales the sum over sites to the size of the mean
constexpr float kLinearFrom = 0.05F;    // delta of the Huber loss, standard deviations

}  // namespace

RetentionNetwork::RetentionNetwork(const TrunkShape& shape)
    : channels_(shape.channels),
      trunk_(plan_, shape),
      hidden_(plan_dense(plan_, 2 * shape.channels, kRetentionHidden,
                         std::sqrt(0.5 / static_cast<double>(shape.channels)))),
      output_(plan_dense(plan_, kRetentionHidden, kRetentionScales, 0.05)) {}

void RetentionNetwork::forward(const float* weights, std::span<const PeptideTokens* const> peptides,
                               State& state) const {
  trunk_.forward(weights, peptides, state.trunk);
  const std::size_t n = channels_;
  const SegmentRows& rows = state.trunk.rows;
  const Activations& trunk = state.trunk.output();
  state.pooled.assign(peptides.size() * 2 * n, 0.0F);
  for (std::size_t p = 0; p < peptides.size(); ++p) {
    float* const mean = state.pooled.data() + p * 2 * n;
    float* const sum = mean + n;
    for (std::size_t r = rows.begin(p); r < rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i) sum[i] += trunk[r * n + i];
    const float part = 1.0F / static_cast<float>(rows.length(p));
    for (std::size_t i = 0; i < n; ++i) mean[i] = sum[i] * part, sum[i] *= kSumScale;
  }
  state.hidden_before.resize(peptides.size() * kRetentionHidden);
  state.hidden.resize(peptides.size() * kRetentionHidden);
  state.output.resize(peptides.size() * kRetentionScales);
  hidden_.forward(weights, state.pooled.data(), peptides.size(), state.hidden_before.data());
  std::transform(state.hidden_before.begin(), state.hidden_before.end(), state.hidden.begin(),
                 hard_swish);
  output_.forward(weights, state.hidden.data(), peptides.size(), state.output.data());
}

void RetentionNetwork::backward(const float* weights, float* gradient,
                                std::span<const PeptideTokens* const> peptides,
                                State& state) const {
  const std::size_t n = channels_;
  const SegmentRows& rows = state.trunk.rows;
  state.hidden_gradient.resize(state.hidden.size());
  state.pooled_gradient.resize(state.pooled.size());
  output_.backward(weights, gradient, state.hidden.data(), state.output_gradient.data(),
                   peptides.size(), state.hidden_gradient.data(), state.scratch);
  for (std::size_t i = 0; i < state.hidden.size(); ++i)
    state.hidden_gradient[i] *= hard_swish_slope(state.hidden_before[i]);
  hidden_.backward(weights, gradient, state.pooled.data(), state.hidden_gradient.data(),
                   peptides.size(), state.pooled_gradient.data(), state.scratch);
  state.trunk_gradient.assign(rows.total() * n, 0.0F);
  for (std::size_t p = 0; p < peptides.size(); ++p) {
    const float* const mean = state.pooled_gradient.data() + p * 2 * n;
    const float* const sum = mean + n;
    const float part = 1.0F / static_cast<float>(rows.length(p));
    for (std::size_t r = rows.begin(p); r < rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i)
        state.trunk_gradient[r * n + i] = mean[i] * part + sum[i] * kSumScale;
  }
  trunk_.backward(weights, gradient, peptides, state.trunk, state.trunk_gradient);
}

namespace {

struct RetentionShard {
  std::vector<const PeptideTokens*> peptides;
  RetentionNetwork::State state;
  void fill(const RetentionExamples& examples, std::span<const std::uint32_t> chosen) {
    peptides.clear();
    for (const std::uint32_t p : chosen) peptides.push_back(&examples.peptides[p]);
  }
};

// Slope of the loss: the error, clamped to +-kLinearFrom, divided by kLinearFrom.
float loss_slope(float error) {
  return std::clamp(error, -kLinearFrom, kLinearFrom) / kLinearFrom;
}

ShardResult learn(const RetentionNetwork& network, const RetentionExamples& examples,
                  std::span<const float> weights, std::span<const std::uint32_t> chosen,
                  std::span<float> gradient, RetentionShard& shard) {
  if (chosen.empty()) return {};
  shard.fill(examples, chosen);
  network.forward(weights.data(), shard.peptides, shard.state);
  shard.state.output_gradient.assign(shard.state.output.size(), 0.0F);
  ShardResult result;
  for (std::size_t p = 0; p < chosen.size(); ++p)
    for (std::size_t s = 0; s < examples.scales; ++s) {
      const float measured = examples.time[chosen[p] * examples.scales + s];
      if (std::isnan(measured)) continue;
      const float error = shard.state.output[p * kRetentionScales + s] - measured;
      shard.state.output_gradient[p * kRetentionScales + s] = loss_slope(error);
      ++result.examples;
      result.loss += static_cast<double>(std::abs(error));
    }
  network.backward(weights.data(), gradient.data(), shard.peptides, shard.state);
  return result;
}

}  // namespace

void train_retention(const RetentionNetwork& network, const RetentionExamples& examples,
                     std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                     std::vector<float>& weights, const ReportPass& report) {
  std::array<RetentionShard, kShards> shards;
  train_in_batches(
      chosen, settings, weights,
      [&](std::size_t s, std::span<const float> now, std::span<const std::uint32_t> items,
          std::span<float> gradient) {
        return learn(network, examples, now, items, gradient, shards[s]);
      },
      report);
}

std::vector<float> evaluate_retention(const RetentionNetwork& network,
                                      const RetentionExamples& examples,
                                      std::span<const std::uint32_t> chosen,
                                      std::span<const float> weights, const Machine& machine) {
  constexpr std::size_t kPeptides = 32;
  const std::size_t parts = (chosen.size() + kPeptides - 1) / kPeptides;
  std::vector<float> predicted(chosen.size() * examples.scales);
  std::vector<RetentionShard> shards(static_cast<std::size_t>(machine.threads));
  parallel_for(parts, machine, [&](std::size_t part, int worker) {
    RetentionShard& shard = shards[static_cast<std::size_t>(worker)];
    const auto items = part_of(chosen, part, parts);
    shard.fill(examples, items);
    network.forward(weights.data(), shard.peptides, shard.state);
    const auto first = static_cast<std::size_t>(items.data() - chosen.data());
    for (std::size_t p = 0; p < items.size(); ++p)
      for (std::size_t s = 0; s < examples.scales; ++s)
        predicted[(first + p) * examples.scales + s] = shard.state.output[p * kRetentionScales + s];
  });
  return predicted;
}

}  // namespace overland::predict
