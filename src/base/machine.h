// The threads and the memory that a computation may use, the reporter of its messages, and the
// cancellation that can stop it. Passed from the command down to the loops. Results never depend on
// it.
#pragma once

#include <cstdint>

#include "base/cancellation.h"
#include "base/reporter.h"

namespace overland {

struct Machine {
  // With nobody to report to and nobody who stops it.
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
