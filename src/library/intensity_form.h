// The intensity form of a library in its files: keys of library.json, and splines.arrow.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "library/library.h"
#include "library/library_writer.h"

namespace overland::library {

// Adds intensity_kind, intensity_is and spline.
void write_form(const IntensityForm& form, nlohmann::ordered_json& description);
// Nothing where the keys make no sense; without keys intensities are plain and monoisotopic.
[[nodiscard]] std::optional<IntensityForm> read_form(const nlohmann::json& description);

// What is wrong with a form or with the splines of a precursor; empty when nothing is.
[[nodiscard]] std::string defect_of(const SplineForm& form);
[[nodiscard]] std::string spline_defect_of(const LibraryPrecursor& precursor);

// Gives each fragment the intensity of its spline at the reference energy, at least 1e-9 of the
// largest coefficient so that none is lost. False when no fragment is seen at that energy.
[[nodiscard]] bool take_reference_intensities(LibraryPrecursor& precursor, const SplineForm& form);

// The stored splines of the fragments, in their present order; `encoded` is replaced.
void encode_splines(std::span<const LibraryPrecursor::Fragment> fragments,
                    std::span<const kernel::SplineCoefficients> splines,
                    std::vector<EncodedSpline>& encoded);

}  // namespace overland::library
