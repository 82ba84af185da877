// Parquet files with columns of lists, read one row group at a time: what io::Table does not hold.
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

// Of row i the values begin[i] .. begin[i + 1]. A plain value is a list of one, a missing one of
// none.
struct NestedColumn {
  std::vector<std::uint64_t> begin{0};
  std::vector<float> numbers;  // of a column of numbers
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
  // The named columns of a row group; names that the file lacks are not in the result.
  // Errors OVL-IO-003, OVL-IO-021 (neither numbers nor text).
  [[nodiscard]] Result<std::map<std::string, NestedColumn>> read(
      std::size_t group, const std::vector<std::string>& names) const;

 private:
  struct State;
  explicit NestedFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
