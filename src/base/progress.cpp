#include "base/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace overland {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kLineSeconds = 10;
constexpr std::uint64_t kBarCells = 24;

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
  std::string cells(kBarCells, ' ');
  std::fill_n(cells.begin(), filled, '#');
  return fmt::format("[{}] ", cells);
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

ProgressBar::ProgressBar(const Machine& machine, std::string title, std::uint64_t total,
                         std::string unit)
    : reporter_(machine.reporter),
      style_(reporter_ == nullptr ? ProgressStyle::quiet : reporter_->progress_style()),
      title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total) {
  if (style_ == ProgressStyle::quiet) return;
  start_ = reporter_->seconds();
  if (style_ != ProgressStyle::lines) return;
  next_draw_ = kLineSeconds;
  reporter_->print_line(total_ == 0 ? title_ + " ..."
                                    : fmt::format("{}: {} {}", title_, grouped(total_), unit_));
}

ProgressBar::~ProgressBar() {
  finish();
}

void ProgressBar::tick(std::uint64_t n) {
  done_ += n;
  if (style_ == ProgressStyle::quiet) return;
  const double now = elapsed();
  if (now < next_draw_) return;
  const std::unique_lock lock(drawing_, std::try_to_lock);
  // Another thread is drawing or has just drawn; its line is recent enough.
  if (!lock.owns_lock() || now < next_draw_ || is_finished_) return;
  next_draw_ = now + (style_ == ProgressStyle::bar ? kRedrawSeconds : kLineSeconds);
  draw(now);
}

void ProgressBar::draw(double elapsed) {
  const std::uint64_t done = done_;
  std::string counts = fmt::format("{} {}", grouped(done), unit_);
  if (total_ != 0)
    counts = fmt::format("{} of {} {} ({} %)", grouped(done), grouped(total_), unit_,
                         done * 100 / total_);
  counts += rate_text(done, elapsed) + remaining_text(done, total_, elapsed);
  if (style_ == ProgressStyle::lines)
    reporter_->print_line(title_ + ": " + counts);
  else
    reporter_->draw_bar(title_ + " " + (total_ == 0 ? "" : cells_text(done, total_)) + counts);
}

void ProgressBar::finish() {
  const std::scoped_lock lock(drawing_);
  if (is_finished_) return;
  is_finished_ = true;
  if (style_ == ProgressStyle::quiet) return;
  const std::uint64_t done = done_;
  const double now = elapsed();
  if (done < total_)
    reporter_->print_line(fmt::format("{}: stopped at {} of {} {} after {}", title_, grouped(done),
                                      grouped(total_), unit_, duration_text(now)));
  else
    reporter_->print_line(fmt::format("{}: {} {} in {:.1f} s{}", title_, grouped(done), unit_, now,
                                      rate_text(done, now)));
}

}  // namespace overland
