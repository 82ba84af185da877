// Which build of the program this is. Results of stages are reused by the same build only, so that
// no result of an older algorithm is taken for a current one. Tables never contain the build: they
// are equal between builds.
#pragma once

#include <string>

namespace overland {

// The version with the linker's build identifier, a hash of the program's code:
// "0.2.0+3f2a91c0d4e5". The version alone if the linker wrote no identifier.
[[nodiscard]] const std::string& program_build();

}  // namespace overland
