// Names and version of the files of a library folder; for the reader and the writer.
#pragma once

#include <string_view>

namespace overland::layout {

inline constexpr std::string_view kFormat = "overland-library";
inline constexpr int kVersion = 2;
inline constexpr std::string_view kDescription = "library.json";
inline constexpr std::string_view kPrecursors = "precursors.arrow";
inline constexpr std::string_view kFragments = "fragments.arrow";
inline constexpr std::string_view kProteins = "proteins.arrow";

}  // namespace overland::layout
