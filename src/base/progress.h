// Progress of long loops on stderr: items done, items per second and remaining time.
//
//   ProgressBar bar(machine, "first pass", windows.size(), "windows");
//   parallel_for(windows.size(), machine, [&](std::size_t i, int) { search(i); bar.tick(); });
//
// On a terminal a bar, redrawn at most ten times a second; elsewhere plain lines at the start,
// every ten seconds and at the end; no output in quiet mode. tick() may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/machine.h"

namespace overland {

class ProgressBar {
 public:
  // A total of 0 means that the number of items is unknown. The machine's reporter must outlive the
  // bar; without one nothing is printed.
  ProgressBar(const Machine& machine, std::string title, std::uint64_t total, std::string unit);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  void tick(std::uint64_t n = 1);
  void finish();  // prints the closing line, once; the destructor calls it
  [[nodiscard]] std::uint64_t done() const { return done_; }

 private:
  void draw(double elapsed);
  [[nodiscard]] double elapsed() const { return reporter_->seconds() - start_; }

  Reporter* reporter_;
  ProgressStyle style_;
  std::string title_, unit_;
  std::uint64_t total_;
  double start_ = 0;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<double> next_draw_{0};  // seconds since the start
  std::mutex drawing_;
  bool is_finished_ = false;
};

// "0:07", "12:30", "3:05:00".
[[nodiscard]] std::string duration_text(double seconds);
// 1234567 -> "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace overland
