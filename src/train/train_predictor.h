// Trains the predictor of spectra and retention, or tunes an existing one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::train {

struct TrainPredictorOptions {
  std::vector<std::filesystem::path> spectra = {};    // tables of spectra, Parquet
  std::vector<std::filesystem::path> retention = {};  // tables of retention times
  std::filesystem::path base = {};  // model to tune; empty: train from random weights
  // Results folder of a search with --refine whose observed spectra are used for tuning; the
  // embedded model is tuned if `base` is empty.
  std::filesystem::path from = {};
  std::filesystem::path out = {};  // model file
  std::string name = "overland";
  // Epochs and peak learning rate; if not given, defaults for training or tuning.
  std::optional<int> passes = {}, retention_passes = {};
  std::optional<double> peak_rate = {};
  int channels = 96;  // channels of the spectrum network; a multiple of 8
  std::uint64_t seed = 1;
  Machine machine = {};
  bool overwrite = false;
};

// Accuracy on the held-out peptides; NaN if there are none.
struct PredictorAccuracy {
  std::uint64_t spectra = 0;
  double median_similarity = 0;   // median spectral angle similarity
  std::vector<double> by_charge;  // median spectral angle similarity of charges 1, 2, ...
  struct Retention {
    std::string scale;
    std::uint64_t peptides = 0;
    double pearson = 0, mean_absolute_error = 0, error_95 = 0;  // error_95: 95 % quantile
  };
  std::vector<Retention> retention;
};

// Errors: of training_data.h, read_model and write_model; OVL-USE-010..012; OVL-PRE-003 (no rows to
// train on).
[[nodiscard]] Result<PredictorAccuracy> train_predictor(const TrainPredictorOptions& options);

}  // namespace overland::train
