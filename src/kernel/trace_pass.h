// The second pass over one isolation window: every candidate's fragments are matched in every scan
// of its retention-time interval, the scans are deconvolved, and weights, fragment intensities and
// spectral scores are stored at places that were counted before the first scan was read.
//
//   TraceLayout layout = ...;               // candidates, their templates and scan intervals
//   TracePass pass; pass.run(layout, scans, settings);
//   pass.weights(candidate)                 // one value per scan of the candidate's interval
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/deconvolve.h"
#include "kernel/design_matrix.h"
#include "kernel/peak_lookup.h"
#include "kernel/scan_peaks.h"

namespace overland::kernel {

inline constexpr std::size_t kTraceFragments = 12;  // most intense fragments used per candidate

// Heavier isotopes of a template's fragments, on the scale of its intensities. They explain peaks
// of a scan that holds the candidate; they are no evidence for it and have no trace.
inline constexpr std::size_t kTraceIsotopes = 6;
struct TemplateIsotopes {
  std::array<float, kTraceIsotopes> mz{}, intensity{};
  std::array<std::uint8_t, kTraceIsotopes> fragment{};  // whose isotope it is
  std::size_t count = 0;
};

// Candidates of one task. Each owns kTraceFragments slots in the template arrays; unused slots hold
// m/z 0 (never found) and intensity 0. Templates are scaled to sum 1.
struct TraceLayout {
  std::vector<std::uint32_t> precursor;    // the caller's id
  std::vector<std::uint32_t> first_scan;   // position in the window's scan list
  std::vector<std::uint32_t> last_scan;    // half-open
  std::vector<std::uint64_t> point_begin;  // candidates + 1; exclusive sum of interval lengths
  std::vector<float> fragment_mz;
  std::vector<float> fragment_intensity;
  std::vector<std::uint8_t> fragment_count;
  std::vector<TemplateIsotopes> isotopes;  // one per candidate, scaled like its template

  void clear();
  // Interval must not be empty.
  void add(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
           std::span<const float> mz, std::span<const float> intensity,
           const TemplateIsotopes& isotopes_of_it = {});
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
};

// One value per point, all of them 0 where the candidate was no column of that scan's matrix.
struct PointScores {
  float weight = 0;             // total intensity of the template
  float fitted_cosine = 0;      // template against what other candidates left of its peaks
  float residual_fraction = 0;  // sum |r| / sum fitted, over the column's entries; lower is better
  float purity = 0;             // share of the matched peaks' intensity that is the candidate's own
  float claimed = 0;            // share of that intensity that other candidates' fits claim
};

struct PassCounts {
  std::uint64_t scans = 0, points = 0, columns = 0, entries = 0, sweeps = 0;
};

class TracePass {
 public:
  // `scans[k]` with corrected m/z. Reuses its arrays; allocates only while they grow to the counted
  // sizes.
  void run(const TraceLayout& layout, std::span<const ScanPeaks> scans,
           const TraceSettings& settings);

  [[nodiscard]] std::span<const PointScores> points(const TraceLayout& layout,
                                                    std::size_t c) const {
    return {points_.data() + layout.point_begin[c], layout.last_scan[c] - layout.first_scan[c]};
  }
  // Row-major [scan][kTraceFragments] observed intensities.
  [[nodiscard]] std::span<const float> intensities(const TraceLayout& layout, std::size_t c) const {
    return {intensity_.data() + layout.point_begin[c] * kTraceFragments,
            (layout.last_scan[c] - layout.first_scan[c]) * kTraceFragments};
  }
  // Number of fragments with a peak, per point.
  [[nodiscard]] std::span<const std::uint8_t> matched(const TraceLayout& layout,
                                                      std::size_t c) const {
    return {matched_.data() + layout.point_begin[c], layout.last_scan[c] - layout.first_scan[c]};
  }
  [[nodiscard]] const PassCounts& counts() const { return counts_; }

 private:
  void prepare(const TraceLayout& layout, std::span<const ScanPeaks> scans);
  void enter_and_leave(const TraceLayout& layout, std::uint32_t scan);
  void add_column(const TraceLayout& layout, std::uint32_t candidate,
                  std::span<const std::int32_t> peaks, const ScanPeaks& scan);
  void match_active(const TraceLayout& layout, std::uint32_t scan, const ScanPeaks& peaks,
                    const TraceSettings& settings);
  void store_columns(const TraceLayout& layout, std::uint32_t scan);
  [[nodiscard]] PointScores score_column(std::size_t column) const;

  PeakLookup lookup_;
  DesignMatrix matrix_;
  Deconvolver solver_;
  std::vector<std::uint32_t> order_;  // candidates by first scan
  std::size_t next_ = 0;              // first of `order_` that has not entered
  std::vector<std::uint32_t> active_;
  std::vector<std::uint32_t> column_owner_;  // candidate of each column
  std::vector<float> column_weight_;
  std::vector<float> last_weight_;  // per candidate: the warm start
  std::vector<PointScores> points_;
  std::vector<float> intensity_;
  std::vector<std::uint8_t> matched_;
  PassCounts counts_;
};

// The largest number of candidates active in one scan (an exact count from the intervals).
[[nodiscard]] std::size_t max_active(const TraceLayout& layout, std::size_t scan_count);

}  // namespace overland::kernel
