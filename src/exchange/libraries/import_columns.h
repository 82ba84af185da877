// The columns of a foreign library table by their roles, found by a list of known column names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
  group,               // name of the precursor; used for its decoy mark and for pairs
  detecting,           // 0: the transition only localises a modification
  modification_names,  // "Oxidation@M;Acetyl@Protein_N-term", beside a plain sequence
  modification_sites,  // "3;0": 0 and -1 are the termini
};
inline constexpr std::size_t kRoleCount = 19;

// The column's index in the header, per role.
class ColumnMap {
 public:
  [[nodiscard]] std::optional<std::size_t> at(Role role) const {
    return columns_[static_cast<std::size_t>(role)];
  }
  [[nodiscard]] bool has(Role role) const { return at(role).has_value(); }
  void set(Role role, std::size_t column) { columns_[static_cast<std::size_t>(role)] = column; }
  // Whether the modifications stand in columns beside the plain sequence.
  [[nodiscard]] bool has_listed_modifications() const {
    return at(Role::sequence) == at(Role::stripped_sequence) && has(Role::modification_names) &&
           has(Role::modification_sites);
  }
  // Whether no column has modifications, so that all sequences are plain.
  [[nodiscard]] bool is_plain() const {
    return at(Role::sequence) == at(Role::stripped_sequence) && !has_listed_modifications();
  }

 private:
  std::array<std::optional<std::size_t>, kRoleCount> columns_;
};

// Names are compared without regard to case and punctuation. Errors OVL-LIB-020 (a required column
// is missing), OVL-LIB-027 (the name of a column tells of modified sequences, but is unknown).
[[nodiscard]] Result<ColumnMap> match_columns(const std::vector<std::string>& header,
                                              const std::string& where);

}  // namespace overland::exchange
