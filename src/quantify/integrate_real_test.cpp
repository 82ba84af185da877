// Real chromatograms (SWATH, 3 runs) with the limits and areas of OpenSWATH, which are not part of
// the project: found by OVERLAND_TEST_DATA or beside the project.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>

#include "io/table/table.h"
#include "kernel/integrate_peak.h"
#include "kernel/robust_statistics.h"
#include "kernel/whittaker.h"
#include "support/test_data.h"

namespace overland::quantify {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Feature {
  double apex = 0, start = 0, stop = 0, area = 0;  // minutes; OpenSWATH's sum of intensities
  std::map<double, double> trace;                  // all transitions together
};

// Best peaks at 1 % with all their chromatograms.
std::vector<Feature> features_of(const fs::path& folder) {
  const auto chromatograms = io::read_delimited(folder / "derived_xics.tsv.gz");
  const auto table = io::read_delimited(folder / "derived_features.tsv.gz");
  if (!chromatograms || !table) return {};
  const auto column = [](const io::Table& from, const char* name) -> const Strings& {
    return **from.column<std::string>(name);
  };
  std::multimap<std::string, std::size_t> points;  // by run and transition
  for (std::size_t i = 0; i < chromatograms->row_count(); ++i) {
    points.emplace(
        column(*chromatograms, "run")[i] + " " + column(*chromatograms, "transition_id")[i], i);
  }
  std::map<std::string, Feature> features;
  for (std::size_t i = 0; i < table->row_count(); ++i) {
    const bool is_confident = column(*table, "RANK")[i] == "1" &&
                              column(*table, "DECOY")[i] == "0" &&
                              number(column(*table, "QVALUE")[i]) < 0.01;
    if (!is_confident) continue;
    const std::string run = fs::path(column(*table, "run")[i]).stem().stem().string();
    Feature& feature = features[run + " " + column(*table, "feature_id")[i]];
    feature.apex = number(column(*table, "EXP_RT")[i]) / 60;
    feature.start = number(column(*table, "LEFT_WIDTH")[i]) / 60;
    feature.stop = number(column(*table, "RIGHT_WIDTH")[i]) / 60;
    feature.area = number(column(*table, "feature_area")[i]);
    const auto [first, last] = points.equal_range(run + " " + column(*table, "transition_id")[i]);
    for (auto it = first; it != last; ++it) {
      feature.trace[number(column(*chromatograms, "rt")[it->second]) / 60] +=
          number(column(*chromatograms, "intensity")[it->second]);
    }
  }
  std::vector<Feature> with_trace;
  for (auto& [name, feature] : features) {
    if (!feature.trace.empty()) with_trace.push_back(std::move(feature));
  }
  return with_trace;
}

struct Compared {
  std::vector<double> ours, theirs;   // ln of the areas
  std::vector<double> before, after;  // our limits less theirs, in scans of the chromatogram
  [[nodiscard]] std::vector<double> log_ratio() const {
    std::vector<double> ratio;
    for (std::size_t i = 0; i < ours.size(); ++i) ratio.push_back(ours[i] - theirs[i]);
    return ratio;
  }
};

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double my = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) * (y[i] - my);
  }
  return xy / std::sqrt(xx * yy);
}

double share_within(const std::vector<double>& values, double bound) {
  const auto inside =
      std::count_if(values.begin(), values.end(), [&](double v) { return std::abs(v) <= bound; });
  return static_cast<double>(inside) / static_cast<double>(values.size());
}

Compared compare(const std::vector<Feature>& features) {
  std::vector<double> widths;
  for (const Feature& f : features) widths.push_back((f.stop - f.start) / 2);
  const double width = kernel::median_of(widths);
  Compared result;
  for (const Feature& f : features) {
    std::vector<double> t, y, x;
    for (const auto& [time, intensity] : f.trace) {
      t.push_back(time);
      y.push_back(intensity);
      x.push_back(time / width);
    }
    std::vector<double> z(t.size());
    kernel::WhittakerSmoother().smooth(x, y, std::vector<double>(t.size(), 1), {}, z);
    const auto start = std::lower_bound(t.begin(), t.end(), f.apex) - t.begin();
    const auto peak =
        kernel::integrate_peak(t, y, z, static_cast<std::uint32_t>(start), {.edge_fraction = 0.05});
    EXPECT_EQ(peak.status, kernel::QuantityStatus::ok);
    const double cycle = (t.back() - t.front()) / static_cast<double>(t.size() - 1);
    result.ours.push_back(std::log(peak.area / cycle));
    result.theirs.push_back(std::log(f.area));
    result.before.push_back((peak.start_minutes - f.start) / cycle);
    result.after.push_back((peak.stop_minutes - f.stop) / cycle);
  }
  return result;
}

TEST(RealChromatograms, areas_and_limits_are_near_those_of_openswath) {
  const fs::path folder = support::test_data() / "dialignr-xic";
  if (!fs::exists(folder)) GTEST_SKIP() << "no test data at " << folder;
  const std::vector<Feature> features = features_of(folder);
  ASSERT_GE(features.size(), 20U);
  const Compared result = compare(features);
  const std::vector<double> log_ratio = result.log_ratio();
  const double r = correlation(result.ours, result.theirs);
  EXPECT_NEAR(kernel::median_of(log_ratio), 0, 0.03);
  EXPECT_GE(share_within(log_ratio, 0.15), 0.9);
  EXPECT_GT(r, 0.99) << "of ln areas";
  EXPECT_LT(std::abs(kernel::median_of(result.before)), 2) << "scans";
  EXPECT_LT(std::abs(kernel::median_of(result.after)), 2) << "scans";
  // For docs/log/2026-11-27-quantity-sd.md: --gtest_output=json:FILE.
  RecordProperty("features", std::to_string(features.size()));
  RecordProperty("correlation", std::to_string(r));
  RecordProperty("median_log_ratio", std::to_string(kernel::median_of(log_ratio)));
  for (const double bound : {0.05, 0.1, 0.15}) {
    RecordProperty("areas_within_" + std::to_string(bound),
                   std::to_string(share_within(log_ratio, bound)));
  }
  for (const double scans : {1.5, 3.5, 6.5}) {
    RecordProperty("starts_within_" + std::to_string(scans),
                   std::to_string(share_within(result.before, scans)));
    RecordProperty("stops_within_" + std::to_string(scans),
                   std::to_string(share_within(result.after, scans)));
  }
}

}  // namespace
}  // namespace overland::quantify
