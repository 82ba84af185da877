// Parses the lists in the settings: species, conditions and run formats.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct Species {
  std::string name;
  double share = 1;                     // share of the proteins
  std::vector<double> condition_ratio;  // per condition; 0: absent
};

// The parts between separators, without surrounding blanks; empty parts are left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, char separator);

// The following functions return the error OVL-CFG-102.
[[nodiscard]] Result<double> read_number(std::string_view text, const std::string& key);
[[nodiscard]] Result<std::vector<Species>> read_species(const SimulationConfig& config);
[[nodiscard]] Result<std::vector<std::string>> read_conditions(const SimulationConfig& config);

}  // namespace overland::simulate
