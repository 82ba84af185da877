#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "kernel/robust_statistics.h"
#include "report/page_data.h"
#include "report/run_comparison.h"

namespace overland::report {
namespace {

constexpr std::size_t kMostInHeatMap = 60;
constexpr std::size_t kMostRatiosDrawn = 2500;
constexpr int kMostRatioPairs = 3;

// At most `most` of the runs that have rows, at even distances in their order.
std::vector<std::uint32_t> runs_with_rows(const ReportRows& rows, std::size_t most) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t run = 0; run < rows.runs.size(); ++run)
    if (rows.counts[run].precursors > 0) all.push_back(run);
  if (all.size() <= most) return all;
  std::vector<std::uint32_t> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

PageJson missing_values(const ReportRows& rows) {
  std::vector<std::uint64_t> exactly(rows.runs.size() + 1, 0);
  std::uint64_t cells = 0;
  for (const std::uint32_t n : rows.found_in) {
    ++exactly[std::min<std::size_t>(n, rows.runs.size())];
    cells += n;
  }
  std::vector<std::uint64_t> at_least(rows.runs.size(), 0);
  std::uint64_t sum = 0;
  for (std::size_t k = rows.runs.size(); k > 0; --k) at_least[k - 1] = sum += exactly[k];
  const double all = static_cast<double>(rows.found_in.size() * rows.runs.size());
  return {{"precursors", rows.found_in.size()},
          {"complete", exactly.back()},
          {"foundIn", at_least},
          {"cells", rounded(all > 0 ? static_cast<double>(cells) / all : 0)}};
}

PageJson variation_json(const Variation& v, const Conditions& conditions) {
  constexpr double kStep = 2;
  std::vector<std::uint64_t> counts(51, 0);  // the last bin is 100 % and above
  for (const double cv : v.cv_percent)
    ++counts[std::min<std::size_t>(static_cast<std::size_t>(cv / kStep), counts.size() - 1)];
  return {{"condition", conditions.names[static_cast<std::size_t>(v.condition)]},
          {"index", v.condition},
          {"runs", v.runs},
          {"precursors", v.cv_percent.size()},
          {"median", rounded(kernel::median_of(v.cv_percent))},
          {"step", kStep},
          {"counts", counts}};
}

PageJson ratio_json(const ReportRows& rows, const Conditions& conditions, int a, int b,
                    const std::vector<Ratio>& all) {
  const std::size_t stride = 1 + (all.size() - 1) / kMostRatiosDrawn;
  PageJson x = PageJson::array();
  PageJson y = PageJson::array();
  PageJson group = PageJson::array();
  for (std::size_t i = 0; i < all.size(); i += stride) {
    x.push_back(rounded(all[i].log10_mean));
    y.push_back(rounded(all[i].log2_ratio, 3));
    group.push_back(rows.species[all[i].precursor]);
  }
  std::vector<double> values;
  for (const Ratio& r : all) values.push_back(r.log2_ratio);
  PageJson groups = PageJson::array();
  if (rows.species_names.size() > 1)
    for (const std::string& name : rows.species_names)
      groups.push_back(name.empty() ? "other" : name);
  return {{"a", conditions.names[static_cast<std::size_t>(a)]},
          {"b", conditions.names[static_cast<std::size_t>(b)]},
          {"count", all.size()},
          {"shown", x.size()},
          {"median", rounded(kernel::median_of(std::move(values)))},
          {"x", x},
          {"y", y},
          {"group", group},
          {"groups", groups}};
}

PageJson ratios_json(const ReportRows& rows, const QuantityRows& quantities,
                     const Conditions& conditions) {
  PageJson json = PageJson::array();
  const int n = static_cast<int>(conditions.names.size());
  for (int a = 0; a < n; ++a)
    for (int b = a + 1; b < n && static_cast<int>(json.size()) < kMostRatioPairs; ++b) {
      const std::vector<Ratio> all = ratios(quantities, conditions, a, b);
      if (!all.empty()) json.push_back(ratio_json(rows, conditions, a, b, all));
    }
  return json;
}

PageJson list_of(const std::vector<double>& values, int digits) {
  PageJson json = PageJson::array();
  for (const double v : values) json.push_back(rounded(v, digits));
  return json;
}

PageJson components_json(const std::vector<std::uint32_t>& runs, const Components& c) {
  if (c.precursors < 3) return nullptr;
  return {{"run", runs},
          {"x", list_of(c.first, 4)},
          {"y", list_of(c.second, 4)},
          {"share", {rounded(c.first_share), rounded(c.second_share)}},
          {"precursors", c.precursors}};
}

// Correlation matrix of the runs, ordered by condition and then by the first component (0 if
// unknown), so that similar runs are adjacent.
PageJson correlation_json(const ReportRows& rows, const QuantityRows& quantities,
                          const Conditions& conditions, const std::vector<double>& first) {
  std::vector<std::uint32_t> runs = runs_with_rows(rows, kMostInHeatMap);
  if (runs.size() < 2) return nullptr;
  std::stable_sort(runs.begin(), runs.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(conditions.of_run[a], first[a]) < std::pair(conditions.of_run[b], first[b]);
  });
  PageJson r = PageJson::array();
  for (const auto& line : correlations(quantities, runs)) r.push_back(list_of(line, 3));
  return {{"run", runs}, {"r", r}};
}

void add_cohort(const ReportRows& rows, const QuantityRows& quantities,
                const Conditions& conditions, PageJson& page) {
  const std::vector<std::uint32_t> runs = runs_with_rows(rows, rows.runs.size());
  std::vector<double> first(rows.runs.size(), 0);
  if (runs.size() >= 3) {
    const Components c = principal_components(quantities, runs);
    page["pca"] = components_json(runs, c);
    for (std::size_t i = 0; i < c.first.size(); ++i) first[runs[i]] = c.first[i];
  }
  page["correlation"] = correlation_json(rows, quantities, conditions, first);
}

}  // namespace

void add_comparisons(const ReportRows& rows, const Conditions& conditions, PageJson& page) {
  page["missing"] = missing_values(rows);
  page["cv"] = PageJson::array();
  page["ratios"] = PageJson::array();
  page["pca"] = page["correlation"] = nullptr;
  const std::string sampled =
      rows.sampled_share < 1
          ? fmt::format(" From {:.1f} % of the precursors.", 100 * rows.sampled_share)
          : "";
  page["cvNote"] = (rows.is_normalised ? "Of Precursor.Normalised."
                                       : "Of Precursor.Quantity, not normalised between runs.") +
                   sampled;
  page["quantityNote"] =
      rows.is_normalised ? "Precursor.Normalised." : "Precursor.Quantity, intensity x minutes.";
  if (rows.runs.size() < 2) return;
  const QuantityRows quantities = by_precursor(rows.quantities);
  for (const Variation& v : variations(quantities, conditions))
    page["cv"].push_back(variation_json(v, conditions));
  page["ratios"] = ratios_json(rows, quantities, conditions);
  add_cohort(rows, quantities, conditions, page);
}

}  // namespace overland::report
