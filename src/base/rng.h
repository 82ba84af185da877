// Deterministic random numbers: one stream per item, the same on every machine.
// SplitMix64 (Steele, Lea, Flood 2014); the distributions are written here because those of the
// standard library differ between implementations.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/pinned_math.h"

namespace overland {

[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

class Rng {
 public:
  constexpr Rng(std::uint64_t seed, std::uint64_t stream)
      : state_(mix64(seed + 0x9E3779B97F4A7C15ULL) ^ mix64(stream * 0xD1342543DE82EF95ULL + 1)) {}

  constexpr std::uint64_t next() { return mix64(state_ += 0x9E3779B97F4A7C15ULL); }
  // [0, 1)
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  // [0, n); n > 0. The bias is below n / 2^64.
  constexpr std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }
  // Standard normal (Marsaglia's polar method).
  double normal() {
    for (;;) {
      const double u = 2 * uniform() - 1;
      const double v = 2 * uniform() - 1;
      const double s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * pinned::log(s) / s);
    }
  }
  double exponential() { return -pinned::log(1 - uniform()); }
  // Poisson: inversion below a mean of 30, a rounded normal above, whose error in the tails is
  // irrelevant here.
  std::uint64_t poisson(double mean) {
    if (mean <= 0) return 0;
    if (mean > 30) {
      const double x = mean + std::sqrt(mean) * normal() + 0.5;
      return x < 0 ? 0 : static_cast<std::uint64_t>(x);
    }
    const double limit = pinned::exp(-mean);
    std::uint64_t k = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++k;
    return k;
  }

 private:
  std::uint64_t state_;
};

}  // namespace overland
