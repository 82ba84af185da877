// Outputs must never overwrite inputs. Symbolic links are followed for outputs and inputs; an input
// that is a link is protected at both paths, the link and its target.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"

namespace overland {

using Paths = std::vector<std::filesystem::path>;

// Errors OVL-USE-010 (the output is an input), OVL-USE-011 (it lies in an input folder),
// OVL-USE-012 (the output exists and may not be replaced).
[[nodiscard]] Result<void> check_output_file(const std::filesystem::path& output,
                                             const Paths& inputs, bool may_replace);

// A results folder must not contain an input, must not be an input, and must not lie in an input
// that is a folder. Errors OVL-USE-010, OVL-USE-011.
[[nodiscard]] Result<void> check_output_folder(const std::filesystem::path& output,
                                               const Paths& inputs);

}  // namespace overland
