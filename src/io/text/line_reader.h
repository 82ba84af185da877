// Reads text line by line; gzip is detected by content. Only one line is in memory at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::io {

class LineReader {
 public:
  // Errors OVL-IO-001 (cannot open).
  [[nodiscard]] static Result<LineReader> open(const std::filesystem::path& file);
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // The next line without its end ("\n" or "\r\n"), valid until the next call; empty at the end of
  // the file. Errors OVL-IO-003 (damaged gzip, a line of more than a mebibyte).
  [[nodiscard]] Result<std::optional<std::string_view>> next();
  [[nodiscard]] std::uint64_t line_number() const;  // of the last line, from 1

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
