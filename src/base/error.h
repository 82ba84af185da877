// Errors as values. A fallible function returns Result<T>; nothing below `cli` prints or exits.
//
//   Result<Library> library = open_library(path);
//   if (!library) return std::unexpected(library.error());
//
// docs/errors.md lists all codes with cause and remedy (a test compares that page with the
// sources). The letters of a code name the kind of error, which decides the program's exit code:
//   OVL-INT 1 internal, OVL-USE 2 usage, OVL-CFG 3 configuration, OVL-IO / OVL-RUN / OVL-LIB /
//   OVL-PRE (predictor) 4 input data, OVL-COH 5 a run of the cohort failed, OVL-RES 6 resources,
//   OVL-KOI 6 a prediction service.
// A command that was stopped (base/machine.h) ends with 130 (Ctrl-C) or 143 (SIGTERM).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace overland {

struct Error {
  std::string code;    // "OVL-IO-003"
  std::string what;    // what happened, with the value found
  std::string where;   // file, scan, row or key
  std::string advice;  // what to do about it

  // "OVL-IO-003: what (where). advice"
  [[nodiscard]] std::string message() const;
  [[nodiscard]] int exit_code() const;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(std::string code, std::string what,
                                                 std::string where, std::string advice) {
  return std::unexpected(
      Error{std::move(code), std::move(what), std::move(where), std::move(advice)});
}

}  // namespace overland
