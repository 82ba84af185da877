#include "predict/matrix_product.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/rng.h"
#include "predict/matrix_product_units.h"

namespace overland::predict {
namespace {

std::vector<float> noise(std::size_t n, std::uint64_t seed) {
  Rng rng(seed, n);
  std::vector<float> values(n);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

// The definition, element by element.
std::vector<float> plain(const MatrixProduct& p, const std::vector<float>& before) {
  std::vector<float> out(p.rows * p.columns);
  for (std::size_t i = 0; i < p.rows; ++i)
    for (std::size_t j = 0; j < p.columns; ++j) {
      float sum = p.start != nullptr ? p.start[j] : before[i * p.columns + j];
      for (std::size_t k = 0; k < p.depth; ++k) {
        const float product = p.left[i * p.left_row + k * p.left_step] * p.right[k * p.columns + j];
        sum += product;
      }
      out[i * p.columns + j] = sum;
    }
  return out;
}

using Unit = void (*)(const MatrixProduct&);

// What `multiply` picks, and each unit that this machine has.
std::vector<Unit> units_for([[maybe_unused]] std::size_t columns) {
  std::vector<Unit> units{multiply, multiply_portable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) units.push_back(multiply_avx2);
  if (__builtin_cpu_supports("avx512f") != 0 && columns % 16 == 0) units.push_back(multiply_avx512);
#endif
  return units;
}

// Bit for bit, on every unit: sizes that fill tiles and such that do not.
TEST(MatrixProduct, AgreesWithItsDefinition) {
  Rng rng(3, 1);
  for (int round = 0; round < 60; ++round) {
    const std::size_t rows = 1 + rng.below(29), depth = 1 + rng.below(300);
    const std::size_t columns = kColumnUnit * (1 + rng.below(5));
    const bool is_transposed = rng.below(2) == 1, has_start = rng.below(2) == 1;
    const auto left = noise(rows * depth, 10), right = noise(depth * columns, 11);
    const auto start = noise(columns, 12), before = noise(rows * columns, 13);
    std::vector<float> out = before;
    MatrixProduct p{.rows = rows,
                    .columns = columns,
                    .depth = depth,
                    .left = left.data(),
                    .left_row = is_transposed ? 1 : depth,
                    .left_step = is_transposed ? rows : 1,
                    .right = right.data(),
                    .start = has_start ? start.data() : nullptr,
                    .out = out.data()};
    const auto expected = plain(p, before);
    for (const Unit unit : units_for(columns)) {
      out = before;
      p.out = out.data();
      unit(p);
      ASSERT_EQ(0, std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)));
    }
  }
}

// A convolution: overlapping windows of rows as the left matrix.
TEST(MatrixProduct, LeftRowsMayOverlap) {
  constexpr std::size_t kChannels = 8, kRows = 9, kWidth = 3;
  const auto in = noise((kRows + kWidth - 1) * kChannels, 5);
  const auto weight = noise(kWidth * kChannels * kChannels, 6);
  const std::vector<float> zero(kChannels, 0.0F);
  std::vector<float> out(kRows * kChannels);
  const MatrixProduct p{.rows = kRows,
                        .columns = kChannels,
                        .depth = kWidth * kChannels,
                        .left = in.data(),
                        .left_row = kChannels,
                        .left_step = 1,
                        .right = weight.data(),
                        .start = zero.data(),
                        .out = out.data()};
  multiply(p);
  EXPECT_EQ(out, plain(p, out));
}

}  // namespace
}  // namespace overland::predict
