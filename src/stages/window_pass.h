// One task of the second pass: (run, isolation window). Lays out the candidates that can appear in
// the window's scans, runs the trace pass and describes their peak groups.
#pragma once

#include <vector>

#include "kernel/trace_pass.h"
#include "stages/psm_table.h"
#include "stages/run_context.h"
#include "stages/run_models.h"
#include "stages/search_config.h"

namespace overland {

// Peaks of a window's scans with m/z corrected by the run's mass error, in one block.
class CorrectedScans {
 public:
  void assign(const RunContext& context, const RunModels& models, const IsolationWindow& window);
  [[nodiscard]] std::span<const ScanPeaks> scans() const { return scans_; }

 private:
  std::vector<float> mz_;
  std::vector<ScanPeaks> scans_;
};

// Memory of one worker, reused from task to task.
struct WindowWorkspace {
  CorrectedScans scans;
  kernel::TraceLayout layout;
  kernel::TracePass pass;
  std::vector<float> rt_minutes;  // of the window's scans
  std::vector<double> irt;        // of the window's scans, never falling
};

class WindowPass {
 public:
  WindowPass(const RunContext& context, const RunModels& models, const SearchConfig& config)
      : context_(context), models_(models), config_(config) {}

  // Rows of window `w`, by (precursor, rank).
  [[nodiscard]] std::vector<PsmRow> run(std::size_t w, WindowWorkspace& work) const;

 private:
  void lay_out(const IsolationWindow& window, WindowWorkspace& work) const;
  void describe(std::size_t w, std::size_t candidate, const WindowWorkspace& work,
                std::vector<PsmRow>& rows) const;
  void add_context_features(const IsolationWindow& window, std::size_t candidate,
                            const kernel::TraceView& trace, const kernel::PeakGroup& group,
                            const WindowWorkspace& work, PsmRow& row) const;
  void add_mass_features(const ScanPeaks& apex, PsmRow& row) const;
  void add_isotope_features(const ScanPeaks& apex, const kernel::TraceLayout& layout,
                            std::size_t candidate, PsmRow& row) const;

  const RunContext& context_;
  const RunModels& models_;
  const SearchConfig& config_;
};

[[nodiscard]] kernel::TraceSettings trace_settings(const RunModels& models,
                                                   const SearchConfig& config);

}  // namespace overland
