// Writes a Parquet file (zstd) with plain columns and columns of lists of floats or texts, row
// group by row group, so that memory does not grow with the file. The caller passes a temporary
// file: see write_atomically.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/table/list_column.h"
#include "io/table/table.h"

namespace overland::io {

struct NamedList {
  std::string name;
  ListColumn lists;  // one list per row
  std::string unit;
  std::string description;
  bool is_text = false;      // then `text` is used instead of lists.values
  bool is_distinct = false;  // values hardly repeat: stored without a dictionary
  std::vector<std::string> text = {};
};

class ListTableSink {
 public:
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<ListTableSink> open(const std::filesystem::path& file);
  ListTableSink(ListTableSink&&) noexcept;
  ListTableSink& operator=(ListTableSink&&) noexcept;
  ~ListTableSink();

  // Appends one row group. All groups have the same columns; each list column has one list per row
  // of the table. Errors OVL-IO-002, OVL-IO-004 (more than 2^31 values), OVL-RES-001.
  [[nodiscard]] Result<void> append(const Table& columns, const std::vector<NamedList>& lists);
  // Call after the last group. Precondition: at least one group was appended. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close();

 private:
  struct State;
  explicit ListTableSink(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
