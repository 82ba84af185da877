// Bytes in pieces: from a file, from memory, decompressed on the way.
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
// Decompresses gzip, also of several members. The source then gives error OVL-IO-003 for damaged or
// cut input; `where` names it.
[[nodiscard]] ByteSource gunzip_source(ByteSource compressed, std::string where);
// Fetches the next piece in another thread while the caller works on the last one.
[[nodiscard]] ByteSource read_ahead_source(ByteSource source);

}  // namespace overland::io
