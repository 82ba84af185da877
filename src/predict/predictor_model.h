// The predictor's two networks as a file (docs/formats/predictor-model.md).
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "predict/trunk.h"

namespace overland::predict {

// A scale of retention: time = mean + deviation * (the network's output).
struct RetentionScale {
  std::string name;
  double mean = 0, deviation = 1;
};

struct PredictorModel {
  std::string name;
  TrunkShape spectrum_shape, retention_shape{.channels = 64};
  std::vector<float> spectrum, retention;   // weights
  std::vector<RetentionScale> scales;       // the first is what predictions are given in
  float least_nce = 20, greatest_nce = 42;  // collision energies it was trained on, per cent
  std::string training = "{}";              // JSON: data, settings, accuracy
};

// Errors OVL-PRE-001 (not a model file, another version, damaged), OVL-IO-001.
[[nodiscard]] Result<PredictorModel> parse_model(std::span<const std::byte> bytes,
                                                 const std::string& where);
[[nodiscard]] Result<PredictorModel> read_model(const std::filesystem::path& file);
// Atomically. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_model(const PredictorModel& model,
                                       const std::filesystem::path& file);
// The model that the program carries.
[[nodiscard]] std::span<const std::byte> embedded_model_bytes();

}  // namespace overland::predict
