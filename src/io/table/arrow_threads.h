// Limits the threads that Arrow and Parquet start for the whole process.
#pragma once

namespace overland::io {

// Limits Arrow's threads for computing and for reading ahead to `threads` each; the defaults are
// the number of processors and 8.
void limit_arrow_threads(int threads);

}  // namespace overland::io
