// Training and evaluation of the spectrum network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/machine.h"
#include "predict/batch_training.h"
#include "predict/spectrum_network.h"

namespace overland::predict {

inline constexpr std::uint16_t kNotMeasured = 0xFFFF;
inline constexpr float kRootUnit = 10000;  // stored root of the most intense fragment

// Spectra of peptides; the spectra of one peptide are contiguous.
struct SpectrumExamples {
  std::vector<PeptideTokens> peptides;
  std::vector<std::uint32_t> row_begin{0};  // peptides + 1 offsets into charge, nce, root_begin
  std::vector<std::uint8_t> charge;
  std::vector<float> nce;
  std::vector<std::uint64_t> root_begin{0};  // rows + 1 offsets into roots
  // kRootUnit sqrt(I / I_max), or kNotMeasured, in the order of list_place.
  std::vector<std::uint16_t> roots;
};

inline constexpr float kRootWeight = 0.3F;  // SpectrumLoss::root_weight in training

// Trains on the peptides listed in `chosen`; the reported loss is 1 - spectral angle similarity.
void train_spectra(const SpectrumNetwork& network, const SpectrumExamples& examples,
                   std::span<const std::uint32_t> chosen, const TrainingSettings& settings,
                   std::vector<float>& weights, const ReportPass& report);

// Spectral angle similarity of each row of the chosen peptides, in their order.
[[nodiscard]] std::vector<float> evaluate_spectra(const SpectrumNetwork& network,
                                                  const SpectrumExamples& examples,
                                                  std::span<const std::uint32_t> chosen,
                                                  std::span<const float> weights,
                                                  const Machine& machine);

}  // namespace overland::predict
