// One task of the second pass: (run, isolation window). Lays out the candidates that can appear in
// the window's scans, scores them and describes their peak groups.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/machine.h"
#include "base/parallel.h"
#include "kernel/candidate_scoring.h"
#include "params/search_config.h"
#include "search/psm_table.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::search {

// Peaks of a window's scans with m/z corrected by the run's mass error, in one block.
class CorrectedScans {
 public:
  void assign(const RunView& view, const RunModels& models, const run::IsolationWindow& window);
  [[nodiscard]] std::span<const kernel::ScanPeaks> scans() const { return scans_; }
  [[nodiscard]] const kernel::ScanPeaks& at(WindowScan scan) const { return scans_[scan.index()]; }
  // Summed intensity of a scan.
  [[nodiscard]] double total(WindowScan scan) const { return total_[scan.index()]; }

 private:
  std::vector<float> mz_;
  std::vector<double> total_;
  std::vector<kernel::ScanPeaks> scans_;
};

// When a window's scans were taken; one value per scan.
struct ScanTimes {
  std::vector<float> rt_minutes;
  std::vector<double> irt;  // the same by the run's model, made never to fall
  void assign(const RunView& view, const calibrate::RtModel& model,
              const run::IsolationWindow& window);
};

// The scans of a window in which a precursor of a given iRT may elute, by the run's model and its
// tolerance, which may vary over the run. Intervals have no gaps: each precursor gets one interval.
class RtIntervals {
 public:
  struct Scans {  // half-open
    WindowScan first, last;
  };
  void assign(const calibrate::RtModel& model, const ScanTimes& times);
  [[nodiscard]] Scans scans_of(double irt) const;

 private:
  std::vector<double> low_, high_;  // iRT limits of each scan, both ascending
};

[[nodiscard]] double window_center(const run::IsolationWindow& window);  // m/z

// Memory of one window at a time, reused from task to task.
struct WindowWorkspace {
  CorrectedScans scans;
  kernel::TraceLayout layout;
  kernel::CandidateScoring scoring;
  ScanTimes times;
  RtIntervals reach;
  std::vector<std::vector<PsmRow>> rows;  // one per chunk of candidates
};

// Of the threads that work on windows, and of those that help them with their chunks.
using ScoringPool = ScratchPool<kernel::ScoringScratch>;

class WindowTemplates;

// The best peak group of a candidate of one window.
struct CandidateScore {
  PrecursorId precursor{};
  float match_score = 0;
};

class WindowSearch {
 public:
  // `floor`: the least match score of a peak group that is kept.
  WindowSearch(const RunView& view, const RunModels& models,
               const params::SecondPassParameters& config, const Machine& machine, float floor = 0)
      : view_(view), models_(models), config_(config), machine_(machine), floor_(floor) {}

  // Only finds the peak groups of window `w`.
  [[nodiscard]] std::vector<CandidateScore> match_scores(WindowId w, WindowWorkspace& work,
                                                         ScoringPool& pool) const;

  // Rows of window `w`, by (precursor, rank).
  [[nodiscard]] std::vector<PsmRow> run(WindowId w, WindowWorkspace& work, ScoringPool& pool) const;

 private:
  void lay_out(const run::IsolationWindow& window, const WindowTemplates& templates,
               WindowWorkspace& work) const;
  static void find_groups(std::size_t chunk, const WindowTemplates& templates,
                          WindowWorkspace& work, kernel::ScoringScratch& scratch);
  void score(const WindowTemplates& templates, WindowWorkspace& work, ScoringPool& pool) const;
  [[nodiscard]] kernel::TraceSettings settings() const;
  [[nodiscard]] float rival_match_score(const kernel::PeakGroups& groups, std::size_t which) const;
  void describe(WindowId w, const kernel::FoundCandidate& found, const WindowWorkspace& work,
                kernel::DenseTrace& dense, std::vector<PsmRow>& rows) const;
  [[nodiscard]] PsmRow describe_group(WindowId w, const kernel::FoundCandidate& found,
                                      std::size_t which, const WindowWorkspace& work,
                                      kernel::DenseTrace& dense) const;
  void add_place(const run::IsolationWindow& window, WindowScan first,
                 const kernel::PeakGroup& group, const WindowWorkspace& work, PsmRow& row) const;
  void add_ms1_features(WindowScan first, const kernel::TraceView& trace,
                        const kernel::PeakGroup& group, const WindowWorkspace& work,
                        PsmRow& row) const;
  void add_mass_features(const kernel::ScanPeaks& apex, const kernel::FragmentPeaks& peaks,
                         double total, PsmRow& row) const;
  void add_isotope_features(const kernel::ScanPeaks& apex, const kernel::FragmentPeaks& peaks,
                            const kernel::TraceLayout& layout, CandidateId candidate,
                            PsmRow& row) const;

  const RunView& view_;
  const RunModels& models_;
  const params::SecondPassParameters& config_;
  Machine machine_;
  float floor_;
};

// Of the search.
[[nodiscard]] kernel::TraceSettings trace_settings(const RunModels& models,
                                                   const params::SecondPassParameters& config);

}  // namespace overland::search
