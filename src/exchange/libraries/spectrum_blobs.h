// Arrays of numbers in databases of spectra: zlib-compressed or uncompressed, of either byte order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace overland::exchange {

// Decodes `bytes` to numbers of type T (float or double). A blob with the size of `expected`
// numbers may be uncompressed; otherwise it must be a zlib stream. Empty if the blob is damaged or
// holds another number of values.
template <class T>
[[nodiscard]] std::optional<std::vector<T>> decode_blob(std::span<const std::byte> bytes,
                                                        std::size_t expected, std::endian order);

// A zlib stream of little-endian numbers, or the uncompressed numbers if zlib does not make them
// shorter.
template <class T>
[[nodiscard]] std::vector<std::byte> encode_blob(std::span<const T> values);

}  // namespace overland::exchange
