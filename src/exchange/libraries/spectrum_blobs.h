// Arrays of numbers as databases of spectra keep them: zlib-compressed or bare, of either byte
// order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace overland::exchange {

// Decodes `bytes` to numbers of type T (float or double). A blob of just `expected` numbers may be
// bare; otherwise it must be a zlib stream. Nothing when it is damaged or holds another number.
template <class T>
[[nodiscard]] std::optional<std::vector<T>> decode_blob(std::span<const std::byte> bytes,
                                                        std::size_t expected, std::endian order);

// A zlib stream of little-endian numbers, or the bare numbers where that is not shorter.
template <class T>
[[nodiscard]] std::vector<std::byte> encode_blob(std::span<const T> values);

}  // namespace overland::exchange
