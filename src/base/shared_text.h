// Texts that users pass on, such as log.txt of a results folder: they name files, and not the
// folders in which the files lie. A folder often tells the name of a user, of a machine or of a
// study.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overland {

// The words of a command line, separated by spaces and without folders: "/data/a.mzML" is shown as
// "a.mzML", "--out=/data/b/" as "--out=b". A URL stays as it is.
[[nodiscard]] std::string shared_command_line(std::span<const char* const> words);

// The folders that hold `files`, as given and as absolute paths, the longest first; beside them the
// working folder and the user's home folder.
[[nodiscard]] std::vector<std::string> folders_of(const std::vector<std::filesystem::path>& files);
// `text` where each path into one of `folders` starts below that folder. `folders` as folders_of
// gives them.
[[nodiscard]] std::string without_folders(std::string_view text,
                                          const std::vector<std::string>& folders);

}  // namespace overland
