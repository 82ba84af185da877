// A simulation small enough for tests: seconds even with sanitizers.
#pragma once

#include <filesystem>
#include <string>

#include "simulate/world/settings.h"

namespace overland::support {

inline simulate::SimulationConfig small_simulation() {
  simulate::SimulationConfig config;
  config.seed = 5;
  config.name = "small";
  config.library.precursor_limit = 400;
  config.retention.gradient_minutes = 2;
  config.retention.first_minute = 0.2;
  config.retention.last_minute = 1.8;
  config.retention.run_shift_minutes = 0.02;
  config.acquisition.low_mz = 500;
  config.acquisition.high_mz = 560;
  config.acquisition.width_mz = 12;
  config.acquisition.ms2_seconds = 0.3;
  config.library.low_mz = 500;
  config.library.high_mz = 560;
  return config;
}

inline std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / ("overland_simulate_" + name);
  std::filesystem::remove_all(folder);
  return folder;
}

}  // namespace overland::support
