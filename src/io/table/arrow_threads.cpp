#include "io/table/arrow_threads.h"

#include <arrow/io/interfaces.h>
#include <arrow/util/thread_pool.h>

namespace overland::io {

void limit_arrow_threads(const Machine& machine) {
  for (const arrow::Status& done : {arrow::SetCpuThreadPoolCapacity(machine.threads),
                                    arrow::io::SetIOThreadPoolCapacity(machine.threads)})
    if (!done.ok())
      machine.warning("the number of Arrow threads could not be limited: {}", done.message());
}

}  // namespace overland::io
