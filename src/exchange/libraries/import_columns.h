// Which column of a foreign library table holds what: a table of names met in the wild.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::exchange {

enum class Role : std::uint8_t {
  sequence,  // with modifications
  stripped_sequence,
  charge,
  precursor_mz,
  irt,
  fragment_mz,
  intensity,
  fragment_type,
  fragment_charge,
  fragment_ordinal,
  loss,
  annotation,  // "y5^2": type, ordinal, charge and loss in one
  proteins,
  genes,
  decoy,
  group,  // name of the precursor; only for its DECOY_ prefix and for pairs
};
inline constexpr std::size_t kRoleCount = 16;

// Place in the header, per role.
class ColumnMap {
 public:
  [[nodiscard]] std::optional<std::size_t> at(Role role) const {
    return places_[static_cast<std::size_t>(role)];
  }
  [[nodiscard]] bool has(Role role) const { return at(role).has_value(); }
  void set(Role role, std::size_t place) { places_[static_cast<std::size_t>(role)] = place; }

 private:
  std::array<std::optional<std::size_t>, kRoleCount> places_;
};

// Names are compared without case and without anything that is no letter or digit. Of several
// columns that could serve, the alias that stands first in the table wins.
// Error OVL-LIB-020 (a required column is missing; names its aliases).
[[nodiscard]] Result<ColumnMap> match_columns(const std::vector<std::string>& header,
                                              const std::string& where);

}  // namespace overland::exchange
