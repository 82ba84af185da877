// From the peaks of one isolation window to the peak groups of its candidates: the window's peaks
// by m/z, the matches of the candidates' fragments, and the scoring of the candidates.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "kernel/deconvolve.h"
#include "kernel/peak_groups.h"
#include "kernel/peak_match.h"
#include "kernel/scan_peaks.h"
#include "kernel/scan_solver.h"

namespace overland::kernel {

// Transposed peak table of one isolation window: peaks sorted by m/z bin, then by scan, so that a
// fragment's chromatogram is a few contiguous runs of memory.
//
// Bins are logarithmic (the upper bits of a float); inside a bin entries are ascending by (scan,
// m/z). The matching rule is in peak_match.h. Immutable after build; any number of threads may
// read.
class WindowPeaks {
 public:
  struct Entry {
    float mz = 0;
    float intensity = 0;
    std::uint32_t scan = 0;  // position in the list of scans
    std::uint32_t peak = 0;  // index in the scan
  };

  // Reuses its arrays. At most 2^32 - 1 peaks.
  void build(std::span<const ScanPeaks> scans);

  // Calls visit(entry) for each matching peak of scans [first, last), ascending by (bin, scan,
  // m/z); the peaks of one scan come in ascending m/z.
  template <class Visit>
  void for_each(float theoretical_mz, PpmWindow tolerance, std::uint32_t first, std::uint32_t last,
                Visit&& visit) const {
    if (bin_begin_.empty() || !is_searched(theoretical_mz)) return;
    const MatchRule rule(tolerance);
    const float low = rule.low(theoretical_mz);
    const float high = rule.high(theoretical_mz);
    const std::uint32_t first_bin = std::max(bin_of(std::max(low, kLowestMz)), lowest_bin_);
    const std::uint32_t last_bin = std::min(bin_of(high), highest_bin_);
    for (std::uint32_t bin = first_bin; bin <= last_bin; ++bin) {
      const Entry* const end = entries_.data() + bin_begin_[bin - lowest_bin_ + 1];
      const Entry* entry = entries_.data() + bin_begin_[bin - lowest_bin_];
      if (end - entry > kShortRun) {
        entry = std::lower_bound(entry, end, first,
                                 [](const Entry& e, std::uint32_t scan) { return e.scan < scan; });
      }
      for (; entry != end && entry->scan < last; ++entry) {
        if (entry->scan >= first && entry->mz >= low && entry->mz <= high) visit(*entry);
      }
    }
  }

  // The matching peak of one scan, or -1.
  [[nodiscard]] std::int32_t nearest(float theoretical_mz, PpmWindow tolerance,
                                     std::uint32_t scan) const;

  // Prefetch hint: call a few lookups before the lookup itself.
  void prefetch_bin(float theoretical_mz, PpmWindow tolerance) const {
    if (bin_begin_.empty()) return;
    __builtin_prefetch(bin_begin_.data() + first_bin(theoretical_mz, tolerance));
  }
  void prefetch_entries(float theoretical_mz, PpmWindow tolerance) const {
    if (bin_begin_.empty()) return;
    __builtin_prefetch(entries_.data() + bin_begin_[first_bin(theoretical_mz, tolerance)]);
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr int kShift = 8;  // 2^15 bins an octave: 15 to 30 ppm wide
  static constexpr std::ptrdiff_t kShortRun = 8;
  static std::uint32_t bin_of(float mz) { return std::bit_cast<std::uint32_t>(mz) >> kShift; }

  // Position of the first bin in the table, which starts at lowest_bin_; clamped to the table for
  // any m/z.
  [[nodiscard]] std::uint32_t first_bin(float theoretical_mz, PpmWindow tolerance) const {
    const float low = MatchRule(tolerance).low(theoretical_mz);
    return std::clamp(bin_of(std::max(low, kLowestMz)), lowest_bin_, highest_bin_) - lowest_bin_;
  }

  std::uint32_t lowest_bin_ = 0, highest_bin_ = 0;
  std::vector<std::uint32_t> bin_begin_;  // bins + 1; empty when there is no peak
  std::vector<Entry> entries_;
};

// The peaks of one candidate's fragments over its scans. Cost is proportional to the number of
// matched peaks; most candidates match almost none.

// Per fragment the index of its peak in the scan, or -1.
using FragmentPeaks = std::array<std::int32_t, kTraceFragments>;

class CandidateMatches {
 public:
  // Finds the matching peak of each fragment in scans [first, last).
  void find(const WindowPeaks& peaks, std::span<const float> fragment_mz, PpmWindow tolerance,
            std::uint32_t first, std::uint32_t last);

  [[nodiscard]] std::size_t scan_count() const { return seen_.size(); }
  // Bit f: fragment f has a peak in scan first + k.
  [[nodiscard]] std::uint32_t seen(std::size_t k) const { return seen_[k]; }
  // Whether any scan together with its two neighbours has peaks of at least `fragments` fragments.
  [[nodiscard]] bool has_triple(int fragments) const;

  // `intensity`: row-major n x kTraceFragments, 0 where there is no peak. `matched`: number of
  // fragments with a peak, per scan.
  void fill(std::vector<float>& intensity, std::vector<std::uint8_t>& matched) const;
  // Index of each fragment's peak in its scan, per scan; -1 where there is no peak.
  void fill(std::vector<FragmentPeaks>& peaks) const;

 private:
  struct Hit {
    std::uint32_t k, fragment;
    std::int32_t peak;
    float mz, intensity;
  };
  void replace(std::size_t begin, const Hit& hit, float theoretical_mz);

  std::vector<std::uint32_t> seen_;
  std::vector<Hit> hits_;
};

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
