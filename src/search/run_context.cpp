#include "search/run_context.h"

namespace overland::search {

RunContext make_context(const run::RawRun& run, const library::LibraryView& library,
                        std::span<const std::uint8_t> folds, int threads) {
  return {run,
          run::searched_windows(run),
          run::survey_scans(run),
          library,
          folds,
          library::decoys_per_target(library),
          threads};
}

double starting_nce(const library::LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland::search
