#include "run/profile_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/run_columns.h"

namespace overland::run {
namespace {

constexpr float kWidestStep = 0.15F;  // m/z; ion traps sample profiles every 0.07
constexpr std::uint32_t kEnoughPoints = 30;
constexpr std::size_t kSampledScans = 48;  // of each MS level

// Spread evenly over the run.
std::vector<std::size_t> sample_of(const io::RunColumns& columns,
                                   const std::vector<std::size_t>& rows, std::uint8_t order) {
  std::vector<std::size_t> rich;
  for (const std::size_t i : rows) {
    if (columns.ms_order[i] == order && columns.peak_count[i] >= kEnoughPoints) rich.push_back(i);
  }
  std::vector<std::size_t> sample;
  const std::size_t count = std::min(rich.size(), kSampledScans);
  for (std::size_t k = 0; k < count; ++k) sample.push_back(rich[k * rich.size() / count]);
  return sample;
}

}  // namespace

double equidistant_share(std::span<const float> mz) {
  if (mz.size() < 3) return 0;
  constexpr float kPrecision = 1.2e-7F;  // two roundings to float
  std::size_t count = 0;
  for (std::size_t i = 1; i + 1 < mz.size(); ++i) {
    const float below = mz[i] - mz[i - 1], above = mz[i + 1] - mz[i];
    const float narrow = std::min(below, above), wide = std::max(below, above);
    const bool is_even = wide - narrow <= 0.1F * narrow + kPrecision * mz[i];
    count += wide < kWidestStep && is_even ? 1U : 0U;
  }
  return static_cast<double>(count) / static_cast<double>(mz.size());
}

Result<void> check_centroids(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                             const std::string& where) {
  for (const std::uint8_t order : {std::uint8_t{1}, std::uint8_t{2}}) {
    const std::vector<std::size_t> sample = sample_of(columns, rows, order);
    const auto profiles = std::ranges::count_if(sample, [&](std::size_t i) {
      return equidistant_share({columns.mz[i], columns.peak_count[i]}) > kProfileShare;
    });
    if (2 * static_cast<std::size_t>(profiles) <= sample.size()) continue;
    return fail("OVL-RUN-002",
                fmt::format("the MS{} spectra are profile spectra, whatever the file states: in {} "
                            "of {} sampled scans the points of the peaks stand at equal distances",
                            order, profiles, sample.size()),
                where,
                "Centroid them while converting: msconvert --filter \"peakPicking vendor "
                "msLevel=1-\" as the first filter, or the default of ThermoRawFileParser.");
  }
  return {};
}

}  // namespace overland::run
