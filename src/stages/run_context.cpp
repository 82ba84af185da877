#include "stages/run_context.h"

namespace overland {

RunContext make_context(const RawRun& run, const LibraryView& library,
                        std::span<const std::uint8_t> folds, int threads) {
  return {
      run,    searched_windows(run), survey_scans(run), library, folds, decoys_per_target(library),
      threads};
}

double starting_nce(const LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland
