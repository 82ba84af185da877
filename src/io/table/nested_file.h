// Reads Parquet files with columns of lists, one row group at a time; io::Table has no lists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

// Row i has the values [begin[i], begin[i + 1]). A plain value is a list of length one, a missing
// value an empty list.
struct NestedColumn {
  std::vector<std::uint64_t> begin{0};
  std::vector<float> numbers;  // of a numeric column
  std::vector<std::string> text;
  [[nodiscard]] std::span<const float> numbers_of(std::size_t row) const {
    return std::span(numbers).subspan(begin[row], begin[row + 1] - begin[row]);
  }
  [[nodiscard]] std::span<const std::string> text_of(std::size_t row) const {
    return std::span(text).subspan(begin[row], begin[row + 1] - begin[row]);
  }
};

class NestedFile {
 public:
  // Errors OVL-IO-001, OVL-IO-003.
  [[nodiscard]] static Result<NestedFile> open(const std::filesystem::path& file);
  NestedFile(NestedFile&&) noexcept;
  NestedFile& operator=(NestedFile&&) noexcept;
  ~NestedFile();

  [[nodiscard]] const std::vector<std::string>& header() const;
  [[nodiscard]] std::size_t group_count() const;
  // The named columns of a row group; columns that the file lacks are left out. Errors OVL-IO-003,
  // OVL-IO-021 (neither numbers nor text).
  [[nodiscard]] Result<std::map<std::string, NestedColumn>> read(
      std::size_t group, const std::vector<std::string>& names) const;

 private:
  struct State;
  explicit NestedFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
