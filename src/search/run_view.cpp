#include "search/run_view.h"

namespace overland::search {

RunView view_of(const run::RawRun& run, const library::LibraryView& library) {
  return {run, run::searched_windows(run), run::survey_scans(run), library};
}

double starting_nce(const library::LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland::search
