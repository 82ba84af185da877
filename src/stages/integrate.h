// Integrate: chromatograms and quantities of the precursors that passed in one run.
//
// Sizes are counted before the first scan is read: each passing precursor has one trace, in the
// window that holds it most centrally (a choice of library and scheme alone, so the same in every
// run), over the scans around its apex. Tasks write only to their own rows.
#pragma once

#include <filesystem>
#include <vector>

#include "kernel/integrate_peak.h"
#include "stages/run_context.h"
#include "stages/run_models.h"
#include "stages/score.h"

namespace overland {

struct Quantity {
  std::uint32_t precursor = 0;
  std::uint32_t apex_scan = 0;  // index into the run; moved by at most two points
  float rt_minutes = 0, rt_start = 0, rt_stop = 0, fwhm_minutes = 0;
  double area = 0;  // intensity x minutes; 0 unless status is ok
  double height = 0;
  std::uint32_t points = 0;
  float interference = 0;  // share of the matched peaks' intensity that is not its own, 0..1
  kernel::QuantityStatus status = kernel::QuantityStatus::no_signal;
};

// One row per passing precursor, in the order of `passing`; none is dropped.
[[nodiscard]] std::vector<Quantity> integrate(const RunContext& context, const RunModels& models,
                                              const std::vector<ScoredRow>& passing,
                                              const SearchConfig& config);

// The window of `windows` whose centre is nearest to `mz` among those that contain it; the number
// of windows when none does. Ties go to the lower window.
[[nodiscard]] std::size_t most_central_window(std::span<const IsolationWindow> windows, Mz mz);

[[nodiscard]] Result<void> write_quantities(const std::vector<Quantity>& rows,
                                            const std::filesystem::path& file);
[[nodiscard]] Result<std::vector<Quantity>> read_quantities(const std::filesystem::path& file);

}  // namespace overland
