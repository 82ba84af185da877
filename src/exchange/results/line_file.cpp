#include "exchange/results/line_file.h"

#include <fmt/format.h>

#include <cmath>

#include "base/files/atomic_file.h"

namespace overland::exchange {

void LineFile::add_fields(std::span<const std::string> fields, char separator) {
  const std::string special{separator, '"', '\n', '\r'};
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += separator;
    if (fields[i].find_first_of(special) == std::string::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  add(line);
}

bool LineFile::is_good() {
  out_.flush();
  return static_cast<bool>(out_);
}

Result<void> write_line_file(const std::filesystem::path& file,
                             const std::function<Result<void>(LineFile&)>& write) {
  return write_atomically(file, [&](const std::filesystem::path& temporary) -> Result<void> {
    LineFile lines(std::ofstream(temporary, std::ios::binary));
    if (auto done = write(lines); !done) return done;
    if (lines.is_good()) return {};
    return fail("OVL-IO-002", "cannot write the file", file.string(),
                "Check that the folder is writable and the disk has room.");
  });
}

std::string number_text(double value, std::string_view missing) {
  if (!std::isfinite(value)) return std::string(missing);
  return fmt::format("{}", static_cast<float>(value));
}

}  // namespace overland::exchange
