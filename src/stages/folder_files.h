// The files of a folder that a stage made: what it commits.
#pragma once

#include <filesystem>
#include <vector>

namespace overland::stages {

// Sorted by name. Precondition: the folder exists.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

}  // namespace overland::stages
