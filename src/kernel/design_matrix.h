// The sparse design matrix of one scan: observed intensities = templates x weights.
//
// Rows: one per peak that any candidate explains, and one per predicted fragment that has no peak
// (observed 0). Columns: candidates, whose templates are their library fragments. Stored by column.
// All arrays are sized once, from counts, before the first scan; no function allocates afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace overland::kernel {

// Scales a template to sum 1, so that its weight is an intensity, and returns the original sum. A
// template without signal becomes 0.
float scale_template(std::span<float> intensity);

class DesignMatrix {
 public:
  struct Capacity {
    std::size_t columns = 0, entries = 0, peaks = 0;
  };
  void reserve(const Capacity& capacity);

  // Starts the matrix of a scan with `peak_count` peaks.
  void begin_scan(std::size_t peak_count);
  // Adds a column. Fragment f has template value `template_intensity[f]` and its peak is
  // `peak_index[f]`, or -1. Two fragments that match the same peak become one entry.
  void add_column(std::span<const float> template_intensity,
                  std::span<const std::int32_t> peak_index, std::span<const float> peak_intensity);

  [[nodiscard]] std::size_t column_count() const { return column_begin_.size() - 1; }
  [[nodiscard]] std::size_t row_count() const { return observed_.size(); }
  [[nodiscard]] std::span<const float> observed() const { return observed_; }
  [[nodiscard]] std::span<const std::uint32_t> rows(std::size_t column) const {
    return {row_.data() + column_begin_[column], column_begin_[column + 1] - column_begin_[column]};
  }
  [[nodiscard]] std::span<const float> values(std::size_t column) const {
    return {value_.data() + column_begin_[column],
            column_begin_[column + 1] - column_begin_[column]};
  }

 private:
  std::uint32_t row_of_peak(std::int32_t peak, std::span<const float> peak_intensity);

  std::vector<std::uint32_t> column_begin_;
  std::vector<std::uint32_t> row_;
  std::vector<float> value_;
  std::vector<float> observed_;          // one per row
  std::vector<std::uint32_t> peak_row_;  // one per peak: row + 1, or 0 without a row
};

}  // namespace overland::kernel
