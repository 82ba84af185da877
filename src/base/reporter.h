// What a command tells while it works: to a stream, and once a results folder exists to its
// log.txt. Progress bars (base/progress.h) share the stream with the messages.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overland {

enum class LogLevel : std::uint8_t { info, warning };

// `automatic`: a bar on a terminal, lines elsewhere.
enum class ProgressStyle : std::uint8_t { automatic, bar, lines, quiet };

// Where and how to report. Tests give their own stream and clock.
struct ReportOutput {
  std::FILE* stream = stderr;
  ProgressStyle style = ProgressStyle::automatic;
  std::function<double()> seconds = {};  // monotone; empty: the steady clock
};

// All functions may be called from several threads, except for set_quiet and log_to_file.
class Reporter {
 public:
  explicit Reporter(ReportOutput output = {});
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  ~Reporter();

  void set_quiet(bool is_quiet);  // on the stream warnings only, and no progress
  // Appends from now on; creates the folder. A file that cannot be opened gives a warning. Paths
  // into one of `folders` are written without it (base/shared_text.h).
  void log_to_file(const std::filesystem::path& file, std::vector<std::string> folders = {});

  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    message(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    message(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
  }
  void message(LogLevel level, std::string_view text);

  // For progress bars. What they print is not logged.
  [[nodiscard]] ProgressStyle progress_style() const;
  [[nodiscard]] double seconds() const;
  void print_line(const std::string& text);
  void draw_bar(const std::string& text);  // stays until something else is printed
  void erase_bar();                        // so that a line starts on a clean one

 private:
  struct Log;
  ReportOutput output_;
  bool is_quiet_ = false;
  std::unique_ptr<Log> log_;
};

}  // namespace overland
