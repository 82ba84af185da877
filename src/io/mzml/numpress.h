// MS-Numpress (Teleman et al., Mol. Cell. Proteomics 2014, 13, 1537): numbers as differences from a
// prediction, as integers, or as logarithms of fixed precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overland::io {

enum class Numpress : std::uint8_t { none, linear, positive_integer, short_logged };

// Replaces `values`; `kind` is not none. False for damaged input.
[[nodiscard]] bool decode_numpress(std::span<const std::byte> bytes, Numpress kind,
                                   std::vector<double>& values);

}  // namespace overland::io
