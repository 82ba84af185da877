// Delimited text read in pieces: the separator (tab, comma, semicolon or space) is detected in the
// header line, gzip by content. Quoting as in RFC 4180; a quote inside an unquoted field is an
// ordinary character.
//
//   auto reader = DelimitedReader::open("library.tsv.gz");
//   std::vector<std::vector<std::string_view>> cells;
//   while (*reader->next({0, 3}, cells) > 0) use(cells[0], cells[1]);
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::io {

class DelimitedReader {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-IO-003 (not text, damaged gzip, no header, open quote).
  [[nodiscard]] static Result<DelimitedReader> open(const std::filesystem::path& file);
  DelimitedReader(DelimitedReader&&) noexcept;
  DelimitedReader& operator=(DelimitedReader&&) noexcept;
  ~DelimitedReader();

  [[nodiscard]] const std::vector<std::string>& header() const;
  // Replaces `cells` by the next rows of the chosen columns, one vector per column; the views are
  // valid until the next call. Returns the number of rows, 0 at the end. Empty lines are skipped;
  // fields missing at the end of a line are empty. Errors OVL-IO-003, OVL-IO-005 (more fields than
  // column names).
  [[nodiscard]] Result<std::size_t> next(const std::vector<std::size_t>& chosen,
                                         std::vector<std::vector<std::string_view>>& cells);

 private:
  struct State;
  explicit DelimitedReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
