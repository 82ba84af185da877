// Matrix products of the predictor's networks, in single precision and in one fixed order of
// summation: the same bits on every machine and at every width of its vector unit.
#pragma once

#include <cstddef>

namespace overland::predict {

inline constexpr std::size_t kColumnUnit = 8;  // `columns` is a multiple of it

// out(i, j) = start(i, j) + sum over k ascending of left(i, k) right(k, j), each product rounded
// before it is added. left(i, k) = left[i * left_row + k * left_step], so that a transposed matrix,
// or a window that slides over the rows of another (a convolution), needs no copy.
struct MatrixProduct {
  std::size_t rows = 0, columns = 0, depth = 0;
  const float* left = nullptr;
  std::size_t left_row = 0, left_step = 1;
  const float* right = nullptr;  // depth x columns, rows one after the other
  const float* start = nullptr;  // one row for all (a bias); null: what `out` holds
  float* out = nullptr;          // rows x columns
};

// `right` and `out` must not overlap. Picks the widest vector unit at run time.
void multiply(const MatrixProduct& product);
// The twin for any machine.
void multiply_portable(const MatrixProduct& product);

}  // namespace overland::predict
