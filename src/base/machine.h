// The threads and the memory that a computation may use. Results never depend on them.
#pragma once

#include <cstdint>

namespace overland {

struct Machine {
  int threads = 1;
  std::uint64_t max_ram = 0;  // bytes for the whole process; 0: all free memory
};

}  // namespace overland
