#include "kernel/design_matrix.h"

namespace overland::kernel {

float scale_template(std::span<float> intensity) {
  float sum = 0;
  for (const float x : intensity) sum += x;
  for (float& x : intensity) x = sum > 0 ? x / sum : 0;
  return sum;
}

void DesignMatrix::reserve(const Capacity& capacity) {
  column_begin_.reserve(capacity.columns + 1);
  row_.reserve(capacity.entries);
  value_.reserve(capacity.entries);
  observed_.reserve(capacity.entries);
  peak_row_.reserve(capacity.peaks);
}

void DesignMatrix::begin_scan(std::size_t peak_count) {
  column_begin_.assign(1, 0);
  row_.clear();
  value_.clear();
  observed_.clear();
  peak_row_.assign(peak_count, 0);
}

std::uint32_t DesignMatrix::row_of_peak(std::int32_t peak, std::span<const float> peak_intensity) {
  const auto index = static_cast<std::size_t>(peak);
  if (peak_row_[index] == 0) {
    observed_.push_back(peak_intensity[index]);
    peak_row_[index] = static_cast<std::uint32_t>(observed_.size());
  }
  return peak_row_[index] - 1;
}

void DesignMatrix::add_column(std::span<const float> template_intensity,
                              std::span<const std::int32_t> peak_index,
                              std::span<const float> peak_intensity) {
  const std::size_t first = row_.size();
  for (std::size_t f = 0; f < template_intensity.size(); ++f) {
    if (peak_index[f] < 0) {
      row_.push_back(static_cast<std::uint32_t>(observed_.size()));
      value_.push_back(template_intensity[f]);
      observed_.push_back(0);
      continue;
    }
    const std::uint32_t row = row_of_peak(peak_index[f], peak_intensity);
    std::size_t same = first;
    while (same < row_.size() && row_[same] != row) ++same;
    if (same < row_.size()) {
      value_[same] += template_intensity[f];
    } else {
      row_.push_back(row);
      value_.push_back(template_intensity[f]);
    }
  }
  column_begin_.push_back(static_cast<std::uint32_t>(row_.size()));
}

}  // namespace overland::kernel
