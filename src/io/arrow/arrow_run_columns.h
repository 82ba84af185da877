// Reads the columns of one record batch of a run, of any numeric type. Private to the run reader.
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

// Optional: the acquired ranges of scans with several, low, high, low, high, ...
inline constexpr const char* kScanRanges = "scanRangesMz";

struct FloatTarget {
  const char* name;
  std::vector<float>* values;
};
// Appends a float or double column; nulls, and all values of an absent column, become NaN. Error
// OVL-RUN-001.
[[nodiscard]] Result<void> append_floats(const arrow::RecordBatch& batch, const FloatTarget& target,
                                         const std::string& where);
// Appends a column of any integer type. Errors OVL-RUN-001 (another type, a null, a value beyond 32
// bits).
[[nodiscard]] Result<void> append_scan_numbers(const arrow::RecordBatch& batch,
                                               std::vector<std::int32_t>& values,
                                               const std::string& where);
// Appends column msOrder; values that do not fit in a byte become 255 (an unused order).
[[nodiscard]] Result<void> append_ms_orders(const arrow::RecordBatch& batch,
                                            std::vector<std::uint8_t>& values,
                                            const std::string& where);

// Appends column polarity, in which values below 0 mean negative. Nulls, an absent column and a
// column of another type count as positive, because the column is optional.
void append_polarities(const arrow::RecordBatch& batch, std::vector<std::uint8_t>& is_negative);

struct PeakList {
  const float* values;
  std::uint64_t count;
};
// The lists of a column, one per scan: views into the file if the items are 32-bit floats without
// nulls, otherwise views into `converted`, which is filled only in this case. A null list is empty.
// Errors OVL-RUN-001, OVL-IO-003.
[[nodiscard]] Result<std::vector<PeakList>> list_values(const arrow::Array& lists,
                                                        const std::string& name,
                                                        std::vector<float>& converted,
                                                        const std::string& where);

}  // namespace overland::io
