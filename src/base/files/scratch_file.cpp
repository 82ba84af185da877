#include "base/files/scratch_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace overland {
namespace {

std::unexpected<Error> cannot_write_scratch(const std::filesystem::path& folder) {
  return fail("OVL-IO-002", std::string("cannot write a scratch file: ") + std::strerror(errno),
              folder.string(), "Check that the folder is writable and the disk has room.");
}

}  // namespace

ScratchFile::ScratchFile(int handle, std::filesystem::path folder)
    : handle_(handle), folder_(std::move(folder)) {}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), folder_(std::move(other.folder_)) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(folder_, other.folder_);
  return *this;
}

ScratchFile::~ScratchFile() {
  if (handle_ >= 0) ::close(handle_);
}

Result<ScratchFile> ScratchFile::create(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::string name = (folder / "scratch.XXXXXX").string();
  const int handle = ::mkstemp(name.data());
  if (handle < 0) return cannot_write_scratch(folder);
  ::unlink(name.c_str());
  return ScratchFile(handle, folder);
}

Result<void> ScratchFile::write_bytes(std::uint64_t at, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot_write_scratch(folder_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<ScratchView<std::byte>> ScratchFile::map(std::uint64_t at, std::size_t length) const {
  if (length == 0) return ScratchView<std::byte>{};
  const std::uint64_t page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t lead = static_cast<std::size_t>(at % page);
  const std::size_t whole = length + lead;
  void* const start =
      ::mmap(nullptr, whole, PROT_READ, MAP_SHARED, handle_, static_cast<off_t>(at - lead));
  if (start == MAP_FAILED) {
    return fail("OVL-RES-002", std::string("cannot map a scratch file: ") + std::strerror(errno),
                folder_.string(), "Free some memory.");
  }
  return ScratchView<std::byte>{{static_cast<const std::byte*>(start) + lead, length},
                                std::shared_ptr<const void>(start, [whole](const void* mapped) {
                                  ::munmap(const_cast<void*>(mapped), whole);
                                })};
}

}  // namespace overland
