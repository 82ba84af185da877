// Limits the threads that Arrow and Parquet start for the whole process.
#pragma once

#include "base/machine.h"

namespace overland::io {

// Limits Arrow's threads for computing and for reading ahead to `machine.threads` each; the
// defaults are the number of processors and 8.
void limit_arrow_threads(const Machine& machine);

}  // namespace overland::io
