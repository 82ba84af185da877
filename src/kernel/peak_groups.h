// Peak groups of a candidate: the few retention times at which its fragment traces suggest that it
// elutes, and the scores of each.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace overland::kernel {

inline constexpr std::size_t kTraceFragments = 12;  // most intense fragments used per candidate
inline constexpr std::size_t kMaxPeakGroups = 3;

// Result of the deconvolution of one scan for one candidate; all 0 if the candidate was not a
// column of the scan's matrix.
struct PointScores {
  float weight = 0;             // total intensity of the template
  float fitted_cosine = 0;      // template against its peaks minus the other candidates
  float residual_fraction = 0;  // sum |r| / sum fitted, over the column's entries; lower is better
  float purity = 0;             // candidate's share of the intensity of its matched peaks
};

// The traces of one candidate over the n scans of its interval.
struct TraceView {
  std::span<const float> intensity;       // row-major n x kTraceFragments
  std::span<const std::uint8_t> matched;  // n
  std::span<const PointScores> points;    // n
  std::span<const float> predicted;       // library intensities, sum 1; at most kTraceFragments
  [[nodiscard]] std::size_t scan_count() const { return matched.size(); }
  [[nodiscard]] float at(std::size_t scan, std::size_t fragment) const {
    return intensity[scan * kTraceFragments + fragment];
  }
};

struct PeakGroup {
  std::uint32_t apex = 0;   // scan of the interval
  std::uint32_t left = 0;   // first scan of the peak
  std::uint32_t right = 0;  // last scan of the peak, included
  float match_score = 0;    // match score, see find_peak_groups; higher is better
};

struct PeakGroups {
  std::array<PeakGroup, kMaxPeakGroups> group;
  std::size_t count = 0;
  float left_out = 0;  // match score of the best group below the floor, or 0
};

struct GroupSearch {
  std::uint8_t min_matched = 4;  // least number of fragments in a summed spectrum
  float min_match_score = 0;     // least match score of a group
  float floor = 0;               // least match score of a kept group; others count as rivals only
};

// Match score of scan k, from the spectrum summed over k-1, k, k+1 (weights 1 2 1):
//   E_k = C^2 M, C = sqrt-cosine with the library, M = number of fragments seen.
// A scan with the highest E within kGroupSeparation scans starts a group. Its apex is the local
// maximum of the matched-filter signal sum sqrt(h x) that is reached uphill from this scan. Of
// several groups with the same apex only the best is kept, so that the shoulders of a broad peak do
// not displace other peaks. The best kMaxPeakGroups are returned, best first. Does not read
// `points`.
inline constexpr std::uint32_t kGroupSeparation = 3;
[[nodiscard]] PeakGroups find_peak_groups(const TraceView& trace, const GroupSearch& search);

// Scores of a peak group, computed from the traces alone. For similarities, higher is better.
struct GroupScores {
  float sqrt_cosine = 0;         // summed spectrum of the peak against the library
  float entropy = 0;             // spectral entropy similarity of the same spectra
  float manhattan = 0;           // Manhattan similarity of the same spectra
  float apex_cosine = 0;         // sqrt-cosine of the apex scan and its neighbours (weights 1 2 1)
  float coelution = 0;           // mean correlation of a top-6 fragment with the sum of the others
  float coelution_weighted = 0;  // the same over all fragments, weighted by library intensity
  float coelution_best3 = 0;     // mean of the three best correlations
  float coeluting = 0;           // number of fragments with correlation above 0.7
  float matched = 0;             // fragments seen in the summed spectrum of the apex
  float matched_top6 = 0;
  float matched_fraction = 0;    // predicted intensity of the fragments seen, 0..1
  float largest_missing = 0;     // predicted intensity of the strongest fragment not seen
  float log_intensity = 0;       // log2 of the summed fragment intensity over the peak
  float log_weight = 0;          // log2(1 + largest weight of the peak)
  float fitted_cosine = 0;       // largest in apex +- 1
  float mean_fitted_cosine = 0;  // weighted by weight over the peak
  float log_residual = 0;        // log2 of the smallest residual fraction in apex +- 1
  float purity = 0;              // at the scan of the largest weight of apex +- 1
  float weight_correlation = 0;  // weight trace against the matched-filter trace
  float width = 0;               // scans above half of the apex intensity
  float edge_ratio = 0;          // matched-filter signal at the limits relative to the apex, 0..2
  float roughness = 0;           // mean |second difference| of the profile relative to its apex
  float match_score = 0;
  float match_score_margin = 0;  // match score minus rival_match_score
};
// `rival_match_score`: match score of the candidate's best other group, or the least match score of
// a group if there is no other. Only the group's scans and, within the interval, one more on either
// side are read.
[[nodiscard]] GroupScores score_group(const TraceView& trace, const PeakGroup& group,
                                      float rival_match_score);

}  // namespace overland::kernel
