// Content hashes: XXH3, 128 bits, as 32 hexadecimal digits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/machine.h"

namespace overland {

[[nodiscard]] std::string hash_bytes(std::span<const std::byte> bytes);
[[nodiscard]] std::string hash_text(std::string_view text);
// Streams the file. Errors OVL-IO-001.
[[nodiscard]] Result<std::string> hash_file(const std::filesystem::path& file,
                                            const Machine& machine = {});
// A 64-bit hash for seeding random streams.
[[nodiscard]] std::uint64_t hash_seed(std::string_view text);

}  // namespace overland
