#include "search/ms1_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/pinned_math.h"
#include "chemistry/constants.h"
#include "chemistry/isotopes.h"
#include "kernel/peak_match.h"
#include "kernel/spectral_scores.h"

namespace overland::search {
namespace {

constexpr std::size_t kMs1Isotopes = 3;
constexpr std::size_t kMaxScans = 24;

struct Traces {
  std::size_t scans = 0;
  std::array<std::array<float, kMaxScans>, kMs1Isotopes> intensity{};
  std::array<float, kMaxScans> profile{};
  std::array<float, kMs1Isotopes> sum{};
  float lighter = 0;      // summed peaks one neutron below M0
  float top = 0;          // of M0
  float top_minutes = 0;  // its time
  double weighted_error = 0, weight = 0;
};

// The fragments' profile at time t, by linear interpolation; 0 outside.
float interpolate(const ElutionProfile& profile, float t) {
  const auto above = std::lower_bound(profile.rt_minutes.begin(), profile.rt_minutes.end(), t);
  if (above == profile.rt_minutes.end()) return 0;
  const auto i = static_cast<std::size_t>(above - profile.rt_minutes.begin());
  if (i == 0) return *above == t ? profile.signal[0] : 0;
  const float share = (t - profile.rt_minutes[i - 1]) / (*above - profile.rt_minutes[i - 1]);
  return profile.signal[i - 1] + share * (profile.signal[i] - profile.signal[i - 1]);
}

void add_scan(const RunView& view, RunScan scan, double mz, double spacing, PpmWindow tolerance,
              double offset_ppm, Traces& traces) {
  const kernel::ScanPeaks peaks = view.run.peaks(scan);
  for (std::size_t k = 0; k < kMs1Isotopes; ++k) {
    const double theoretical = (mz + static_cast<double>(k) * spacing) * (1 + offset_ppm * 1e-6);
    const std::int32_t peak =
        kernel::nearest_peak(peaks.mz, static_cast<float>(theoretical), tolerance);
    if (peak < 0) continue;
    const auto index = static_cast<std::size_t>(peak);
    traces.intensity[k][traces.scans] = std::sqrt(peaks.intensity[index]);
    traces.sum[k] += peaks.intensity[index];
    if (k == 0) {
      if (peaks.intensity[index] > traces.top) {
        traces.top = peaks.intensity[index];
        traces.top_minutes = view.rt_of(scan);
      }
      const double w = static_cast<double>(peaks.intensity[index]);
      traces.weighted_error +=
          w * (static_cast<double>(peaks.mz[index]) - theoretical) / theoretical * 1e6;
      traces.weight += w;
    }
  }
  const std::int32_t below = kernel::nearest_peak(
      peaks.mz, static_cast<float>((mz - spacing) * (1 + offset_ppm * 1e-6)), tolerance);
  if (below >= 0) traces.lighter += peaks.intensity[static_cast<std::size_t>(below)];
  traces.profile[traces.scans++] = 0;
}

}  // namespace

Ms1Scores score_ms1(const RunView& view, const RunModels& models, PrecursorId precursor,
                    const ElutionProfile& profile, float log_fragment_intensity) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  Ms1Scores scores{kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
  const float start = profile.rt_minutes.front();
  const float stop = profile.rt_minutes.back();
  const double mz = static_cast<double>(view.library.precursor_mz[precursor.index()]);
  const std::optional<std::size_t> survey = view.survey_of(Mz{mz}, profile.voltage);
  if (!survey) return scores;
  const std::vector<RunScan>& ms1 = view.ms1[*survey].scans;
  auto it = std::lower_bound(ms1.begin(), ms1.end(), start,
                             [&](RunScan scan, float t) { return view.rt_of(scan) < t; });
  const double spacing = kCarbon13Spacing / view.library.charge[precursor.index()];
  Traces traces;
  for (; it != ms1.end() && view.rt_of(*it) <= stop && traces.scans < kMaxScans; ++it) {
    const float t = view.rt_of(*it);
    add_scan(view, *it, mz, spacing, models.ms1_mass.tolerance,
             models.ms1_mass.offset_at(static_cast<double>(t), mz), traces);
    traces.profile[traces.scans - 1] = interpolate(profile, t);
  }
  if (traces.scans < 2) return scores;
  const auto expected_profile = std::span<const float>(traces.profile).first(traces.scans);
  scores.correlation = scores.second_correlation = -1;
  scores.isotopes = 0;
  for (std::size_t k = 0; k < kMs1Isotopes; ++k) {
    const auto trace = std::span<const float>(traces.intensity[k]).first(traces.scans);
    const float correlation = kernel::pearson(trace, expected_profile);
    scores.second_correlation =
        std::max(scores.second_correlation, std::min(correlation, scores.correlation));
    scores.correlation = std::max(scores.correlation, correlation);
    scores.isotopes += traces.sum[k] > 0 ? 1.0F : 0.0F;
  }
  const IsotopeDistribution expected =
      averagine_distribution((mz - kProtonMass) * view.library.charge[precursor.index()]);
  scores.isotope_cosine = kernel::sqrt_cosine(std::span(expected).first(kMs1Isotopes),
                                              std::span<const float>(traces.sum));
  const auto strongest = std::ranges::max_element(profile.signal);
  const float apex =
      profile.rt_minutes[static_cast<std::size_t>(strongest - profile.signal.begin())];
  constexpr float kNoPeak = 4;  // as bad as any
  scores.apex_offset =
      traces.top > 0
          ? std::min(kNoPeak, std::abs(traces.top_minutes - apex) /
                                  std::max(static_cast<float>(models.cycle_minutes), 1e-6F))
          : kNoPeak;
  scores.lighter_ratio =
      traces.sum[0] > 0 ? std::min(kNoPeak, traces.lighter / traces.sum[0]) : kNoPeak;
  scores.error_ppm = traces.weight > 0
                         ? static_cast<float>(std::abs(traces.weighted_error / traces.weight))
                         : 20.0F;
  scores.log_ratio = static_cast<float>(pinned::log2(1 + static_cast<double>(traces.sum[0]))) -
                     log_fragment_intensity;
  return scores;
}

}  // namespace overland::search
