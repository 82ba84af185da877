// A parameter file of Pioneer's SearchDIA as one of ours.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::commands {

// A complete file of parameters for `overland search`, with what the other file sets; in comments
// at its head the paths of the other file as a command line, what each key became, and which keys
// have no effect here. Errors OVL-CFG-003 (not JSON), OVL-CFG-120 (a value that cannot be taken
// over).
[[nodiscard]] Result<std::string> search_config_from_pioneer(std::string_view text,
                                                             const std::string& where);

}  // namespace overland::commands
