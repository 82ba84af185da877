// Checks of internal conditions, in release builds too: for conditions whose violation would read
// or write outside of memory or change results silently. A violation is a defect of the program;
// faults of the input get an error value (base/error.h).
//
//   check(rows.size() <= kMaxTrainingRows, "trees are trained on at most 250,000 rows");
//
// Do not check per peak or per point: each check costs a comparison.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace overland {

// Ends the command with OVL-INT-002 and exit code 1; parallel loops pass it to their caller.
class CheckFailed : public std::logic_error {
 public:
  CheckFailed(const std::string& promise, const std::source_location& where);
  // "kernel/window_index.cpp:51"
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  std::string where_;
};

[[noreturn]] void fail_check(const char* promise, const std::source_location& where);

// Throws CheckFailed unless the condition holds.
inline void check(bool condition, const char* promise,
                  const std::source_location& where = std::source_location::current()) {
  if (!condition) [[unlikely]]
    fail_check(promise, where);
}

}  // namespace overland
