// log, exp, pow and hypot with the same rounding on every machine: basic IEEE operations in a fixed
// order (compiled with -ffp-contract=off). libm's versions may differ between systems in the last
// bit, which must not decide an identification. Error below 2 ulp; not for the innermost loops.
#pragma once

#include <cmath>

namespace overland::pinned {

// Natural logarithm of x > 0; -infinity at 0, NaN below.
[[nodiscard]] double log(double x);
[[nodiscard]] double exp(double x);
[[nodiscard]] inline double log2(double x) {
  return log(x) * 1.4426950408889634;
}
[[nodiscard]] inline double log10(double x) {
  return log(x) * 0.43429448190325182;
}
// base > 0.
[[nodiscard]] inline double pow(double base, double exponent) {
  return exp(exponent * log(base));
}
// sqrt(x^2 + y^2): a square root and one Newton step with the error of its square (Borges 2020, ACM
// Trans. Math. Softw. 46, 35). Error below 1 ulp.
[[nodiscard]] double hypot(double x, double y);
// 1 / (1 + exp(-x)).
[[nodiscard]] inline double logistic(double x) {
  return 1.0 / (1.0 + exp(-x));
}

}  // namespace overland::pinned
