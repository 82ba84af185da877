#include "cli/stop_signals.h"

#include <atomic>
#include <csignal>

namespace overland::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

std::atomic<Cancellation*> asked{nullptr};  // a handler gets nothing but the signal's number

void set_action(int signal, void (*handler)(int)) {
  struct sigaction now{};
  if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler == SIG_IGN) return;
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // libraries take an interrupted call for an error
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

// Only what is allowed in a handler: lock-free atomics and sigaction.
void on_signal(int signal) {
  for (const int each : kSignals) set_action(each, SIG_DFL);
  if (Cancellation* const cancellation = asked.load()) cancellation->request(signal);
}

}  // namespace

StopSignals::StopSignals(Cancellation& cancellation) {
  asked = &cancellation;
  for (const int signal : kSignals) set_action(signal, on_signal);
}

StopSignals::~StopSignals() {
  for (const int signal : kSignals) set_action(signal, SIG_DFL);
  asked = nullptr;
}

}  // namespace overland::cli
