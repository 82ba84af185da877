// Columns of one record batch of a run, whatever number type they have. Private to the run reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace arrow {
class Array;
class RecordBatch;
}  // namespace arrow

namespace overland::io {

struct FloatTarget {
  const char* name;
  std::vector<float>* values;
};
// Appends a float or double column; null and an absent column become NaN. Error OVL-RUN-001.
[[nodiscard]] Result<void> append_floats(const arrow::RecordBatch& batch, const FloatTarget& target,
                                         const std::string& where);
// Any integer type. Errors OVL-RUN-001: another type, null, beyond 32 bits.
[[nodiscard]] Result<void> append_scan_numbers(const arrow::RecordBatch& batch,
                                               std::vector<std::int32_t>& values,
                                               const std::string& where);
// Column msOrder; what does not fit a byte becomes 255 (an order that no one uses).
[[nodiscard]] Result<void> append_ms_orders(const arrow::RecordBatch& batch,
                                            std::vector<std::uint8_t>& values,
                                            const std::string& where);

// Column polarity, below 0 where it is negative; null, an absent column and any other type count as
// positive, for the column is not one of those that make a run.
void append_polarities(const arrow::RecordBatch& batch, std::vector<std::uint8_t>& is_negative);

struct PeakList {
  const float* values;
  std::uint64_t count;
};
// The lists of a column, one per scan: views where items are 32-bit floats without nulls, else into
// `converted` (which stays empty otherwise). A null list is empty. Errors OVL-RUN-001, OVL-IO-003.
[[nodiscard]] Result<std::vector<PeakList>> list_values(const arrow::Array& lists,
                                                        const std::string& name,
                                                        std::vector<float>& converted,
                                                        const std::string& where);

}  // namespace overland::io
