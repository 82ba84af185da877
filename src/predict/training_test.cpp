#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rng.h"
#include "predict/adam.h"
#include "predict/retention_network.h"
#include "predict/spectrum_loss.h"
#include "predict/train_spectra.h"

namespace overland::predict {
namespace {

PeptideTokens random_tokens(Rng& rng) {
  PeptideTokens tokens(7 + rng.below(8));
  for (auto& t : tokens) t = static_cast<std::uint8_t>(rng.below(20));
  return tokens;
}

// Spectra that follow a simple law: y ions are strong left of proline, b ions where charge is low.
SpectrumExamples lawful_spectra(std::size_t peptides) {
  constexpr std::uint8_t kProline = 12;
  Rng rng(4, 4);
  SpectrumExamples examples;
  for (std::size_t p = 0; p < peptides; ++p) {
    const PeptideTokens tokens = random_tokens(rng);
    const std::size_t sites = tokens.size() - 1;
    for (std::uint8_t charge = 1; charge <= 2; ++charge) {
      std::vector<std::uint16_t> roots(kSeries * sites, 0);
      for (std::size_t t = 0; t < sites; ++t) {
        roots[list_place(1, t, sites)] = tokens[t + 1] == kProline ? 10000 : 2000;
        roots[list_place(0, t, sites)] = charge == 1 ? 4000 : 500;
      }
      roots[list_place(2, 0, sites)] = kNotMeasured;
      examples.charge.push_back(charge);
      examples.nce.push_back(30);
      examples.roots.insert(examples.roots.end(), roots.begin(), roots.end());
      examples.root_begin.push_back(examples.roots.size());
    }
    examples.peptides.push_back(tokens);
    examples.row_begin.push_back(static_cast<std::uint32_t>(examples.charge.size()));
  }
  return examples;
}

std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t last) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t i = first; i < last; ++i) items.push_back(i);
  return items;
}

const ReportPass kSilent = [](int, double) {};

TEST(Training, LearnsALawAndDoesNotDependOnThreads) {
  const SpectrumExamples examples = lawful_spectra(300);
  const SpectrumNetwork network({.channels = 16, .blocks = 1});
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3, 8}) {
    std::vector<float> weights = network.plan().initial(1);
    TrainingSettings settings{.passes = 8, .machine = threads};
    train_spectra(network, examples, range(0, 250), settings, weights, kSilent);
    results.push_back(weights);
  }
  for (const auto& weights : results) EXPECT_EQ(weights, results.front());
  std::vector<float> found =
      evaluate_spectra(network, examples, range(250, 300), results.front(), 2);
  ASSERT_EQ(found.size(), 100U);
  std::nth_element(found.begin(), found.begin() + 50, found.end());
  EXPECT_GT(found[50], 0.9F);
  EXPECT_EQ(evaluate_spectra(network, examples, range(250, 300), results.front(), 1).size(), 100U);
}

RetentionExamples lawful_times(std::size_t peptides) {
  Rng rng(9, 9);
  RetentionExamples examples;
  examples.scales = 2;
  for (std::size_t p = 0; p < peptides; ++p) {
    examples.peptides.push_back(random_tokens(rng));
    float sum = 0;
    for (const auto t : examples.peptides.back()) sum += (static_cast<float>(t) - 9.5F) / 20;
    examples.time.push_back(p % 3 == 0 ? std::numeric_limits<float>::quiet_NaN() : sum);
    examples.time.push_back(p % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : -sum);
  }
  return examples;
}

TEST(Training, RetentionOnTwoScalesWithGapsThreads) {
  const RetentionExamples examples = lawful_times(2100);
  const RetentionNetwork network({.channels = 16, .blocks = 1});
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    std::vector<float> weights = network.plan().initial(1);
    train_retention(network, examples, range(0, 2000), {.passes = 30, .machine = threads}, weights,
                    kSilent);
    results.push_back(weights);
  }
  EXPECT_EQ(results[0], results[1]);
  const auto predicted = evaluate_retention(network, examples, range(2000, 2100), results[0], 2);
  double error = 0, spread = 0;
  int n = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const float truth = examples.time[4000 + i];
    if (std::isnan(truth)) continue;
    error += std::abs(static_cast<double>(predicted[i] - truth));
    spread += std::abs(static_cast<double>(truth));
    ++n;
  }
  ASSERT_GT(n, 80);
  EXPECT_LT(error, 0.3 * spread);
}

TEST(Retention, GradientAgreesWithDifferences) {
  const RetentionExamples examples = lawful_times(6);
  const RetentionNetwork network({.channels = 16, .blocks = 2});
  std::vector<float> weights = network.plan().initial(3);
  std::vector<const PeptideTokens*> peptides;
  for (const auto& p : examples.peptides) peptides.push_back(&p);
  RetentionNetwork::State state;
  const auto half_square = [&] {
    network.forward(weights.data(), peptides, state);
    double sum = 0;
    for (const float o : state.output) sum += 0.5 * static_cast<double>(o) * static_cast<double>(o);
    return sum;
  };
  half_square();
  state.output_gradient = state.output;
  std::vector<float> gradient(weights.size(), 0.0F);
  network.backward(weights.data(), gradient.data(), peptides, state);
  Rng rng(2, 2);
  int checked = 0;
  for (int i = 0; i < 4000 && checked < 200; ++i) {
    const std::size_t w = rng.below(weights.size());
    if (std::abs(gradient[w]) < 5e-3F) continue;
    ++checked;
    const float kept = weights[w];
    constexpr float kStep = 2e-3F;
    weights[w] = kept + kStep;
    const double above = half_square();
    weights[w] = kept - kStep;
    const double below = half_square();
    weights[w] = kept;
    const double slope = (above - below) / (2 * static_cast<double>(kStep));
    EXPECT_NEAR(gradient[w], slope, 0.03 * std::abs(slope) + 2e-3) << "weight " << w;
  }
  EXPECT_GT(checked, 100);
}

TEST(Adam, RateRisesThenFallsToNothing) {
  Adam adam({.peak_rate = 1, .warm_up = 0.1, .steps = 100}, 1);
  std::vector<float> weight{0}, gradient{1};
  double greatest = 0;
  for (int i = 0; i < 100; ++i) {
    greatest = std::max(greatest, adam.rate());
    adam.step(weight, gradient);
  }
  EXPECT_NEAR(greatest, 1, 0.02);
  EXPECT_LT(adam.rate(), 1e-6);
  EXPECT_LT(weight[0], -10);  // moved against the gradient by about the sum of rates
}

TEST(SpectralAngle, KnownValues) {
  const std::vector<float> a{1, 0}, b{0, 1}, c{1, 1}, none{0, 0};
  EXPECT_NEAR(spectral_angle_similarity(a, a), 1, 1e-9);
  EXPECT_NEAR(spectral_angle_similarity(a, b), 0, 1e-9);
  EXPECT_NEAR(spectral_angle_similarity(a, c), 0.5, 1e-7);
  EXPECT_EQ(spectral_angle_similarity(a, none), 0);
}

TEST(SpectrumLoss, YIonsMeetTheirSiteFromTheOtherEnd) {
  EXPECT_EQ(list_place(0, 0, 5), 0U);   // b1: after the first residue
  EXPECT_EQ(list_place(1, 4, 5), 5U);   // y1: before the last
  EXPECT_EQ(list_place(3, 0, 5), 19U);  // y5, charge 2
}

}  // namespace
}  // namespace overland::predict
