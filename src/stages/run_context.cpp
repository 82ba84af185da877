#include "stages/run_context.h"

namespace overland {

double starting_nce(const LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland
