// An answer of the inference protocol: named tensors. Read as a stream, so that an answer of a
// thousand peptides takes the memory of its numbers and not of a JSON tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::koina {

struct Tensor {
  std::string name, datatype;
  std::vector<std::uint64_t> shape;
  std::vector<float> numbers;           // of numeric data, row by row
  std::string text;                     // of BYTES: all strings, one after the other ...
  std::vector<std::uint32_t> text_end;  // ... and where each ends
  [[nodiscard]] std::string_view text_at(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : text_end[i - 1];
    return std::string_view(text).substr(begin, text_end[i] - begin);
  }
};

struct Reply {
  std::vector<Tensor> outputs;
  std::string error;  // what the server says went wrong; empty: nothing
};

// Nested data are taken as flat. Errors OVL-KOI-004 (not JSON, cut off, or a value of a kind that
// cannot stand there).
[[nodiscard]] Result<Reply> parse_reply(std::string_view json, const std::string& where);

// Errors OVL-KOI-005: no such output, another datatype, another shape than {rows, columns} (columns
// 0: any), or data of another length.
[[nodiscard]] Result<const Tensor*> find_output(const Reply& reply, std::string_view name,
                                                std::string_view datatype, std::size_t rows,
                                                std::size_t columns, const std::string& where);

}  // namespace overland::koina
