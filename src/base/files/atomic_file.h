// Files that appear whole or not at all: written under a temporary name in the same folder,
// flushed to disk, renamed.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace overland {

// FILE.part with random digits, in the same folder: no other process or thread, on this or another
// machine, uses the same name.
[[nodiscard]] std::filesystem::path temporary_name(const std::filesystem::path& file);
// One such file, for writers that keep several open. Creates the parent folder.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path file);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();  // without `commit` the temporary is removed

  [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }
  // After the temporary was closed. Errors OVL-IO-002.
  [[nodiscard]] Result<void> commit();

 private:
  std::filesystem::path file_, temporary_;  // empty once it is done
};

// A file that is removed at the end of its scope, if it is there.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path name) : name_(std::move(name)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& name() const { return name_; }

 private:
  std::filesystem::path name_;
};

// `write` gets the temporary name and must close the file. On any error or exception the temporary
// is removed.
// Creates the parent folder. Errors OVL-IO-002 (cannot write, disk full) or the error of `write`.
[[nodiscard]] Result<void> write_atomically(
    const std::filesystem::path& file,
    const std::function<Result<void>(const std::filesystem::path& temporary)>& write);

[[nodiscard]] Result<void> write_text_atomically(const std::filesystem::path& file,
                                                 std::string_view text);

}  // namespace overland
