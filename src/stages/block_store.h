// The work folder of a library build, NAME.lib.work: the blocks that are done. The same command
// finds them again after an interruption; another build starts anew.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::stages {

// NAME.lib and an ending, for what belongs to a build of NAME.lib.
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& library,
                                           std::string_view ending);

class BlockStore {
 public:
  // `key`: a hash of all that decides the blocks. One process at a time (build_library locks).
  // Errors OVL-IO-002 (the folder cannot be written,
  // or something else has its name).
  [[nodiscard]] static Result<BlockStore> open(const std::filesystem::path& library,
                                               const std::string& key);
  [[nodiscard]] std::filesystem::path file(std::size_t block) const;
  [[nodiscard]] bool is_resumed() const { return is_resumed_; }
  void remove() const;  // when the library is done

 private:
  BlockStore(std::filesystem::path folder, bool is_resumed)
      : folder_(std::move(folder)), is_resumed_(is_resumed) {}
  std::filesystem::path folder_;
  bool is_resumed_;
};

}  // namespace overland::stages
