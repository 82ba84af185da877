// A text file written line by line; it appears complete or not at all.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::exchange {

class LineFile {
 public:
  explicit LineFile(std::ofstream out) : out_(std::move(out)) {}
  void add(std::string_view line) { out_ << line << '\n'; }
  // Fields with a separator, a quote or a line break are quoted (RFC 4180).
  void add_fields(std::span<const std::string> fields, char separator);
  [[nodiscard]] bool is_good();

 private:
  std::ofstream out_;
};

// Errors OVL-IO-002 and the errors of `write`.
[[nodiscard]] Result<void> write_line_file(const std::filesystem::path& file,
                                           const std::function<Result<void>(LineFile&)>& write);

// Shortest text that reads back as the same float; `missing` for values that are not finite.
[[nodiscard]] std::string number_text(double value, std::string_view missing = "");

}  // namespace overland::exchange
