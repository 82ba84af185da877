// Sources of bytes in pieces: from a file, from memory, or decompressed while reading.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/error.h"

namespace overland::io {

// The next piece, valid until the next call; empty at the end.
using ByteSource = std::function<Result<std::span<const std::byte>>()>;

// Error OVL-IO-001.
[[nodiscard]] Result<ByteSource> file_source(const std::filesystem::path& file);
[[nodiscard]] ByteSource memory_source(std::span<const std::byte> bytes);
// Decompresses gzip, also with several members. Damaged or truncated input gives error OVL-IO-003,
// in which `where` names the input.
[[nodiscard]] ByteSource gunzip_source(ByteSource compressed, std::string where);
// Reads the next piece in another thread while the caller works on the current one.
[[nodiscard]] ByteSource read_ahead_source(ByteSource source);

}  // namespace overland::io
