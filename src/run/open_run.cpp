#include <array>
#include <fstream>

#include "io/arrow_run.h"
#include "run/raw_run.h"
#include "run/run_from_columns.h"

namespace overland {
namespace {

enum class RunFormat { empty, arrow, arrow_stream, mzml, gzip, thermo_raw, other };

RunFormat format_of(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.empty()) return RunFormat::empty;
  if (head.starts_with("ARROW1")) return RunFormat::arrow;
  return RunFormat::other;
}

}  // namespace

Result<RawRun> open_run(const std::filesystem::path& file) {
  (void)format_of;
  auto columns = io::read_arrow_run(file);
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(file.stem().string(), std::move(*columns), file.string());
}
Result<RawRun> open_run(std::span<const std::byte> bytes, const std::string& name) {
  auto columns = io::read_arrow_run(bytes, name);
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(name, std::move(*columns), name);
}

}  // namespace overland
