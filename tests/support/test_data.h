// The folder of real runs, libraries and tables, which are not part of the project.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace overland::support {

// $OVERLAND_TEST_DATA, or the folder shared/data beside the project; it may be absent.
inline std::filesystem::path test_data() {
  const char* const given = std::getenv("OVERLAND_TEST_DATA");
  return given != nullptr ? given : "../shared/data";
}

}  // namespace overland::support
