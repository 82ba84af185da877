// Locks between processes, by flock. The system takes them back from a process that ends, however
// it ends: there are no stale locks. Threads of one process exclude each other, too.
//
// On NFS they hold between machines unless the mount option local_lock says otherwise. A file
// system that knows no locks gives a warning, and nobody is kept out.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <utility>

#include "base/error.h"

namespace overland {

class FileLock {
 public:
  // Waits until no other holds `file`, which is there for the lock alone: it is made with its
  // folder, and removed with the lock. `will_wait` is called before a wait. Errors OVL-IO-002.
  [[nodiscard]] static Result<FileLock> wait_for(const std::filesystem::path& file,
                                                 const std::function<void()>& will_wait);
  // Locks a file of data, made where there is none, that stays. Nothing when another process holds
  // it. Errors OVL-IO-002.
  [[nodiscard]] static Result<std::optional<FileLock>> of_data(const std::filesystem::path& file);

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
  std::filesystem::path removed_;  // at the end; empty: nothing
};

}  // namespace overland
