// Ctrl-C (SIGINT) and SIGTERM ask the command to stop. A second signal of either kind ends the
// process at once, by the system's default action.
#pragma once

#include "base/machine.h"

namespace overland::cli {

// Installs the handlers for its lifetime; one at a time. A signal that is ignored stays so (nohup,
// a shell's background).
class StopSignals {
 public:
  explicit StopSignals(Cancellation& cancellation);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();
};

}  // namespace overland::cli
