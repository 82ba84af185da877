// Fragment intensities as cubic B-splines over the collision energy. All fragments of a library
// share eight knots t0 .. t7, so the four basis values at an energy E are the same for all
// fragments:
//
//   I_f(E) = max(0, sum_{i=0..3} c_fi B_i(E))
//
// with the recursion of de Boor (A Practical Guide to Splines, 1978):
//   B_i,0(E) = 1 if t_i <= E < t_{i+1}, else 0
//   B_i,k(E) = (E - t_i) / (t_{i+k} - t_i) B_i,k-1(E)
//              + (t_{i+k+1} - E) / (t_{i+k+1} - t_{i+1}) B_{i+1},k-1(E)
// and 0/0 = 0. Outside [t0, t7) all basis values are 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace overland::kernel {

inline constexpr std::size_t kSplineTerms = 4;
using SplineKnots = std::array<float, kSplineTerms + 4>;  // non-decreasing
using SplineBasis = std::array<float, kSplineTerms>;      // B_0,3 .. B_3,3 at one energy
using SplineCoefficients = std::array<float, kSplineTerms>;

// Whether all knots are finite, non-decreasing and not all equal.
[[nodiscard]] bool are_knots(const SplineKnots& knots);
[[nodiscard]] SplineBasis cubic_basis(const SplineKnots& knots, double energy);
[[nodiscard]] float spline_intensity(const SplineCoefficients& coefficients,
                                     const SplineBasis& basis);

// A coefficient is stored as 32768 + round(32767 s), s = sign(c) sqrt(|c| / c_max), where c_max is
// the largest |c| of the precursor: error < 3.1e-5 sqrt(|c| c_max), as for plain intensities.
[[nodiscard]] std::uint16_t encode_coefficient(float coefficient, float largest);
[[nodiscard]] constexpr float decode_coefficient(std::uint16_t code) {
  const float root = (static_cast<float>(code) - 32768.0F) / 32767.0F;
  return root < 0 ? -root * root : root * root;
}

using SplineColumns = std::array<std::span<const std::uint16_t>, kSplineTerms>;
// Relative intensities of out.size() fragments from number `begin` on.
void spline_intensities(const SplineColumns& columns, std::size_t begin, const SplineBasis& basis,
                        std::span<float> out);

}  // namespace overland::kernel
