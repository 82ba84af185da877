#include "predict/spectrum_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "predict/spectrum_loss.h"

namespace overland::predict {
namespace {

struct Example {
  std::vector<PeptideTokens> peptides;
  std::vector<const PeptideTokens*> pointers;
  std::vector<SpectrumQuery> queries;
  std::vector<std::vector<float>> roots;  // per query

  explicit Example(std::uint64_t seed) {
    Rng rng(seed, 0);
    for (std::uint32_t p = 0; p < 5; ++p) {
      PeptideTokens tokens(6 + rng.below(9));
      for (auto& t : tokens) t = static_cast<std::uint8_t>(rng.below(kTokens));
      peptides.push_back(tokens);
      for (int charge = 1; charge <= 1 + static_cast<int>(p % 3); ++charge) {
        queries.push_back(
            {p, static_cast<std::uint8_t>(charge), 20 + static_cast<float>(rng.uniform() * 20)});
        std::vector<float> measured((tokens.size() - 1) * kSeries);
        for (float& root : measured)
          root =
              rng.uniform() < 0.1 ? -1.0F : static_cast<float>(std::max(0.0, rng.uniform() - 0.4));
        roots.push_back(measured);
      }
    }
    for (const auto& tokens : peptides) pointers.push_back(&tokens);
  }
};

// The loss that SpectrumLoss differentiates, written out plainly in double.
double plain_loss(const Example& example, const SpectrumNetwork& network,
                  const std::vector<float>& weights, SpectrumNetwork::State& state) {
  network.forward(weights.data(), example.pointers, example.queries, state);
  double loss = 0;
  for (std::size_t q = 0; q < example.queries.size(); ++q) {
    std::vector<float> predicted, measured, predicted_root, measured_root;
    const std::size_t sites = state.rows.length(q);
    for (std::size_t i = 0; i < example.roots[q].size(); ++i) {
      const std::size_t series = i % kSeries, site = i / kSeries;
      const float root = example.roots[q][list_place(series, site, sites)];
      if (root < 0) continue;
      predicted_root.push_back(
          positive_root(state.output[(state.rows.begin(q) + site) * kOutputs + series]));
      measured_root.push_back(root);
      predicted.push_back(predicted_root.back() * predicted_root.back());
      measured.push_back(measured_root.back() * measured_root.back());
    }
    loss += 1 - spectral_angle_similarity(predicted, measured) +
            0.3 * (1 - spectral_angle_similarity(predicted_root, measured_root));
  }
  return loss;
}

TEST(SpectrumNetwork, GradientAgreesWithDifferences) {
  const Example example(7);
  const SpectrumNetwork network({.channels = 16, .blocks = 2});
  std::vector<float> weights = network.plan().initial(3);
  SpectrumNetwork::State state;
  network.forward(weights.data(), example.pointers, example.queries, state);
  state.output_gradient.assign(state.output.size(), 0.0F);
  for (std::size_t q = 0; q < example.queries.size(); ++q) {
    const std::size_t first = state.rows.begin(q) * kOutputs,
                      size = state.rows.length(q) * kOutputs;
    SpectrumLoss{0.3F}.gradient(std::span(state.output).subspan(first, size), example.roots[q],
                                std::span(state.output_gradient).subspan(first, size));
  }
  std::vector<float> gradient(weights.size(), 0.0F);
  network.backward(weights.data(), gradient.data(), example.pointers, example.queries, state);
  Rng rng(11, 0);
  int checked = 0;
  for (int i = 0; i < 3000 && checked < 300; ++i) {
    const std::size_t w = rng.below(weights.size());
    if (std::abs(gradient[w]) < 2e-3F) continue;
    ++checked;
    constexpr float kStep = 4e-3F;
    const float kept = weights[w];
    weights[w] = kept + kStep;
    const double above = plain_loss(example, network, weights, state);
    weights[w] = kept - kStep;
    const double below = plain_loss(example, network, weights, state);
    weights[w] = kept;
    const double slope = (above - below) / (2.0 * static_cast<double>(kStep));
    EXPECT_NEAR(gradient[w], slope, 0.03 * std::abs(slope) + 1.5e-3) << "weight " << w;
  }
  EXPECT_GT(checked, 100);
}

TEST(SpectrumNetwork, AnswersDoNotDependOnCompany) {
  const Example example(5);
  const SpectrumNetwork network({.channels = 32});
  const std::vector<float> weights = network.plan().initial(2);
  SpectrumNetwork::State together, alone;
  network.forward(weights.data(), example.pointers, example.queries, together);
  for (std::size_t q = 0; q < example.queries.size(); ++q) {
    SpectrumQuery query = example.queries[q];
    const std::vector<const PeptideTokens*> peptide{example.pointers[query.peptide]};
    query.peptide = 0;
    network.forward(weights.data(), peptide, std::vector{query}, alone);
    const auto rows = together.rows.length(q) * kOutputs;
    for (std::size_t i = 0; i < rows; ++i)
      ASSERT_EQ(alone.output[alone.rows.begin(0) * kOutputs + i],
                together.output[together.rows.begin(q) * kOutputs + i]);
  }
}

}  // namespace
}  // namespace overland::predict
