// A file without a name, for rows that are too many for memory: gone when its owner or the program
// is. What is mapped of it takes memory of the process only as long as the view lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/error.h"

namespace overland {

// Values of the file; unmapped when it goes.
template <class T>
struct ScratchView {
  std::span<const T> values;
  std::shared_ptr<const void> mapping;
};

class ScratchFile {
 public:
  // In a folder that is made where it is missing. Errors OVL-IO-002.
  [[nodiscard]] static Result<ScratchFile> create(const std::filesystem::path& folder);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;
  ~ScratchFile();

  // `at` counts values of T from the start of the file. Errors OVL-IO-002.
  template <class T>
  [[nodiscard]] Result<void> write(std::uint64_t at, std::span<const T> values) {
    return write_bytes(at * sizeof(T), std::as_bytes(values));
  }
  // Precondition: all of them were written. Errors OVL-RES-002.
  template <class T>
  [[nodiscard]] Result<ScratchView<T>> view(std::uint64_t at, std::size_t count) const {
    auto bytes = map(at * sizeof(T), count * sizeof(T));
    if (!bytes) return std::unexpected(bytes.error());
    return ScratchView<T>{{reinterpret_cast<const T*>(bytes->values.data()), count},
                          std::move(bytes->mapping)};
  }

 private:
  ScratchFile(int handle, std::filesystem::path folder);
  [[nodiscard]] Result<void> write_bytes(std::uint64_t at, std::span<const std::byte> bytes);
  [[nodiscard]] Result<ScratchView<std::byte>> map(std::uint64_t at, std::size_t length) const;

  int handle_ = -1;
  std::filesystem::path folder_;  // for messages
};

}  // namespace overland
