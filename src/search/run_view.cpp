#include "search/run_view.h"

namespace overland::search {

RunView view_of(const run::RawRun& run, const library::LibraryView& library) {
  return {run, run::searched_windows(run), run::survey_ranges(run), library};
}

std::optional<std::size_t> RunView::survey_of(Mz mz, float voltage) const {
  for (std::size_t k = 0; k < ms1.size(); ++k) {
    if (ms1[k].voltage == voltage && ms1[k].contains(mz)) return k;
  }
  return std::nullopt;
}

double starting_nce(const library::LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland::search
