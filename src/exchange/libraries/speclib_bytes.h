// Little-endian numbers and texts of a file, in their order, without reading past its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/byte_source.h"

namespace overland::exchange {

// After the first error all calls give zeros and empty texts; ask `error()` at the end of a record.
class SpeclibBytes {
 public:
  // Errors OVL-IO-001 (cannot be read).
  [[nodiscard]] static Result<SpeclibBytes> open(const std::filesystem::path& file);

  // Error OVL-IO-003: the file ends earlier.
  template <class T>
  [[nodiscard]] T number() {
    T value{};
    const auto bytes = take(sizeof(T));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  // The number of items of at least `item_bytes` that follow. Error OVL-LIB-022: it is negative, or
  // more than the rest of the file can hold.
  [[nodiscard]] std::size_t count(std::size_t item_bytes);
  // A text after its length in bytes.
  [[nodiscard]] std::string text();
  void skip(std::size_t bytes);
  // A list of 32-bit integers after its length.
  void skip_integers() { skip(4 * count(4)); }

  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t left() const { return size_ - position_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // Error OVL-LIB-022 at this place: the content is not what it must be.
  void stop(const std::string& what);

 private:
  SpeclibBytes(io::ByteSource source, std::uint64_t size, std::string where)
      : source_(std::move(source)), size_(size), where_(std::move(where)) {}
  // The next bytes, valid until the next call; empty after an error.
  [[nodiscard]] std::span<const std::byte> take(std::size_t count);

  io::ByteSource source_;
  std::uint64_t size_, position_ = 0;
  std::string where_;
  std::vector<std::byte> kept_;  // read and not taken yet, from `kept_begin_` on
  std::size_t kept_begin_ = 0;
  std::optional<Error> error_;
};

}  // namespace overland::exchange
