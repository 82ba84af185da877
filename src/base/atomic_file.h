// Files that appear whole or not at all: written under a temporary name in the same folder,
// flushed to disk, renamed.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "base/error.h"

namespace overland {

// FILE.part with random digits, in the same folder: no other process or thread, on this or another
// machine, uses the same name.
[[nodiscard]] std::filesystem::path temporary_name(const std::filesystem::path& file);

// `write` gets the temporary name and must close the file. On any error the temporary is removed.
// Creates the parent folder. Errors OVL-IO-002 (cannot write, disk full) or the error of `write`.
[[nodiscard]] Result<void> write_atomically(
    const std::filesystem::path& file,
    const std::function<Result<void>(const std::filesystem::path& temporary)>& write);

[[nodiscard]] Result<void> write_text_atomically(const std::filesystem::path& file,
                                                 std::string_view text);

}  // namespace overland
