// The fragment ion of one row of a foreign library table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "chemistry/peptide.h"

namespace overland::exchange {

// The reason why a row is left out. The texts are part of ImportReport.
enum class Drop : std::uint8_t {
  no_sequence,
  unreadable_sequence,
  precursor_charge,
  no_retention_time,
  no_intensity,
  ion_type,
  neutral_loss,
  fragment_charge,
  ordinal,
  mz_range,
  duplicate,
  too_few,
  too_many,
  decoy_is_target,
  unexplained,
  foreign_fragment,
  identifying,
  other_mz,
  made_decoy,
};
inline constexpr std::size_t kDropCount = 19;
[[nodiscard]] std::string_view describe(Drop reason);

inline constexpr int kMaxFragmentCharge = 3;
inline constexpr double kMinFragmentMz = 50;  // Th
inline constexpr double kMaxFragmentMz = 5000;

// A b or y ion without losses, from texts such as "y5", "y5^2", "y5+1", "y5(2+)", "b3/0.002"; the
// charge is 0 if the text has none. If there is no ion, `reason` tells why.
struct AnnotatedIon {
  std::optional<FragmentIon> ion;
  Drop reason = Drop::ion_type;
};
[[nodiscard]] AnnotatedIon parse_annotation(std::string_view text);

// Empty, "NA", "noloss" and so on.
[[nodiscard]] bool is_missing(std::string_view text);
[[nodiscard]] bool is_no_loss(std::string_view text);

}  // namespace overland::exchange
