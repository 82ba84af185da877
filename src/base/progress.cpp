#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace overland {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kLineSeconds = 10;
constexpr std::uint64_t kBarCells = 24;

std::atomic<ProgressStyle> default_style{ProgressStyle::automatic};

// The one line of the terminal that a bar may occupy.
struct ScreenLine {
  std::mutex mutex;
  std::FILE* drawn_on = nullptr;
};
ScreenLine& screen_line() {
  static ScreenLine line;
  return line;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProgressOutput resolved(ProgressOutput output) {
  if (output.style == ProgressStyle::automatic) output.style = default_style;
  if (output.style == ProgressStyle::automatic) {
    const bool is_terminal = ::isatty(::fileno(output.stream)) == 1;
    output.style = is_terminal ? ProgressStyle::bar : ProgressStyle::lines;
  }
  if (!output.seconds) output.seconds = steady_seconds;
  return output;
}

void erase_locked(ScreenLine& line) {
  if (line.drawn_on == nullptr) return;
  std::fputs("\r\033[K", line.drawn_on);
  std::fflush(line.drawn_on);
  line.drawn_on = nullptr;
}

void print_line(std::FILE* stream, const std::string& text) {
  const std::scoped_lock lock(screen_line().mutex);
  erase_locked(screen_line());
  std::fputs((text + "\n").c_str(), stream);
  std::fflush(stream);
}

void draw_bar(std::FILE* stream, const std::string& text) {
  const std::scoped_lock lock(screen_line().mutex);
  std::fputs(("\r\033[K" + text).c_str(), stream);
  std::fflush(stream);
  screen_line().drawn_on = stream;
}

// "210/s", "0.4/s"; empty while nothing is done.
std::string rate_text(std::uint64_t done, double elapsed) {
  if (done == 0 || elapsed <= 0) return {};
  const double rate = static_cast<double>(done) / elapsed;
  if (rate < 10) return fmt::format(", {:.1f}/s", rate);
  return fmt::format(", {}/s", grouped(static_cast<std::uint64_t>(std::llround(rate))));
}

std::string remaining_text(std::uint64_t done, std::uint64_t total, double elapsed) {
  if (done == 0 || done >= total || elapsed <= 0) return {};
  const double each = elapsed / static_cast<double>(done);
  return fmt::format(", {} left", duration_text(each * static_cast<double>(total - done)));
}

std::string cells_text(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t filled = std::min(kBarCells, done * kBarCells / std::max(total, done));
  return "[" + std::string(filled, '#') + std::string(kBarCells - filled, ' ') + "] ";
}

}  // namespace

void set_progress_style(ProgressStyle style) {
  default_style = style;
}

void erase_progress_line() {
  const std::scoped_lock lock(screen_line().mutex);
  erase_locked(screen_line());
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

ProgressBar::ProgressBar(std::string title, std::uint64_t total, std::string unit)
    : ProgressBar(std::move(title), total, std::move(unit), ProgressOutput{}) {}

ProgressBar::ProgressBar(std::string title, std::uint64_t total, std::string unit,
                         ProgressOutput output)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      output_(resolved(std::move(output))),
      start_(output_.seconds()) {
  if (output_.style != ProgressStyle::lines) return;
  next_draw_ = kLineSeconds;
  print_line(output_.stream, total_ == 0
                                 ? title_ + " ..."
                                 : fmt::format("{}: {} {}", title_, grouped(total_), unit_));
}

ProgressBar::~ProgressBar() {
  finish();
}

double ProgressBar::elapsed() const {
  return output_.seconds() - start_;
}

void ProgressBar::tick(std::uint64_t n) {
  done_ += n;
  if (output_.style == ProgressStyle::quiet) return;
  const double now = elapsed();
  if (now < next_draw_) return;
  const std::unique_lock lock(drawing_, std::try_to_lock);
  // Another thread is drawing or has just drawn; its line is recent enough.
  if (!lock.owns_lock() || now < next_draw_ || is_finished_) return;
  next_draw_ = now + (output_.style == ProgressStyle::bar ? kRedrawSeconds : kLineSeconds);
  draw(now);
}

void ProgressBar::draw(double elapsed) {
  const std::uint64_t done = done_;
  std::string counts = fmt::format("{} {}", grouped(done), unit_);
  if (total_ != 0)
    counts = fmt::format("{} of {} {} ({} %)", grouped(done), grouped(total_), unit_,
                         done * 100 / total_);
  counts += rate_text(done, elapsed) + remaining_text(done, total_, elapsed);
  if (output_.style == ProgressStyle::lines)
    print_line(output_.stream, title_ + ": " + counts);
  else
    draw_bar(output_.stream, title_ + " " + (total_ == 0 ? "" : cells_text(done, total_)) + counts);
}

void ProgressBar::finish() {
  const std::scoped_lock lock(drawing_);
  if (is_finished_) return;
  is_finished_ = true;
  if (output_.style == ProgressStyle::quiet) return;
  const std::uint64_t done = done_;
  const double now = elapsed();
  if (done < total_)
    print_line(output_.stream,
               fmt::format("{}: stopped at {} of {} {} after {}", title_, grouped(done),
                           grouped(total_), unit_, duration_text(now)));
  else
    print_line(output_.stream, fmt::format("{}: {} {} in {:.1f} s{}", title_, grouped(done), unit_,
                                           now, rate_text(done, now)));
}

}  // namespace overland
