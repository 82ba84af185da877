// Reads and writes the intensity form of a library: keys of library.json, and splines.arrow.
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
// Empty if the keys are invalid; without keys intensities are plain and monoisotopic.
[[nodiscard]] std::optional<IntensityForm> read_form(const nlohmann::json& description);

// The defect of a form or of the splines of a precursor, as text; empty if there is none.
[[nodiscard]] std::string defect_of(const SplineForm& form);
[[nodiscard]] std::string spline_defect_of(const LibraryPrecursor& precursor);

// Gives each fragment the intensity of its spline at the reference energy, at least 1e-9 of the
// largest coefficient so that no fragment is lost. False if no fragment has intensity at that
// energy.
[[nodiscard]] bool take_reference_intensities(LibraryPrecursor& precursor, const SplineForm& form);

// Replaces `encoded` by the stored form of the splines, in the current order of the fragments.
void encode_splines(std::span<const LibraryPrecursor::Fragment> fragments,
                    std::span<const kernel::SplineCoefficients> splines,
                    std::vector<EncodedSpline>& encoded);

}  // namespace overland::library
