// File format of the predictor's two networks (docs/formats/predictor-model.md).
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "predict/trunk.h"

namespace overland::predict {

// A retention scale: time = mean + deviation * (output of the network).
struct RetentionScale {
  std::string name;
  double mean = 0, deviation = 1;
};

struct PredictorModel {
  std::string name;
  TrunkShape spectrum_shape, retention_shape{.channels = 64};
  std::vector<float> spectrum, retention;   // weights
  std::vector<RetentionScale> scales;       // predictions are on the first scale
  float least_nce = 20, greatest_nce = 42;  // range of collision energies in training, %
  std::string training = "{}";              // JSON: data, settings, accuracy
};

// Errors: OVL-PRE-001 (not a model file, another version, or damaged), OVL-IO-001.
[[nodiscard]] Result<PredictorModel> parse_model(std::span<const std::byte> bytes,
                                                 const std::string& where);
[[nodiscard]] Result<PredictorModel> read_model(const std::filesystem::path& file);
// Writes the file atomically. Error OVL-IO-002.
[[nodiscard]] Result<void> write_model(const PredictorModel& model,
                                       const std::filesystem::path& file);
// Bytes of the model that is embedded in the program.
[[nodiscard]] std::span<const std::byte> embedded_model_bytes();

}  // namespace overland::predict
