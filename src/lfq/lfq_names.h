// Numbers for the names in a table, in the order of their first appearance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quantify/cohort_rows.h"

namespace overland::lfq {

class LfqNames {
 public:
  std::uint32_t number_of(std::string_view name) {
    if (names_.size() > 0 && names_[last_] == name) return last_;  // rows come in blocks
    return last_ = names_.number_of(name);
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
  // Place of each number in the order of the names.
  [[nodiscard]] std::vector<std::uint32_t> ranks() const;
  [[nodiscard]] std::vector<std::string> sorted() const;

 private:
  [[nodiscard]] std::vector<std::uint32_t> order() const;
  quantify::NameList names_;
  std::uint32_t last_ = 0;
};

}  // namespace overland::lfq
