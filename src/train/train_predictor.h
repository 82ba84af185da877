// Trains the predictor of spectra and retention, or tunes one that exists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::train {

struct TrainPredictorOptions {
  std::vector<std::filesystem::path> spectra = {};    // tables of spectra, Parquet
  std::vector<std::filesystem::path> retention = {};  // tables of retention times
  std::filesystem::path base = {};                    // start from this model; empty: from nothing
  // Results of a search with --refine: tune on what it observed, from the program's own model where
  // `base` is empty.
  std::filesystem::path from = {};
  std::filesystem::path out = {};  // model file
  std::string name = "overland";
  // Not given: as many, and as fast, as suits a training from nothing or a tuning.
  std::optional<int> passes = {}, retention_passes = {};
  std::optional<double> peak_rate = {};
  int channels = 96;  // of the spectrum network; a multiple of 8
  std::uint64_t seed = 1;
  int threads = 1;
  bool overwrite = false;
};

// On the peptides held out. NaN where there are none.
struct PredictorAccuracy {
  std::uint64_t spectra = 0;
  double median_similarity = 0;   // spectral angle
  std::vector<double> by_charge;  // likewise, charges 1, 2, ..
  struct Retention {
    std::string scale;
    std::uint64_t peptides = 0;
    double pearson = 0, mean_absolute_error = 0, error_95 = 0;  // error_95: 95 % are below
  };
  std::vector<Retention> retention;
};

// Errors of the tables (training_data.h), of read_model and write_model, OVL-USE-010..012,
// OVL-PRE-003 (nothing to train on).
[[nodiscard]] Result<PredictorAccuracy> train_predictor(const TrainPredictorOptions& options);

}  // namespace overland::train
