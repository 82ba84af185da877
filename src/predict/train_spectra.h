// Training of the spectrum network. The result depends on the examples and the settings alone, not
// on the number of threads: a batch is cut into shards whose gradients are added in order.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "predict/adam.h"
#include "predict/spectrum_network.h"

namespace overland::predict {

inline constexpr std::uint16_t kNotMeasured = 0xFFFF;
inline constexpr float kRootUnit = 10000;  // stored root of the most intense fragment

// Spectra of peptides, those of a peptide one after the other.
struct SpectrumExamples {
  std::vector<PeptideTokens> peptides;
  std::vector<std::uint32_t> row_begin;  // peptides + 1 offsets into charge, nce, root_begin
  std::vector<std::uint8_t> charge;
  std::vector<float> nce;
  std::vector<std::uint64_t> root_begin;  // rows + 1 offsets into roots
  std::vector<std::uint16_t> roots;       // kSeries blocks of sites: kRootUnit sqrt(I / I_max), or
                                          // kNotMeasured
};

struct TrainingSettings {
  int passes = 24;
  std::size_t batch_peptides = 128;
  std::uint64_t seed = 1;
  int threads = 1;
  double peak_rate = 2e-3;
  double weight_decay = 1e-2;
  float root_weight = 0.3F;
};

struct TrainingProgress {
  int pass = 0;
  double loss = 0;  // mean over the pass, right angles
};

// Trains `weights` on the peptides listed in `chosen`; `report` is called after each pass.
void train_spectra(const SpectrumNetwork& network, const SpectrumExamples& examples,
                   std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                   std::vector<float>& weights,
                   const std::function<void(const TrainingProgress&)>& report);

// Spectral angle similarity of each row of the chosen peptides, in their order.
[[nodiscard]] std::vector<float> evaluate_spectra(const SpectrumNetwork& network,
                                                  const SpectrumExamples& examples,
                                                  std::span<const std::uint32_t> chosen,
                                                  std::span<const float> weights, int threads);

}  // namespace overland::predict
