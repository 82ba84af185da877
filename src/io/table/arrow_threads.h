// Arrow and Parquet keep threads of their own for the whole process.
#pragma once

namespace overland::io {

// From now on no more than `threads` of either kind, for computing and for reading ahead; without a
// call they are as many as the machine has processors, and 8.
void limit_arrow_threads(int threads);

}  // namespace overland::io
