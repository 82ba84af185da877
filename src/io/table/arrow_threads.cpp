#include "io/table/arrow_threads.h"

#include <arrow/io/interfaces.h>
#include <arrow/util/thread_pool.h>

#include "base/log.h"

namespace overland::io {

void limit_arrow_threads(int threads) {
  for (const arrow::Status& done :
       {arrow::SetCpuThreadPoolCapacity(threads), arrow::io::SetIOThreadPoolCapacity(threads)})
    if (!done.ok())
      log_warning("the number of Arrow threads could not be limited: {}", done.message());
}

}  // namespace overland::io
