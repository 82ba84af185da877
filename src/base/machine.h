// What a command gives to its computations, from the command down to the loops: threads, memory,
// the reporter of its messages, and the cancellation that can stop it. Results never depend on it.
#pragma once

#include <fmt/format.h>

#include <atomic>
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

// Messages of a command: to a stream, and once a results folder exists to its log.txt. Progress
// bars (base/progress.h) share the stream with the messages. All functions may be called from
// several threads, except for set_quiet and log_to_file.
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

// Not a std::exception, so that nothing between a loop and the command takes it for an error of a
// file or a library. `cli` alone catches it.
struct Cancelled {
  int signal = 0;  // SIGINT or SIGTERM
};

// A request to stop, seen by all loops of a command; Ctrl-C and SIGTERM make one
// (cli/stop_signals.h).
//
//   machine.check_cancelled();   // in a loop that may last longer than half a second
//
// The stack unwinds by the exception Cancelled: files that are half written are removed, locks are
// released, and the results of finished stages stay.
class Cancellation {
 public:
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  // May be called from a signal handler. The first request counts.
  void request(int signal) noexcept {
    int none = 0;
    signal_.compare_exchange_strong(none, signal);
  }
  [[nodiscard]] bool is_requested() const noexcept {
    return signal_.load(std::memory_order_relaxed) != 0;
  }
  // Throws Cancelled once it is requested.
  void check() const {
    if (is_requested()) [[unlikely]]
      throw Cancelled{signal_};
  }

 private:
  static_assert(std::atomic<int>::is_always_lock_free, "a signal handler sets it");
  std::atomic<int> signal_{0};
};

struct Machine {
  // Without reporter and without cancellation.
  Machine(int thread_count = 1) : threads(thread_count) {}  // NOLINT: a number of threads is one

  int threads = 1;
  std::uint64_t max_ram = 0;  // bytes for the whole process; 0: all free memory
  Reporter* reporter = nullptr;
  const Cancellation* cancellation = nullptr;

  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    if (reporter != nullptr) reporter->info(format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    if (reporter != nullptr) reporter->warning(format, std::forward<Args>(args)...);
  }
  // The same with another number of threads.
  [[nodiscard]] Machine with_threads(int count) const {
    Machine other = *this;
    other.threads = count;
    return other;
  }
  [[nodiscard]] bool is_cancelled() const {
    return cancellation != nullptr && cancellation->is_requested();
  }
  // Throws Cancelled when the command is to stop.
  void check_cancelled() const {
    if (cancellation != nullptr) cancellation->check();
  }
};

}  // namespace overland
