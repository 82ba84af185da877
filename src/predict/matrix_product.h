// Matrix products of the predictor's networks, in single precision and with a fixed order of
// summation, so that all machines and vector widths give the same bits.
#pragma once

#include <cstddef>

namespace overland::predict {

inline constexpr std::size_t kColumnUnit = 8;  // `columns` must be a multiple of this

// out(i, j) = start(i, j) + sum over k ascending of left(i, k) right(k, j), each product rounded
// before it is added. left(i, k) = left[i * left_row + k * left_step], so that a transposed matrix,
// or a window that slides over the rows of a matrix (a convolution), needs no copy.
struct MatrixProduct {
  std::size_t rows = 0, columns = 0, depth = 0;
  const float* left = nullptr;
  std::size_t left_row = 0, left_step = 1;
  const float* right = nullptr;  // depth x columns, row-major
  const float* start = nullptr;  // one row for all rows (a bias); null: the values in `out`
  float* out = nullptr;          // rows x columns
};

// Precondition: `right` and `out` do not overlap. Uses the machine's widest vector unit.
void multiply(const MatrixProduct& product);
// Portable implementation for any machine, with the same result.
void multiply_portable(const MatrixProduct& product);

}  // namespace overland::predict
