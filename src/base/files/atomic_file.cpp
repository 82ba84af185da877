#include "base/files/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/rng.h"

namespace overland {
namespace {

std::unexpected<Error> cannot_write(const std::filesystem::path& file, std::string_view step) {
  return fail("OVL-IO-002", std::string(step) + " failed: " + std::strerror(errno), file.string(),
              "Check that the folder is writable and the disk has room.");
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
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

AtomicFile::AtomicFile(std::filesystem::path file)
    : file_(std::move(file)), temporary_(temporary_name(file_)) {
  std::error_code ignored;
  std::filesystem::create_directories(folder_of(file_), ignored);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : file_(std::exchange(other.file_, {})), temporary_(std::exchange(other.temporary_, {})) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(temporary_, other.temporary_);
  return *this;
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

Result<void> AtomicFile::commit() {
  if (!flush_to_disk(temporary_)) return cannot_write(file_, "flushing");
  if (::rename(temporary_.c_str(), file_.c_str()) != 0) return cannot_write(file_, "renaming");
  temporary_.clear();
  flush_to_disk(folder_of(file_));
  return {};
}

Result<void> write_atomically(
    const std::filesystem::path& file,
    const std::function<Result<void>(const std::filesystem::path&)>& write) {
  AtomicFile target(file);
  if (auto done = write(target.temporary()); !done) return done;
  return target.commit();
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
