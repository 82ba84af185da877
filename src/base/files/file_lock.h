// Locks between processes, by flock. The system releases a process's locks when it ends, even by a
// crash, so there are no stale locks. The locks also exclude threads of one process from each
// other.
//
// On NFS the locks hold between machines unless the mount option local_lock is set. If a file
// system has no locks, a warning is logged and no process is excluded.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/machine.h"

namespace overland {

class FileLock {
 public:
  // Waits until no other process or thread holds `file`. The file serves as a lock only: it is
  // created with its folder, and removed when the lock ends. A wait is reported, with what it is
  // for ("another search"). Errors OVL-IO-002; throws Cancelled.
  [[nodiscard]] static Result<FileLock> wait_for(const std::filesystem::path& file,
                                                 const Machine& machine, std::string_view holder);
  // Locks a data file, which is created if missing and stays. Empty if the file is locked already.
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<std::optional<FileLock>> of_data(const std::filesystem::path& file,
                                                               const Machine& machine);

  FileLock(FileLock&& other) noexcept
      : handle_(std::exchange(other.handle_, -1)), removed_(std::move(other.removed_)) {}
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  [[nodiscard]] int handle() const { return handle_; }  // open for reading and writing

 private:
  FileLock(int handle, std::filesystem::path removed)
      : handle_(handle), removed_(std::move(removed)) {}
  int handle_;
  std::filesystem::path removed_;  // removed when the lock ends; empty: none
};

}  // namespace overland
