// Names and version of the files of a library folder; for the reader and the writer.
#pragma once

#include <array>
#include <string_view>

namespace overland::library::layout {

inline constexpr std::string_view kFormat = "overland-library";
inline constexpr int kVersion = 2;
inline constexpr std::string_view kDescription = "library.json";
inline constexpr std::string_view kPrecursors = "precursors.arrow";
inline constexpr std::string_view kFragments = "fragments.arrow";
inline constexpr std::string_view kProteins = "proteins.arrow";
inline constexpr std::string_view kSplines = "splines.arrow";  // only with splines
// Columns of kSplines.
inline constexpr std::array<const char*, 4> kCoefficients{"c0", "c1", "c2", "c3"};

}  // namespace overland::library::layout
