#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "kernel/robust_statistics.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

constexpr std::size_t kMostRunsInDetail = 200;
constexpr std::size_t kPointsInAll =
    12'000;  // maximum number of points in all retention-time charts

struct Binning {
  double low = 0, step = 1;
  std::size_t bins = 1;
  [[nodiscard]] std::vector<std::uint64_t> count(std::span<const double> values) const {
    std::vector<std::uint64_t> counts(bins, 0);
    for (const double v : values) {
      const double place = std::floor((v - low) / step);
      if (place < 0) continue;
      ++counts[std::min(static_cast<std::size_t>(place), bins - 1)];
    }
    return counts;
  }
};

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

// Bins over the central 99.5 % of the values; the last bin includes all larger values.
Binning even_bins(const std::vector<double>& values, std::size_t bins, bool from_zero) {
  const double low = from_zero ? 0 : quantile(values, 0.001);
  const double high = quantile(values, 0.995);
  return {
      .low = low, .step = high > low ? (high - low) / static_cast<double>(bins) : 1, .bins = bins};
}

Binning whole_bins(const std::vector<double>& values) {
  const double high = std::max(4.0, quantile(values, 0.995));
  const double step = std::ceil(high / 60);
  return {.low = -0.5, .step = step, .bins = static_cast<std::size_t>(high / step) + 2};
}

struct Measure {
  const char* key;
  const char* label;
  std::function<double(const SampledRow&)> value;
  std::function<Binning(const std::vector<double>&)> bins;
};

std::vector<Measure> measures() {
  return {
      {"fwhm", "seconds", [](const SampledRow& r) { return static_cast<double>(r.fwhm_seconds); },
       [](const auto& v) { return even_bins(v, 40, true); }},
      {"points", "points", [](const SampledRow& r) { return static_cast<double>(r.points); },
       whole_bins},
      {"quantity", "log10 quantity",
       [](const SampledRow& r) { return std::log10(static_cast<double>(r.quantity)); },
       [](const auto& v) { return even_bins(v, 40, false); }},
      {"interference", "interference",
       [](const SampledRow& r) { return static_cast<double>(r.interference); },
       [](const auto&) { return Binning{.low = 0, .step = 0.04, .bins = 25}; }}};
}

// Median of the values; null if there are none.
PageJson median_json(const std::vector<double>& values) {
  return values.empty() ? PageJson(nullptr) : rounded(kernel::median_of(values));
}

PageJson histogram(const ReportRows& rows, const Measure& measure) {
  std::vector<std::vector<double>> by_run(rows.runs.size());
  std::vector<double> all;
  for (std::size_t run = 0; run < rows.runs.size(); ++run)
    for (const SampledRow& row : rows.counts[run].sample)
      if (const double v = measure.value(row); std::isfinite(v)) by_run[run].push_back(v);
  for (const auto& values : by_run) all.insert(all.end(), values.begin(), values.end());
  if (all.empty()) return nullptr;
  const Binning bins = measure.bins(all);
  PageJson json{{"label", measure.label},        {"low", rounded(bins.low, 8)},
                {"step", rounded(bins.step, 8)}, {"all", bins.count(all)},
                {"median", median_json(all)},    {"medians", PageJson::array()}};
  for (const auto& values : by_run) json["medians"].push_back(median_json(values));
  if (rows.runs.size() > 1 && rows.runs.size() <= kMostRunsInDetail) {
    json["runs"] = PageJson::array();
    for (const auto& values : by_run) json["runs"].push_back(bins.count(values));
  }
  return json;
}

}  // namespace

PageJson page_histograms(const ReportRows& rows) {
  PageJson json = PageJson::object();
  for (const Measure& measure : measures()) {
    if (PageJson made = histogram(rows, measure); !made.is_null())
      json[measure.key] = std::move(made);
  }
  return json;
}

PageJson page_run_details(const ReportRows& rows) {
  PageJson json = PageJson::array();
  const std::size_t most =
      std::clamp<std::size_t>(kPointsInAll / std::max<std::size_t>(rows.runs.size(), 1), 30, 800);
  for (std::size_t run = 0; run < rows.runs.size(); ++run) {
    const auto& sample = rows.counts[run].sample;
    if (sample.empty()) continue;
    PageJson rt = PageJson::array();
    PageJson irt = PageJson::array();
    PageJson error = PageJson::array();
    for (std::size_t i = 0; i < std::min(most, sample.size()); ++i) {
      rt.push_back(rounded(static_cast<double>(sample[i].rt), 5));
      irt.push_back(rounded(static_cast<double>(sample[i].irt)));
      error.push_back(rounded(static_cast<double>(sample[i].rt_error_seconds), 3));
    }
    json.push_back({{"run", run}, {"rt", rt}, {"irt", irt}, {"rtError", error}});
  }
  return json;
}

}  // namespace overland::report
