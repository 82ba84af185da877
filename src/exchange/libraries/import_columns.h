// Detects the meaning of the columns of a foreign library table, by a table of known column names.
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
  group,  // name of the precursor; used for its DECOY_ prefix and for pairs
};
inline constexpr std::size_t kRoleCount = 16;

// The column's index in the header, per role.
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

// Names are compared by letters, regardless of case, and digits only. If several columns match a
// role, the alias listed first is used. Errors OVL-LIB-020 (a required column is missing; lists its
// aliases).
[[nodiscard]] Result<ColumnMap> match_columns(const std::vector<std::string>& header,
                                              const std::string& where);

}  // namespace overland::exchange
