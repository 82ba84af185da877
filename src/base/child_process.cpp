#include "base/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>
#include <utility>

extern char** environ;

namespace overland {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kWaitPause = std::chrono::milliseconds(20);
constexpr auto kChildPatience = std::chrono::milliseconds(500);  // between SIGTERM and SIGKILL

// Attributes and file actions of posix_spawn, freed at the end.
class SpawnSettings {
 public:
  explicit SpawnSettings(const std::filesystem::path& output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output.c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setpgroup(&attributes_, 0);  // so that all of it can be ended
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&signals, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  // 0, or an error number.
  int spawn(const std::filesystem::path& program, char* const* arguments, pid_t& child) const {
    return ::posix_spawn(&child, program.c_str(), &actions_, &attributes_, arguments, environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// The program while it runs. It is reaped last, so that its number and that of its process group
// stay its own as long as they are used.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == id_;
  }
  // Ends the program, if it still runs, and what is left of its group.
  ProgramEnd end() {
    if (std::exchange(is_reaped_, true)) return {};
    if (!has_ended()) {
      ::kill(-id_, SIGTERM);
      for (const auto until = Clock::now() + kChildPatience; Clock::now() < until && !has_ended();)
        std::this_thread::sleep_for(kWaitPause);
    }
    ::kill(-id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
    return {.exit_code = WEXITSTATUS(status)};
  }

 private:
  pid_t id_;
  bool is_reaped_ = false;
};

bool is_executable(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::expected<ProgramEnd, std::string> run_program(const ProgramCall& call,
                                                   const Machine& machine) {
  std::vector<std::string> words{call.program.string()};
  words.insert(words.end(), call.arguments.begin(), call.arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t id = 0;
  if (const int failed = SpawnSettings(call.output).spawn(call.program, pointers.data(), id);
      failed != 0)
    return std::unexpected(std::string(std::strerror(failed)));
  Child child(id);
  const auto start = Clock::now();
  while (!child.has_ended()) {
    machine.check_cancelled();
    const std::chrono::duration<double> taken = Clock::now() - start;
    if (call.most_seconds > 0 && taken.count() > call.most_seconds) {
      return ProgramEnd{.is_late = true};
    }
    std::this_thread::sleep_for(kWaitPause);
  }
  return child.end();
}

std::filesystem::path find_program(const std::string& name) {
  if (name.empty()) return {};
  if (name.find('/') != std::string::npos) return is_executable(name) ? name : "";
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::filesystem::path file = std::filesystem::path(folder.empty() ? "." : folder) / name;
    if (is_executable(file)) return file;
  }
  return {};
}

}  // namespace overland
