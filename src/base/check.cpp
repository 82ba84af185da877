#include "base/check.h"

#include <string_view>

namespace overland {
namespace {

// Source file, relative to src/, and line.
std::string place_of(const std::source_location& where) {
  std::string_view file = where.file_name();
  constexpr std::string_view kRoot = "src/";
  if (const auto at = file.rfind(kRoot); at != std::string_view::npos)
    file.remove_prefix(at + kRoot.size());
  return std::string(file) + ":" + std::to_string(where.line());
}

}  // namespace

CheckFailed::CheckFailed(const std::string& promise, const std::source_location& where)
    : std::logic_error(promise), where_(place_of(where)) {}

void fail_check(const char* promise, const std::source_location& where) {
  throw CheckFailed(promise, where);
}

}  // namespace overland
