// Outputs must never touch inputs. Symbolic links are followed on both sides: an input may be a
// link, and counts with the place of the link and the place it points to.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"

namespace overland {

using Paths = std::vector<std::filesystem::path>;

// Errors OVL-USE-010 (the output is an input), OVL-USE-011 (it lies in an input folder),
// OVL-USE-012 (it exists and may not be replaced).
[[nodiscard]] Result<void> check_output_file(const std::filesystem::path& output,
                                             const Paths& inputs, bool may_replace);

// A folder for results may hold no input, nor be the folder of one, nor lie in an input that is
// itself a folder. Errors OVL-USE-010, OVL-USE-011.
[[nodiscard]] Result<void> check_output_folder(const std::filesystem::path& output,
                                               const Paths& inputs);

}  // namespace overland
