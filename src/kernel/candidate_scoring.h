// Scores of the candidates of one isolation window: finds the peaks of their fragments in all scans
// of their retention-time intervals and the peak groups of these peaks, then deconvolves the scans
// of the peak groups, which gives weights and spectral scores.
//
//   TraceLayout layout = ...;                    // candidates and their scan intervals
//   scoring.begin(layout, scans, settings);
//   for each chunk, for each candidate c of the chunk:
//     if (scoring.find(c, scratch)) { layout.set_template(c, ...); scoring.keep(c, scratch); }
//   const std::size_t parts = scoring.gather_columns();
//   for each part: scoring.solve(part, scratch.solver);
//   scoring.load(scoring.found(chunk)[i], 0, n, trace);   // one candidate's scans, dense
//
// Chunks of candidates, and parts of the scans, are independent items: several threads may work on
// them at once, each with a separate scratch. Most candidates are dropped in find, before they need
// a template. The division into chunks and parts depends on the data alone and every scan is solved
// from a cold start, so the results do not depend on the threads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "kernel/candidate_matches.h"
#include "kernel/deconvolve.h"
#include "kernel/peak_groups.h"
#include "kernel/scan_peaks.h"
#include "kernel/scan_solver.h"
#include "kernel/window_peaks.h"

namespace overland::kernel {

// Heavier isotopes of a template's fragments, on the scale of the template's intensities. They
// explain peaks in the deconvolution, but they do not count as matches of the candidate and have no
// trace.
inline constexpr std::size_t kTraceIsotopes = 6;
struct TemplateIsotopes {
  std::array<float, kTraceIsotopes> mz{}, intensity{};
  std::array<std::uint8_t, kTraceIsotopes> fragment{};  // index of the fragment in the template
  std::uint8_t count = 0;
};

// Candidates of one task. Each owns kTraceFragments slots in the template arrays; unused slots hold
// m/z 0 (never found) and intensity 0. Templates are scaled to sum 1.
struct TraceLayout {
  std::vector<PrecursorId> precursor;
  std::vector<WindowScan> first_scan, last_scan;  // half-open
  std::vector<std::uint64_t> point_begin;  // candidates + 1; exclusive sum of interval lengths
  std::vector<float> fragment_mz;
  std::vector<float> fragment_intensity;
  std::vector<std::uint8_t> fragment_count;
  std::vector<TemplateIsotopes> isotopes;  // one per candidate, scaled like its template

  void clear();
  // A candidate without a template. The interval must not be empty.
  void add(PrecursorId precursor_id, WindowScan first, WindowScan last, std::span<const float> mz);
  // Thread-safe for different candidates.
  void set_template(CandidateId candidate, std::span<const float> intensity,
                    const TemplateIsotopes& isotopes_of_it);
  [[nodiscard]] std::size_t size() const { return precursor.size(); }
  [[nodiscard]] std::uint64_t point_count() const {
    return point_begin.empty() ? 0 : point_begin.back();
  }
  [[nodiscard]] std::span<const float> template_mz(CandidateId c) const {
    return {fragment_mz.data() + first_slot(c), fragment_count[c.index()]};
  }
  [[nodiscard]] std::span<const float> template_intensity(CandidateId c) const {
    return {fragment_intensity.data() + first_slot(c), fragment_count[c.index()]};
  }

 private:
  static std::size_t first_slot(CandidateId c) { return std::size_t{c.index()} * kTraceFragments; }
};

struct TraceSettings {
  PpmWindow tolerance{-10, 10};  // for m/z values after mass calibration
  std::uint8_t min_matched = 3;  // fragments with a peak that make a candidate a column
  SolverSettings solver;
  // If groups.min_matched is 0, all candidates are kept with all their points. Otherwise candidates
  // with a peak group are kept, with the scans of their groups and one more scan on either side.
  GroupSearch groups{0, 0};
};

// A candidate that was kept.
struct FoundCandidate {
  CandidateId candidate;
  std::uint32_t chunk = 0;
  std::uint32_t first_point = 0, last_point = 0;  // half-open, of the chunk
  PeakGroups groups;                              // empty if groups.min_matched is 0
};

// Consecutive scans of one candidate, one row for each scan.
struct DenseTrace {
  std::vector<float> intensity;  // row-major n x kTraceFragments
  std::vector<std::uint8_t> matched;
  std::vector<PointScores> points;
  std::vector<FragmentPeaks> peaks;
};

// Workspace of one thread, reused from window to window.
struct ScoringScratch {
  CandidateMatches matches;
  std::vector<std::uint8_t> is_wanted;
  DenseTrace trace;
  ScanSolver solver;
};

class CandidateScoring {
 public:
  // `scans` with m/z after mass calibration. Clears all earlier results but keeps the memory.
  // Layout and scans must stay valid while results are read.
  void begin(const TraceLayout& layout, std::span<const ScanPeaks> scans,
             const TraceSettings& settings);
  [[nodiscard]] std::size_t chunk_count() const { return chunk_count_; }
  struct Range {  // half-open
    CandidateId first, last;
  };
  [[nodiscard]] Range candidates_of(std::size_t chunk) const;

  // Whether a candidate has enough peaks for a peak group. Stores its peaks in the scratch.
  [[nodiscard]] bool find(CandidateId candidate, ScoringScratch& scratch) const;
  // Keeps the candidate that was last found with this scratch, if it has a peak group. Its template
  // must be set. The candidates of a chunk must be passed in ascending order.
  void keep(CandidateId candidate, ScoringScratch& scratch);

  // Sorts the points of all chunks by scan. Returns the number of parts to solve.
  [[nodiscard]] std::size_t gather_columns();
  SolverCounts solve(std::size_t part, ScanSolver& solver);

  // Runs all steps, on one thread, for a layout whose templates are set.
  SolverCounts run(const TraceLayout& layout, std::span<const ScanPeaks> scans,
                   const TraceSettings& settings, ScoringScratch& scratch);

  // Kept candidates of a chunk, in the order of the layout.
  [[nodiscard]] std::span<const FoundCandidate> found(std::size_t chunk) const {
    return chunks_[chunk].found;
  }
  // The entry of a candidate, or null if it was dropped.
  [[nodiscard]] const FoundCandidate* find_kept(CandidateId candidate) const;
  // Copies scans [first, last) of the candidate's interval, counted from its first scan; 0 (and
  // peak -1) in scans that were not kept.
  void load(const FoundCandidate& found, std::uint32_t first, std::uint32_t last,
            DenseTrace& trace) const;

 private:
  // Results of a chunk of candidates: parallel columns of points, sorted by (candidate, scan).
  struct Chunk {
    std::vector<FoundCandidate> found;
    std::vector<CandidateId> candidate;
    std::vector<std::uint32_t> scan;  // of the window; a plain integer for the hot loops
    std::vector<FragmentPeaks> peaks;
    std::vector<PointScores> scores;
    void clear();
  };
  struct ColumnPlace {  // location of a point
    std::uint32_t chunk, point;
  };

  void keep_points(FoundCandidate found, ScoringScratch& scratch);
  [[nodiscard]] bool is_column(const Chunk& chunk, std::size_t point) const;
  void add_column(ColumnPlace place, ScanSolver& solver) const;
  [[nodiscard]] std::span<const ColumnPlace> columns_of(std::size_t scan) const;

  const TraceLayout* layout_ = nullptr;
  std::span<const ScanPeaks> scans_;
  TraceSettings settings_;
  WindowPeaks peaks_;
  std::size_t chunk_count_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<std::uint64_t> scan_begin_;  // scans + 1, into columns_
  std::vector<ColumnPlace> columns_;       // by (scan, candidate)
};

}  // namespace overland::kernel
