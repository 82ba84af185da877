// Similarity of an observed and a predicted spectrum of the same n fragments, and of two profiles
// over time. Pure functions on spans of equal length; higher is better; 0 where undefined.
#pragma once

#include <span>

namespace overland::kernel {

// sum sqrt(h x) / sqrt(sum h sum x): the cosine of the square roots, 0..1.
[[nodiscard]] float sqrt_cosine(std::span<const float> predicted, std::span<const float> observed);

// sum h x / (|h| |x|), 0..1.
[[nodiscard]] float cosine(std::span<const float> predicted, std::span<const float> observed);

// Spectral entropy similarity (Li et al. 2021), both spectra scaled to sum 1 first:
//   1 - (2 S(h + x over 2) - S(h) - S(x)) / ln 4,  S(v) = -sum v ln v,  0..1.
// (The reference implementation adds unscaled spectra; here both spectra have equal weight.)
[[nodiscard]] float entropy_similarity(std::span<const float> predicted,
                                       std::span<const float> observed);

// 1 - sum |h / sum h - x / sum x| / 2, 0..1 (1 - half the Manhattan distance).
[[nodiscard]] float manhattan_similarity(std::span<const float> predicted,
                                         std::span<const float> observed);

// Pearson's correlation, -1..1; 0 when either is constant.
[[nodiscard]] float pearson(std::span<const float> a, std::span<const float> b);

}  // namespace overland::kernel
