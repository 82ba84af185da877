// A whole file as bytes, mapped into memory for reading.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/error.h"

namespace overland::io {

class MappedFile {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-IO-003 (the file is empty), OVL-RES-002 (no address
  // space).
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& file);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  // Valid as long as the object.
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace overland::io
