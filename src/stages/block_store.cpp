#include "stages/block_store.h"

#include <fmt/format.h>

#include <fstream>

#include "base/files/atomic_file.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeyFile = "build.txt";
constexpr std::string_view kFirstLine = "overland library build\n";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// All of it was made by a build, which may have been killed before it could say whose it is.
bool is_ours(const fs::path& folder, const std::string& key) {
  if (key.starts_with(kFirstLine)) return true;
  std::error_code error;
  if (!key.empty() || !fs::is_directory(folder, error)) return false;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!entry.path().filename().string().starts_with(kKeyFile)) return false;
  return !error;
}

}  // namespace

fs::path beside(const fs::path& library, std::string_view ending) {
  fs::path name = library.has_filename() ? library : library.parent_path();
  return name += ending;
}

Result<BlockStore> BlockStore::open(const fs::path& library, const std::string& key) {
  const fs::path folder = beside(library, ".work");
  const std::string wanted = fmt::format("{}{}\n", kFirstLine, key);
  std::error_code error;
  if (fs::exists(folder, error)) {
    const std::string found = text_of(folder / kKeyFile);
    if (found == wanted) return BlockStore(folder, true);
    if (!is_ours(folder, found)) {
      return fail("OVL-IO-002", "the work folder's name is taken by something else",
                  folder.string(), "Move it away, or choose another name for the library.");
    }
    fs::remove_all(folder, error);
  }
  fs::create_directories(folder, error);
  if (error) {
    return fail("OVL-IO-002", "cannot make the work folder: " + error.message(), folder.string(),
                "Check that the folder is writable and the disk has room.");
  }
  if (auto done = write_text_atomically(folder / kKeyFile, wanted); !done) {
    return std::unexpected(done.error());
  }
  return BlockStore(folder, false);
}

fs::path BlockStore::file(std::size_t block) const {
  return folder_ / fmt::format("{:06}.block", block);
}

void BlockStore::remove() const {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace overland::stages
