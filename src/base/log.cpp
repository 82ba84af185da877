#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

#include "base/progress.h"

namespace overland {
namespace {

struct Log {
  std::shared_ptr<spdlog::sinks::stderr_sink_mt> console =
      std::make_shared<spdlog::sinks::stderr_sink_mt>();
  spdlog::logger logger{"overland", console};
  Log() {
    logger.set_pattern("%H:%M:%S %L %v");
    logger.flush_on(spdlog::level::info);
  }
};

Log& the_log() {
  static Log log;
  return log;
}

}  // namespace

void set_quiet(bool is_quiet) {
  the_log().console->set_level(is_quiet ? spdlog::level::warn : spdlog::level::info);
}

void log_to_file(const std::filesystem::path& file) {
  auto& sinks = the_log().logger.sinks();
  sinks.resize(1);
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string(), false);
    sink->set_pattern("%Y-%m-%d %H:%M:%S %L %v");
    sinks.push_back(std::move(sink));
  } catch (const spdlog::spdlog_ex& error) {  // the log on stderr is complete
    log_warning("the log file cannot be written: {}", error.what());
  }
}

void log_message(LogLevel level, std::string_view text) {
  erase_progress_line();
  the_log().logger.log(level == LogLevel::info ? spdlog::level::info : spdlog::level::warn, "{}",
                       text);
}

}  // namespace overland
