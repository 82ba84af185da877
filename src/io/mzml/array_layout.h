// Layouts in which the bytes of an mzML array are arranged before they are compressed with
// Zstandard (PSI-MS: MS:1003781, MS:1003782). All numbers are little endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overland::io {

enum class ArrayLayout : std::uint8_t {
  plain,
  shuffled,    // the first bytes of all numbers, then the second bytes, and so on
  dictionary,  // offset of the indices, number of distinct values (64 bits each), the distinct
               // values and the indices, both shuffled
};

// Restores numbers of `width` bytes each. False if the size is no multiple of the width.
[[nodiscard]] bool unshuffle(std::span<const std::byte> shuffled, std::size_t width,
                             std::vector<std::byte>& numbers);

// Restores `count` numbers of `width` bytes each from a dictionary. The indices are as wide as
// their bytes and `count` say, because writers do not agree on the width at 256 and 65,536 distinct
// values. False if sizes, the number of distinct values or an index do not fit.
[[nodiscard]] bool look_up(std::span<const std::byte> dictionary, std::size_t width,
                           std::uint64_t count, std::vector<std::byte>& numbers);

}  // namespace overland::io
