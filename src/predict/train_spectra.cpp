#include "predict/train_spectra.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"
#include "base/rng.h"
#include "predict/spectrum_loss.h"

namespace overland::predict {
namespace {

constexpr std::size_t kShards = 8;  // of a batch; fixed, so that sums do not depend on threads

// A part of a batch with everything that its forward and backward passes need.
struct Shard {
  std::vector<const PeptideTokens*> peptides;
  std::vector<SpectrumQuery> queries;
  std::vector<std::uint32_t> rows;
  SpectrumNetwork::State state;
  std::vector<float> roots, gradient;
  double loss = 0;

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
  // The measured roots of query q; -1 where not measured.
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

double similarity(Shard& shard, const SpectrumExamples& examples, std::size_t q) {
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

void learn(const SpectrumNetwork& network, const SpectrumExamples& examples,
           std::span<const float> weights, float root_weight, Shard& shard) {
  std::fill(shard.gradient.begin(), shard.gradient.end(), 0.0F);
  shard.loss = 0;
  if (shard.queries.empty()) return;
  SpectrumNetwork::State& state = shard.state;
  network.forward(weights.data(), shard.peptides, shard.queries, state);
  state.output_gradient.assign(state.output.size(), 0.0F);
  const SpectrumLoss loss{root_weight};
  for (std::size_t q = 0; q < shard.queries.size(); ++q) {
    const std::span<float> gradient =
        std::span(state.output_gradient)
            .subspan(state.rows.begin(q) * kOutputs, state.rows.length(q) * kOutputs);
    loss.gradient(shard.output_of(q), shard.measured(examples, q), gradient);
    shard.loss += 1 - similarity(shard, examples, q);
  }
  network.backward(weights.data(), shard.gradient.data(), shard.peptides, shard.queries, state);
}

std::span<const std::uint32_t> part_of(std::span<const std::uint32_t> all, std::size_t part,
                                       std::size_t parts) {
  const std::size_t first = all.size() * part / parts;
  return all.subspan(first, all.size() * (part + 1) / parts - first);
}

void shuffle(std::vector<std::uint32_t>& order, Rng& rng) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
}

// Mean gradient of the batch into shard 0's; returns the summed loss.
double add_up(std::vector<Shard>& shards, std::size_t& rows) {
  rows = 0;
  double loss = 0;
  for (const Shard& shard : shards) rows += shard.queries.size(), loss += shard.loss;
  const float part = 1.0F / static_cast<float>(std::max<std::size_t>(rows, 1));
  std::vector<float>& sum = shards[0].gradient;
  for (std::size_t s = 1; s < shards.size(); ++s)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += shards[s].gradient[i];
  for (float& g : sum) g *= part;
  return loss;
}

}  // namespace

void train_spectra(const SpectrumNetwork& network, const SpectrumExamples& examples,
                   std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                   std::vector<float>& weights,
                   const std::function<void(const TrainingProgress&)>& report) {
  std::vector<std::uint32_t> order(chosen.begin(), chosen.end());
  const std::size_t batches =
      (order.size() + settings.batch_peptides - 1) / settings.batch_peptides;
  Adam adam({.peak_rate = settings.peak_rate,
             .weight_decay = settings.weight_decay,
             .steps = batches * static_cast<std::size_t>(settings.passes)},
            weights.size());
  std::vector<Shard> shards(kShards);
  for (Shard& shard : shards) shard.gradient.resize(weights.size());
  for (int pass = 0; pass < settings.passes; ++pass) {
    Rng rng(settings.seed, static_cast<std::uint64_t>(pass));
    shuffle(order, rng);
    double loss = 0;
    std::size_t rows = 0;
    for (std::size_t b = 0; b < batches; ++b) {
      const auto batch = part_of(order, b, batches);
      parallel_for(kShards, settings.threads, [&](std::size_t s, int) {
        shards[s].fill(examples, part_of(batch, s, kShards));
        learn(network, examples, weights, settings.root_weight, shards[s]);
      });
      std::size_t batch_rows = 0;
      loss += add_up(shards, batch_rows);
      rows += batch_rows;
      adam.step(weights, shards[0].gradient);
    }
    report({.pass = pass + 1, .loss = loss / static_cast<double>(std::max<std::size_t>(rows, 1))});
  }
}

std::vector<float> evaluate_spectra(const SpectrumNetwork& network,
                                    const SpectrumExamples& examples,
                                    std::span<const std::uint32_t> chosen,
                                    std::span<const float> weights, int threads) {
  constexpr std::size_t kPeptides = 32;
  const std::size_t parts = (chosen.size() + kPeptides - 1) / kPeptides;
  std::vector<std::vector<float>> found(parts);
  std::vector<Shard> shards(static_cast<std::size_t>(threads));
  parallel_for(parts, threads, [&](std::size_t part, int worker) {
    Shard& shard = shards[static_cast<std::size_t>(worker)];
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
