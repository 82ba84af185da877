// The version of the program: the file VERSION, which nothing repeats.
#pragma once

#include <string>

namespace overland {

// "0.2.0"
[[nodiscard]] const std::string& program_version();
// "overland 0.2.0", as files name the program that wrote them. It is the same for all builds of one
// version (base/build_id.h tells builds apart).
[[nodiscard]] const std::string& program_name();

}  // namespace overland
