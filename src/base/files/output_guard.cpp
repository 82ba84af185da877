#include "base/files/output_guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace overland {
namespace {

namespace fs = std::filesystem;

// The absolute path, with links resolved as far as the path exists.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(fs::absolute(path), error);
  if (error) real = fs::absolute(path).lexically_normal();
  return real.has_filename() ? real : real.parent_path();
}

// The path of an input and, if it is a link, of its target.
Paths places_of(const fs::path& input) {
  const fs::path own = fs::absolute(input).lexically_normal();
  const fs::path stripped = own.has_filename() ? own : own.parent_path();
  return {resolved(stripped.parent_path()) / stripped.filename(), resolved(stripped)};
}

bool is_same_or_inside(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::unexpected<Error> is_an_input(const fs::path& output) {
  return fail("OVL-USE-010", "the output is one of the inputs", output.string(),
              "Give another path with --out.");
}

std::unexpected<Error> lies_in_input(const fs::path& output, const fs::path& input) {
  return fail("OVL-USE-011",
              fmt::format("the output and the input {} contain one another", input.string()),
              output.string(), "Give a separate folder with --out.");
}

}  // namespace

Result<void> check_output_file(const fs::path& output, const Paths& inputs, bool may_replace) {
  const Paths mine = places_of(output);
  for (const fs::path& input : inputs) {
    for (const fs::path& place : places_of(input)) {
      if (std::ranges::find(mine, place) != mine.end()) return is_an_input(output);
      if (is_folder(place) && is_same_or_inside(mine.back(), place))
        return lies_in_input(output, input);
    }
  }
  std::error_code ignored;
  if (!may_replace && fs::exists(fs::symlink_status(output, ignored)))
    return fail("OVL-USE-012", "the output exists already", output.string(),
                "Give --overwrite to replace it, or another path with --out.");
  return {};
}

Result<void> check_output_folder(const fs::path& output, const Paths& inputs) {
  const fs::path mine = resolved(output);
  for (const fs::path& input : inputs) {
    for (const fs::path& place : places_of(input)) {
      if (place == mine) return is_an_input(output);
      const bool holds_it = is_same_or_inside(place, mine);
      if (holds_it || (is_folder(place) && is_same_or_inside(mine, place)))
        return lies_in_input(output, input);
    }
  }
  return {};
}

}  // namespace overland
