#include "predict/train_spectra.h"

#include <algorithm>
#include <array>

#include "base/parallel.h"
#include "predict/spectrum_loss.h"

namespace overland::predict {
namespace {

// A part of a batch with the workspace of its forward and backward passes.
struct SpectrumShard {
  std::vector<const PeptideTokens*> peptides;
  std::vector<SpectrumQuery> queries;
  std::vector<std::uint32_t> rows;
  SpectrumNetwork::State state;
  std::vector<float> roots;

  void fill(const SpectrumExamples& examples, std::span<const std::uint32_t> chosen) {
    peptides.clear(), queries.clear(), rows.clear();
    for (const std::uint32_t p : chosen) {
      for (std::uint32_t r = examples.row_begin[p]; r < examples.row_begin[p + 1]; ++r) {
        queries.push_back({.peptide = static_cast<std::uint32_t>(peptides.size()),
                           .charge = examples.charge[r],
                           .nce = examples.nce[r]});
        rows.push_back(r);
      }
      peptides.push_back(&examples.peptides[p]);
    }
  }
  // Measured square roots of intensity of query q; -1 if not measured.
  std::span<const float> measured(const SpectrumExamples& examples, std::size_t q) {
    const std::uint64_t first = examples.root_begin[rows[q]];
    roots.resize(examples.root_begin[rows[q] + 1] - first);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      const std::uint16_t root = examples.roots[first + i];
      roots[i] = root == kNotMeasured ? -1.0F : static_cast<float>(root) / kRootUnit;
    }
    return roots;
  }
  std::span<const float> output_of(std::size_t q) const {
    return std::span(state.output)
        .subspan(state.rows.begin(q) * kOutputs, state.rows.length(q) * kOutputs);
  }
};

double similarity(SpectrumShard& shard, const SpectrumExamples& examples, std::size_t q) {
  std::vector<float> predicted(shard.state.rows.length(q) * kSeries);
  intensities_of(shard.output_of(q), predicted);
  std::vector<float> measured(predicted.size());
  const std::span<const float> roots = shard.measured(examples, q);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    measured[i] = roots[i] < 0 ? 0 : roots[i] * roots[i];
    if (roots[i] < 0) predicted[i] = 0;
  }
  return spectral_angle_similarity(predicted, measured);
}

ShardResult learn(const SpectrumNetwork& network, const SpectrumExamples& examples,
                  std::span<const float> weights, std::span<float> gradient, SpectrumShard& shard) {
  if (shard.queries.empty()) return {};
  SpectrumNetwork::State& state = shard.state;
  network.forward(weights.data(), shard.peptides, shard.queries, state);
  state.output_gradient.assign(state.output.size(), 0.0F);
  ShardResult result{.examples = shard.queries.size(), .loss = 0};
  for (std::size_t q = 0; q < shard.queries.size(); ++q) {
    const std::span<float> by_output =
        std::span(state.output_gradient)
            .subspan(state.rows.begin(q) * kOutputs, state.rows.length(q) * kOutputs);
    SpectrumLoss{kRootWeight}.gradient(shard.output_of(q), shard.measured(examples, q), by_output);
    result.loss += 1 - similarity(shard, examples, q);
  }
  network.backward(weights.data(), gradient.data(), shard.peptides, shard.queries, state);
  return result;
}

}  // namespace

void train_spectra(const SpectrumNetwork& network, const SpectrumExamples& examples,
                   std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                   std::vector<float>& weights, const ReportPass& report) {
  std::array<SpectrumShard, kShards> shards;
  train_in_batches(
      chosen, settings, weights,
      [&](std::size_t s, std::span<const float> now, std::span<const std::uint32_t> items,
          std::span<float> gradient) {
        shards[s].fill(examples, items);
        return learn(network, examples, now, gradient, shards[s]);
      },
      report);
}

std::vector<float> evaluate_spectra(const SpectrumNetwork& network,
                                    const SpectrumExamples& examples,
                                    std::span<const std::uint32_t> chosen,
                                    std::span<const float> weights, const Machine& machine) {
  constexpr std::size_t kPeptides = 32;
  const std::size_t parts = (chosen.size() + kPeptides - 1) / kPeptides;
  std::vector<std::vector<float>> found(parts);
  std::vector<SpectrumShard> shards(static_cast<std::size_t>(machine.threads));
  parallel_for(parts, machine, [&](std::size_t part, int worker) {
    SpectrumShard& shard = shards[static_cast<std::size_t>(worker)];
    shard.fill(examples, part_of(chosen, part, parts));
    if (shard.queries.empty()) return;
    network.forward(weights.data(), shard.peptides, shard.queries, shard.state);
    for (std::size_t q = 0; q < shard.queries.size(); ++q)
      found[part].push_back(static_cast<float>(similarity(shard, examples, q)));
  });
  std::vector<float> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace overland::predict
