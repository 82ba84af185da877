// The second pass over one isolation window: every candidate's fragments are matched in every scan
// of its retention-time interval, the scans are deconvolved, and weights, peaks and spectral scores
// are kept where the candidate has any.
//
//   TraceLayout layout = ...;               // candidates, their templates and scan intervals
//   TracePass pass; pass.run(layout, scans, settings);
//   pass.load(pass.found(chunk)[i], 0, n, trace);   // one candidate's scans, dense
//
// Three steps, each of independent items that threads may share: candidates are matched in chunks
// (and, where peak groups are asked for, dropped when they have none); the points that are left are
// sorted by scan; scans are deconvolved in chunks, each from a cold start. All cuts depend on the
// data alone, so the results do not depend on who does what.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kernel/candidate_matches.h"
#include "kernel/deconvolve.h"
#include "kernel/design_matrix.h"
#include "kernel/peak_groups.h"
#include "kernel/scan_peaks.h"
#include "kernel/window_peaks.h"

namespace overland::kernel {

// Heavier isotopes of a template's fragments, on the scale of its intensities. They explain peaks
// of a scan that holds the candidate; they are no evidence for it and have no trace.
inline constexpr std::size_t kTraceIsotopes = 6;
struct TemplateIsotopes {
  std::array<float, kTraceIsotopes> mz{}, intensity{};
  std::array<std::uint8_t, kTraceIsotopes> fragment{};  // whose isotope it is
  std::uint8_t count = 0;
};

// Candidates of one task. Each owns kTraceFragments slots in the template arrays; unused slots hold
// m/z 0 (never found) and intensity 0. Templates are scaled to sum 1.
//
// Most candidates have too few peaks to need intensities: with `shape` these (and isotopes) are
// set, by set_template, only when a candidate has enough. It may be called for different candidates
// at once, and must give the same each time.
struct TraceLayout {
  std::vector<std::uint32_t> precursor;    // the caller's id
  std::vector<std::uint32_t> first_scan;   // position in the window's scan list
  std::vector<std::uint32_t> last_scan;    // half-open
  std::vector<std::uint64_t> point_begin;  // candidates + 1; exclusive sum of interval lengths
  std::vector<float> fragment_mz;
  std::vector<float> fragment_intensity;
  std::vector<std::uint8_t> fragment_count;
  std::vector<TemplateIsotopes> isotopes;  // one per candidate, scaled like its template
  std::function<void(std::uint32_t candidate, TraceLayout&)> shape;

  void clear();
  // Interval must not be empty.
  void add(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
           std::span<const float> mz, std::span<const float> intensity,
           const TemplateIsotopes& isotopes_of_it = {});
  // Without intensities, for `shape`.
  void add_unshaped(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
                    std::span<const float> mz);
  void set_template(std::size_t candidate, std::span<const float> intensity,
                    const TemplateIsotopes& isotopes_of_it);
  [[nodiscard]] std::size_t size() const { return precursor.size(); }
  [[nodiscard]] std::uint64_t point_count() const {
    return point_begin.empty() ? 0 : point_begin.back();
  }
  [[nodiscard]] std::span<const float> template_mz(std::size_t c) const {
    return {fragment_mz.data() + c * kTraceFragments, fragment_count[c]};
  }
  [[nodiscard]] std::span<const float> template_intensity(std::size_t c) const {
    return {fragment_intensity.data() + c * kTraceFragments, fragment_count[c]};
  }
};

struct TraceSettings {
  PpmWindow tolerance{-10, 10};  // on m/z values that are corrected already
  std::uint8_t min_matched = 3;  // fragments with a peak that make a candidate a column
  SolverSettings solver;
  // With 0 fragments all candidates are kept, with all their points; else those that have a peak
  // group, and of these the scans of the groups and one more on either side.
  GroupSearch groups{0, 0};
};

struct PassCounts {
  std::uint64_t scans = 0, points = 0, columns = 0, entries = 0, sweeps = 0;
};

// A candidate that was kept.
struct FoundCandidate {
  std::uint32_t candidate = 0;  // of the layout
  std::uint32_t chunk = 0;
  std::uint32_t first_point = 0, last_point = 0;  // half-open, of the chunk
  PeakGroups groups;                              // empty unless they were asked for
};

// A stretch of one candidate's scans, dense.
struct DenseTrace {
  std::vector<float> intensity;  // row-major n x kTraceFragments
  std::vector<std::uint8_t> matched;
  std::vector<PointScores> points;
  std::vector<FragmentPeaks> peaks;
};

class TracePass {
 public:
  // All steps, one after the other. `scans[k]` with corrected m/z. Reuses its arrays. The arguments
  // must stay valid while results are read.
  void run(TraceLayout& layout, std::span<const ScanPeaks> scans, const TraceSettings& settings);

  // The same in steps. Chunks of a step may run at once, on as many `workers`.
  void begin(TraceLayout& layout, std::span<const ScanPeaks> scans, const TraceSettings& settings,
             std::size_t workers);
  [[nodiscard]] std::size_t chunk_count() const { return chunk_count_; }
  void match(std::size_t chunk, std::size_t worker);
  void sort_by_scan();
  [[nodiscard]] std::size_t solve_chunk_count() const { return solve_chunk_count_; }
  void solve(std::size_t chunk, std::size_t worker);
  void finish();

  // Kept candidates of a chunk, in the order of the layout.
  [[nodiscard]] std::span<const FoundCandidate> found(std::size_t chunk) const {
    return chunks_[chunk].found;
  }
  // A candidate's entry, or none where it was dropped.
  [[nodiscard]] const FoundCandidate* find(std::size_t candidate) const;
  // Scans [first, last) of its interval; 0 (and peak -1) where nothing was kept.
  void load(const FoundCandidate& found, std::uint32_t first, std::uint32_t last,
            DenseTrace& trace) const;
  [[nodiscard]] const PassCounts& counts() const { return counts_; }

 private:
  // What a chunk of candidates found; parallel columns of points by (candidate, scan).
  struct Chunk {
    std::vector<FoundCandidate> found;
    std::vector<std::uint32_t> candidate, scan;
    std::vector<FragmentPeaks> peaks;
    std::vector<PointScores> scores;
    void clear();
  };
  struct PointPlace {
    std::uint32_t chunk, point;
  };
  struct Worker {
    CandidateMatches matches;
    DenseTrace trace;
    std::vector<std::uint8_t> is_wanted;
    DesignMatrix matrix;
    Deconvolver solver;
    std::vector<float> weights;
    PassCounts counts;
  };

  void match_candidate(std::uint32_t c, Chunk& chunk, Worker& worker) const;
  void keep_points(FoundCandidate found, Chunk& chunk, Worker& worker) const;
  void solve_scan(std::uint32_t scan, Worker& worker);
  void add_columns(std::span<const PointPlace> places, Worker& worker) const;

  TraceLayout* layout_ = nullptr;
  std::span<const ScanPeaks> scans_;
  TraceSettings settings_;
  WindowPeaks peaks_;
  std::size_t chunk_count_ = 0, solve_chunk_count_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<std::uint64_t> scan_begin_;  // scans + 1, into places_
  std::vector<PointPlace> places_;         // of columns, by (scan, candidate)
  std::vector<std::unique_ptr<Worker>> workers_;
  PassCounts counts_;
};

}  // namespace overland::kernel
