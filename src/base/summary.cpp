#include "base/summary.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace overland {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

StageUse difference(std::string stage, const ResourceUse& from, const ResourceUse& to) {
  return {.stage = std::move(stage),
          .wall_seconds = to.wall_seconds - from.wall_seconds,
          .cpu_seconds = to.cpu_seconds - from.cpu_seconds,
          .peak_rss_bytes = to.peak_rss_bytes,
          .note = {},
          .allocations = from.allocations && to.allocations
                             ? std::optional(*to.allocations - *from.allocations)
                             : std::nullopt};
}

std::string row(const StageUse& use, std::size_t name_width) {
  std::string note = use.note;
  if (use.allocations) {
    note += fmt::format("{}{} allocations", note.empty() ? "" : ", ", *use.allocations);
  }
  return fmt::format("{:<{}}  {:>9.1f}  {:>9.1f}  {:>5.1f}  {:>9}{}{}\n", use.stage, name_width,
                     use.wall_seconds, use.cpu_seconds, use.cores(),
                     memory_text(use.peak_rss_bytes), note.empty() ? "" : "  ", note);
}

}  // namespace

ResourceUse resource_use_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {.wall_seconds = std::chrono::duration<double>(now).count(),
          .cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
          .peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024,  // ru_maxrss: KiB
          .allocations = allocations_so_far()};
}

std::string memory_text(std::uint64_t bytes) {
  const double megabytes = static_cast<double>(bytes) * 1e-6;
  if (bytes == 0) return "0 MB";
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (megabytes < 0.9995) return fmt::format("{:.0f} kB", megabytes * 1e3);
  if (megabytes < 9.95) return fmt::format("{:.1f} MB", megabytes);
  if (megabytes < 999.5) return fmt::format("{:.0f} MB", megabytes);
  return fmt::format("{:.2f} GB", megabytes * 1e-3);
}

RunSummary::RunSummary() : origin_(resource_use_now()), stage_start_(origin_) {}

void RunSummary::start(std::string stage) {
  finish();
  open_stage_ = std::move(stage);
  stage_start_ = resource_use_now();
}

void RunSummary::finish(std::string note) {
  if (open_stage_.empty()) return;
  stages_.push_back(difference(std::move(open_stage_), stage_start_, resource_use_now()));
  stages_.back().note = std::move(note);
  open_stage_.clear();
}

StageUse RunSummary::total() const {
  return difference("total", origin_, resource_use_now());
}

std::string RunSummary::table() const {
  std::size_t width = std::string_view("stage").size();
  for (const StageUse& use : stages_) width = std::max(width, use.stage.size());
  std::string text = fmt::format("{:<{}}  {:>9}  {:>9}  {:>5}  {:>9}\n", "stage", width, "wall s",
                                 "CPU s", "cores", "peak mem");
  for (const StageUse& use : stages_) text += row(use, width);
  return text + row(total(), width);
}

}  // namespace overland
