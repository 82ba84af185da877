// A reply of the inference protocol: named tensors. It is parsed as a stream, so that a reply for a
// thousand peptides needs memory for its numbers only and not for a JSON tree.
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
  std::vector<float> numbers;           // numeric data, row-major
  std::string text;                     // BYTES data: all strings, concatenated
  std::vector<std::uint32_t> text_end;  // BYTES data: end of each string in `text`
  [[nodiscard]] std::string_view text_at(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : text_end[i - 1];
    return std::string_view(text).substr(begin, text_end[i] - begin);
  }
};

struct Reply {
  std::vector<Tensor> outputs;
  std::string error;  // error message of the server; empty: no error
};

// Nested arrays of data are flattened. Error OVL-KOI-004 (not JSON, truncated, or a value of an
// unexpected type).
[[nodiscard]] Result<Reply> parse_reply(std::string_view json, const std::string& where);

// Finds an output by name. Error OVL-KOI-005: the output is missing, or its datatype, its shape or
// its number of values differs from datatype and {rows, columns} (columns 0: any number).
[[nodiscard]] Result<const Tensor*> find_output(const Reply& reply, std::string_view name,
                                                std::string_view datatype, std::size_t rows,
                                                std::size_t columns, const std::string& where);

}  // namespace overland::koina
