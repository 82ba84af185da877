// One prediction as bytes: what the cache keeps and what answers are turned into, so that a cached
// prediction and a fresh one go the same way.
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
  kernel::SplineCoefficients values{};  // a spectrum uses the first only: the intensity as served
};

// `values` is 1 (spectrum) or 4 (spline).
[[nodiscard]] std::string write_ions(const std::vector<Ion>& ions, std::size_t values);
[[nodiscard]] std::string write_number(float number);
[[nodiscard]] std::string write_knots(const kernel::SplineKnots& knots);

// Nothing where the bytes are not what the function asks for.
[[nodiscard]] std::optional<std::vector<Ion>> read_ions(std::string_view bytes, std::size_t values);
[[nodiscard]] std::optional<float> read_number(std::string_view bytes);
[[nodiscard]] std::optional<kernel::SplineKnots> read_knots(std::string_view bytes);

}  // namespace overland::koina
