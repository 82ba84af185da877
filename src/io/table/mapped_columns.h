// Columns of an Arrow IPC file, memory-mapped: values are neither parsed nor copied.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::io {

// A string column: value i is bytes[offsets[i] .. offsets[i + 1]).
struct StringColumn {
  std::span<const std::int32_t> offsets;
  const char* bytes = nullptr;
  [[nodiscard]] std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return {bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
  }
};

// Owns the mapping; the spans are valid as long as this object. Move-only. Thread-safe after
// opening. Precondition of the file: one record batch, uncompressed, no nulls (as written by
// write_arrow).
class MappedColumns {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-IO-003 (not an Arrow file, truncated, several batches).
  [[nodiscard]] static Result<MappedColumns> open(const std::filesystem::path& file);
  MappedColumns(MappedColumns&&) noexcept;
  MappedColumns& operator=(MappedColumns&&) noexcept;
  ~MappedColumns();

  [[nodiscard]] std::size_t row_count() const;
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const;
  // T: float, double, uint8/16/32/64, int32/64. Errors OVL-IO-020, OVL-IO-021.
  template <class T>
  [[nodiscard]] Result<std::span<const T>> column(const std::string& name) const;
  [[nodiscard]] Result<StringColumn> strings(const std::string& name) const;

 private:
  struct State;
  explicit MappedColumns(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
