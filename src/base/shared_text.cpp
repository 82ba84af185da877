#include "base/shared_text.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace overland {
namespace {

namespace fs = std::filesystem;

std::string_view shared_word(std::string_view word) {
  while (word.size() > 1 && word.ends_with('/')) word.remove_suffix(1);
  return word.substr(word.find_last_of('/') + 1);  // npos + 1 is 0
}

// A path goes on to the left of a folder's name: then it is another folder.
bool goes_on(char before) {
  const auto byte = static_cast<unsigned char>(before);
  return byte > 127 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || std::string_view("/._-").contains(before);
}

bool starts_with_folder(std::string_view text, std::string_view folder) {
  return text.size() > folder.size() && text.starts_with(folder) && text[folder.size()] == '/';
}

}  // namespace

std::string shared_command_line(std::span<const char* const> words) {
  std::string line;
  for (const std::string_view word : words) {
    if (!line.empty()) line += ' ';
    const std::size_t value = word.starts_with("--") ? word.find('=') + 1 : 0;
    line += word.substr(0, value);
    const std::string_view rest = word.substr(value);
    line += rest.contains("://") ? rest : shared_word(rest);
  }
  return line;
}

std::vector<std::string> folders_of(const std::vector<fs::path>& files) {
  std::set<std::string> found;
  std::error_code failed;
  found.insert(fs::current_path(failed).string());
  if (const char* home = std::getenv("HOME"); home != nullptr) found.insert(home);
  for (const fs::path& file : files) {
    for (const fs::path& path : {file, fs::absolute(file, failed).lexically_normal()}) {
      const bool is_folder = !path.has_filename();  // "out/"
      found.insert((is_folder ? path.parent_path() : path).parent_path().string());
    }
  }
  std::erase_if(found, [](const std::string& folder) { return folder.empty() || folder == "/"; });
  std::vector<std::string> folders(found.begin(), found.end());
  std::ranges::stable_sort(folders, std::ranges::greater{}, &std::string::size);
  return folders;
}

std::string without_folders(std::string_view text, const std::vector<std::string>& folders) {
  std::string shown;
  while (!text.empty()) {
    const bool is_start = shown.empty() || !goes_on(shown.back());
    const auto folder = std::ranges::find_if(folders, [text](const std::string& candidate) {
      return starts_with_folder(text, candidate);
    });
    if (is_start && folder != folders.end()) {
      text.remove_prefix(folder->size() + 1);
    } else {
      shown += text.front();
      text.remove_prefix(1);
    }
  }
  return shown;
}

}  // namespace overland
