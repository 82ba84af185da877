// One prediction as bytes, the format of the cache. Replies are converted to it too, so that cached
// and newly received predictions are processed in the same way.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chemistry/peptide.h"
#include "kernel/intensity_spline.h"

namespace overland::koina {

struct Ion {
  FragmentIon ion;
  kernel::SplineCoefficients values{};  // for a spectrum only the first: the served intensity
};

// `values`: numbers per ion, 1 (spectrum) or 4 (spline).
[[nodiscard]] std::string write_ions(const std::vector<Ion>& ions, std::size_t values);
[[nodiscard]] std::string write_number(float number);
[[nodiscard]] std::string write_knots(const kernel::SplineKnots& knots);

// Empty if the bytes are not a record of the function's type.
[[nodiscard]] std::optional<std::vector<Ion>> read_ions(std::string_view bytes, std::size_t values);
[[nodiscard]] std::optional<float> read_number(std::string_view bytes);
[[nodiscard]] std::optional<kernel::SplineKnots> read_knots(std::string_view bytes);

}  // namespace overland::koina
