#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>

#include "base/rng.h"

namespace overland {
namespace {

std::unexpected<Error> cannot_write(const std::filesystem::path& file, std::string_view step) {
  return fail("OVL-IO-002", std::string(step) + " failed: " + std::strerror(errno), file.string(),
              "Check that the folder is writable and the disk has room.");
}

bool flush_to_disk(const std::filesystem::path& path) {
  const int handle = ::open(path.c_str(), O_RDONLY);
  if (handle < 0) return false;
  const bool flushed = ::fsync(handle) == 0;
  ::close(handle);
  return flushed;
}

// Process ids alone are not unique between machines and containers.
std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof bits) == 0) return bits;
  static std::atomic<std::uint64_t> calls = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return mix64(static_cast<std::uint64_t>(now) + calls++) ^
         mix64(static_cast<std::uint64_t>(::getpid()));
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& file) {
  std::filesystem::path name = file;
  return name += fmt::format(".part{:016x}", random_bits());
}

Result<void> write_atomically(
    const std::filesystem::path& file,
    const std::function<Result<void>(const std::filesystem::path&)>& write) {
  std::error_code ignored;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::filesystem::create_directories(folder, ignored);
  const TemporaryFile temporary(temporary_name(file));
  Result<void> done = write(temporary.name());
  if (done && !flush_to_disk(temporary.name())) done = cannot_write(file, "flushing");
  if (done && ::rename(temporary.name().c_str(), file.c_str()) != 0)
    done = cannot_write(file, "renaming");
  if (done) flush_to_disk(folder);
  return done;
}

Result<void> write_text_atomically(const std::filesystem::path& file, std::string_view text) {
  return write_atomically(file, [&](const std::filesystem::path& temporary) -> Result<void> {
    std::ofstream out(temporary, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) return cannot_write(file, "writing");
    return {};
  });
}

}  // namespace overland
