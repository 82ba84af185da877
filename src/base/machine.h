// What a computation may use of the machine. Results never depend on it.
#pragma once

#include <cstdint>

namespace overland {

struct Machine {
  int threads = 1;
  std::uint64_t max_ram = 0;  // bytes for the whole process; 0: what the machine has free
};

}  // namespace overland
