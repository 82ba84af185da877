#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace overland::io {

Result<MappedFile> MappedFile::open(const std::filesystem::path& file) {
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (handle < 0 || ::fstat(handle, &status) != 0) {
    if (handle >= 0) ::close(handle);
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Check the path and the permissions.");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const start =
      size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle, 0);
  ::close(handle);
  if (size == 0)
    return fail("OVL-IO-003", "the file is empty", file.string(), "Copy the file again.");
  if (start == MAP_FAILED)
    return fail("OVL-RES-002", "cannot map the file into memory", file.string(),
                "Free memory, or raise the limit of address space (ulimit -v).");
  ::madvise(start, size, MADV_WILLNEED);
  return MappedFile({static_cast<const std::byte*>(start), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace overland::io
