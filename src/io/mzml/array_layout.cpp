#include "io/mzml/array_layout.h"

#include <cstring>

namespace overland::io {
namespace {

constexpr std::size_t kHeader = 16;

std::uint64_t read_u64(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

// The number at place `i` of `count` shuffled numbers.
std::uint64_t shuffled_number(std::span<const std::byte> bytes, std::size_t width,
                              std::uint64_t count, std::uint64_t i) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < width; ++k)
    value |= static_cast<std::uint64_t>(bytes[k * count + i]) << (8 * k);
  return value;
}

}  // namespace

bool unshuffle(std::span<const std::byte> shuffled, std::size_t width,
               std::vector<std::byte>& numbers) {
  if (shuffled.size() % width != 0) return false;
  const std::size_t count = shuffled.size() / width;
  numbers.resize(shuffled.size());
  for (std::size_t k = 0; k < width; ++k)
    for (std::size_t i = 0; i < count; ++i) numbers[i * width + k] = shuffled[k * count + i];
  return true;
}

bool look_up(std::span<const std::byte> dictionary, std::size_t width, std::uint64_t count,
             std::vector<std::byte>& numbers) {
  numbers.clear();
  if (dictionary.empty()) return count == 0;
  if (dictionary.size() < kHeader) return false;
  const std::uint64_t offset = read_u64(dictionary, 0);
  if (offset < kHeader || offset > dictionary.size()) return false;
  const auto values = dictionary.subspan(kHeader, offset - kHeader);
  const auto indices = dictionary.subspan(offset);
  const std::uint64_t distinct = values.size() / width;
  if (values.size() % width != 0 || read_u64(dictionary, 8) != distinct) return false;
  if (count == 0) return indices.empty();
  const std::size_t index_width = indices.size() / count;
  const bool is_width =
      index_width == 1 || index_width == 2 || index_width == 4 || index_width == 8;
  if (!is_width || indices.size() != index_width * count) return false;
  numbers.resize(width * count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t index = shuffled_number(indices, index_width, count, i);
    if (index >= distinct) return false;
    const std::uint64_t value = shuffled_number(values, width, distinct, index);
    std::memcpy(numbers.data() + i * width, &value, width);
  }
  return true;
}

}  // namespace overland::io
