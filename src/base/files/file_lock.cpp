#include "base/files/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace overland {
namespace {

std::unexpected<Error> cannot_open(const std::filesystem::path& file) {
  return fail("OVL-IO-002",
              std::string("opening the file for a lock failed: ") + std::strerror(errno),
              file.string(), "Check that the folder is writable and the disk has room.");
}

int open_for_lock(const std::filesystem::path& file) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  return ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

// Between two attempts. A signal may be delivered to any thread, so it does not end a call that
// waits in this one.
constexpr std::chrono::milliseconds kPause{10};

// False if the file is locked already. True without a lock if the file system has no locks.
bool lock(int handle, const std::filesystem::path& file, const Machine& machine) {
  int done = 0;
  do {
    done = ::flock(handle, LOCK_EX | LOCK_NB);
  } while (done != 0 && errno == EINTR);
  if (done == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  machine.warning("{} cannot be locked ({}): let no other process use it at the same time",
                  file.string(), std::strerror(errno));
  return true;
}

// The previous holder may have removed the file while this process waited.
bool is_still_there(int handle, const std::filesystem::path& file) {
  struct stat held{};
  struct stat named{};
  return ::fstat(handle, &held) == 0 && ::stat(file.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace

Result<FileLock> FileLock::wait_for(const std::filesystem::path& file, const Machine& machine,
                                    std::string_view holder) {
  for (bool has_waited = false;;) {
    machine.check_cancelled();
    const int handle = open_for_lock(file);
    if (handle < 0) return cannot_open(file);
    const bool is_ours = lock(handle, file, machine);
    if (is_ours && is_still_there(handle, file)) return FileLock(handle, file);
    ::close(handle);
    if (is_ours) continue;
    if (!std::exchange(has_waited, true) && !holder.empty()) machine.info("waiting for {}", holder);
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::optional<FileLock>> FileLock::of_data(const std::filesystem::path& file,
                                                  const Machine& machine) {
  const int handle = open_for_lock(file);
  if (handle < 0) return cannot_open(file);
  if (lock(handle, file, machine)) return FileLock(handle, {});
  ::close(handle);
  return std::nullopt;
}

FileLock::~FileLock() {
  if (handle_ < 0) return;
  if (!removed_.empty()) ::unlink(removed_.c_str());
  ::close(handle_);  // closing releases the lock
}

}  // namespace overland
