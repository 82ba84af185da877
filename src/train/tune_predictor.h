// Tunes the predictor on the identifications of a first search: first the collision energy, then
// both networks, cross-fitted so that no peptide is predicted by a model that was trained on it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "predict/cross_fitted.h"
#include "predict/predictor_model.h"

namespace overland::train {

// One confidently identified precursor: its peptide, its spectrum and its retention.
struct TuningExample {
  Peptide peptide;
  std::uint8_t charge = 2;
  float score = 0;
  float irt = 0;                     // observed, on the library's scale
  std::vector<std::uint16_t> roots;  // SpectrumExamples::roots
};

struct TuningSettings {
  int passes = 8;
  int retention_passes = 12;
  double peak_rate = 6e-4;
  std::size_t folds = 3;
  std::size_t least_peptides = 300;  // with fewer only the energy and a retention line are fitted
  std::uint64_t seed = 1;
  Machine machine = {};
};

// Similarities are medians over all examples; each example is predicted by a model that was not
// trained on its peptide.
struct TuningReport {
  std::size_t spectra = 0, peptides = 0;
  std::array<float, 9> nce{};                                                 // %, by charge
  double similarity_before = 0, similarity_energy = 0, similarity_tuned = 0;  // spectral angle
  double retention_error_before = 0, retention_error_tuned = 0;  // median, the library's iRT
};

struct TunedPredictor {
  std::unique_ptr<predict::CrossFittedPredictor> predictor;
  std::array<float, 9> nce{};            // collision energy to predict at, %, by charge
  double irt_offset = 0, irt_slope = 1;  // library iRT = offset + slope x predicted iRT
  TuningReport report;
};

// `energy`: collision energy at which the library was predicted, %. Error OVL-PRE-004 (no
// examples).
[[nodiscard]] Result<TunedPredictor> tune_predictor(const predict::PredictorModel& base,
                                                    std::vector<TuningExample> examples,
                                                    float energy, const TuningSettings& settings);

}  // namespace overland::train
