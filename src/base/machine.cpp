#include "base/machine.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <chrono>
#include <mutex>

#include "base/shared_text.h"

namespace overland {
namespace {

using StreamSink = spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex>;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ReportOutput resolved(ReportOutput output) {
  if (output.style == ProgressStyle::automatic) {
    const bool is_terminal = ::isatty(::fileno(output.stream)) == 1;
    output.style = is_terminal ? ProgressStyle::bar : ProgressStyle::lines;
  }
  if (!output.seconds) output.seconds = steady_seconds;
  return output;
}

}  // namespace

struct Reporter::Log {
  std::mutex mutex;  // of the stream
  bool has_bar = false;
  std::shared_ptr<StreamSink> console;
  spdlog::logger logger;
  spdlog::logger file{"overland"};   // without a sink until log_to_file
  std::vector<std::string> folders;  // that the file leaves out

  explicit Log(std::FILE* stream)
      : console(std::make_shared<StreamSink>(stream)), logger("overland", console) {
    logger.set_pattern("%H:%M:%S %L %v");
    logger.flush_on(spdlog::level::info);
    file.flush_on(spdlog::level::info);
  }
  // With the lock held.
  void erase(std::FILE* stream) {
    if (!std::exchange(has_bar, false)) return;
    std::fputs("\r\033[K", stream);
    std::fflush(stream);
  }
};

Reporter::Reporter(ReportOutput output)
    : output_(resolved(std::move(output))), log_(std::make_unique<Log>(output_.stream)) {}

Reporter::~Reporter() = default;

void Reporter::set_quiet(bool is_quiet) {
  is_quiet_ = is_quiet;
  log_->console->set_level(is_quiet ? spdlog::level::warn : spdlog::level::info);
}

void Reporter::log_to_file(const std::filesystem::path& file, std::vector<std::string> folders) {
  log_->file.sinks().clear();
  log_->folders = std::move(folders);
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string(), false);
    sink->set_pattern("%Y-%m-%d %H:%M:%S %L %v");
    log_->file.sinks().push_back(std::move(sink));
  } catch (const spdlog::spdlog_ex& error) {  // no reason to stop: the stream has it all
    warning("no log file: {}", error.what());
  }
}

void Reporter::message(LogLevel level, std::string_view text) {
  const std::scoped_lock lock(log_->mutex);
  log_->erase(output_.stream);
  const auto severity = level == LogLevel::info ? spdlog::level::info : spdlog::level::warn;
  log_->logger.log(severity, "{}", text);
  if (!log_->file.sinks().empty())
    log_->file.log(severity, "{}", without_folders(text, log_->folders));
}

ProgressStyle Reporter::progress_style() const {
  return is_quiet_ ? ProgressStyle::quiet : output_.style;
}

double Reporter::seconds() const {
  return output_.seconds();
}

void Reporter::print_line(const std::string& text) {
  const std::scoped_lock lock(log_->mutex);
  log_->erase(output_.stream);
  fmt::print(output_.stream, "{}\n", text);
  std::fflush(output_.stream);
}

void Reporter::draw_bar(const std::string& text) {
  const std::scoped_lock lock(log_->mutex);
  fmt::print(output_.stream, "\r\033[K{}", text);
  std::fflush(output_.stream);
  log_->has_bar = true;
}

void Reporter::erase_bar() {
  const std::scoped_lock lock(log_->mutex);
  log_->erase(output_.stream);
}

}  // namespace overland
