// A request to stop, seen by all loops of a command: Ctrl-C and SIGTERM make one (cli/signals.h).
//
//   machine.check_cancelled();   // in a loop that may last longer than half a second
//
// The stack unwinds by the exception Cancelled: files that are half written are removed, locks are
// released, and what stages have finished stays.
#pragma once

#include <atomic>

namespace overland {

// Not a std::exception, so that nothing between a loop and the command takes it for an error of a
// file or a library. `cli` alone catches it.
struct Cancelled {
  int signal = 0;  // SIGINT or SIGTERM
};

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

}  // namespace overland
