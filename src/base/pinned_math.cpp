#include "base/pinned_math.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace overland::pinned {
namespace {

constexpr double kLn2High = 6.93147180369123816490e-01;  // ln 2, upper 33 bits
constexpr double kLn2Low = 1.90821492927058770002e-10;   // ln 2 - kLn2High
constexpr int kLogTerms = 11;
constexpr int kExpTerms = 14;

double scale_by_power_of_two(double x, int exponent) {
  const auto power = [](int e) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
  };
  // Two steps, so that results near the ends of the range do not overflow on the way.
  const int half = exponent / 2;
  return x * power(half) * power(exponent - half);
}

}  // namespace

// x = m 2^k with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1), as a series.
double log(double x) {
  if (!(x > 0)) {
    return x == 0 ? -std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::quiet_NaN();
  }
  if (x == std::numeric_limits<double>::infinity()) return x;
  int k = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    k = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  k += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  // Computed without a branch: half of all values would be mispredicted.
  const int is_high = m > 1.4142135623730951 ? 1 : 0;
  m *= 1.0 - 0.5 * is_high;
  k += is_high;
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double series = 0;
  for (int n = kLogTerms; n >= 0; --n) series = series * s2 + 1.0 / (2 * n + 1);
  return k * kLn2High + (2.0 * s * series + k * kLn2Low);
}

// x = k ln 2 + r with |r| <= ln(2) / 2; exp r as a Taylor series.
double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.78) return std::numeric_limits<double>::infinity();
  if (x < -745.13) return 0;
  const int k = static_cast<int>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double series = 1;
  for (int n = kExpTerms; n >= 1; --n) series = 1.0 + r * series / n;
  return scale_by_power_of_two(series, k);
}

double hypot(double x, double y) {
  const double largest = std::max(std::abs(x), std::abs(y));
  // So that no square overflows or underflows; a power of two, which rounds nothing.
  const double scale = largest > 0x1p500 ? 0x1p-600 : largest < 0x1p-400 ? 0x1p600 : 1.0;
  const double longer = largest * scale, shorter = std::min(std::abs(x), std::abs(y)) * scale;
  const double root = std::sqrt((x * scale) * (x * scale) + (y * scale) * (y * scale));
  if (root == 0 || !std::isfinite(root)) return root;
  // root^2 - longer^2 - shorter^2, in which the large terms cancel without rounding.
  double excess = 0;
  if (root <= 2 * shorter) {
    const double d = root - shorter;
    excess = longer * (2 * d - longer) + (d - 2 * (longer - shorter)) * d;
  } else {
    const double d = root - longer;
    excess = 2 * d * (longer - 2 * shorter) + ((4 * d - shorter) * shorter + d * d);
  }
  return (root - excess / (2 * root)) / scale;
}

}  // namespace overland::pinned
