// The program's log: written to stderr and, once a results folder exists, to its log.txt too.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

namespace overland {

enum class LogLevel { info, warning };

void set_quiet(bool is_quiet);                        // true: only warnings on stderr
void log_to_file(const std::filesystem::path& file);  // appends; creates the folder
void log_message(LogLevel level, std::string_view text);

template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_message(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace overland
