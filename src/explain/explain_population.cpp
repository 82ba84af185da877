#include "explain/explain_population.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "kernel/robust_statistics.h"

namespace overland::explain {
namespace {

std::size_t feature_index(std::string_view name) {
  const auto features = search::psm_features();
  std::size_t i = 0;
  while (i < features.size() && name != features[i].name) ++i;
  return i;
}

float feature(const search::PsmColumns& psms, std::size_t row, std::size_t index) {
  return psms.features[row * search::psm_features().size() + index];
}

const identify::ScoredRow* scored_row(const identify::RunScores& scores, std::uint32_t precursor) {
  const auto found = std::lower_bound(
      scores.rows.begin(), scores.rows.end(), precursor,
      [](const identify::ScoredRow& row, std::uint32_t p) { return row.precursor < p; });
  return found == scores.rows.end() || found->precursor != precursor ? nullptr : &*found;
}

double percent_below(const std::vector<double>& values, double value) {
  if (values.empty() || !std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
  const auto below =
      std::count_if(values.begin(), values.end(), [&](double v) { return v < value; });
  const auto equal = std::count(values.begin(), values.end(), value);
  return 100 * (static_cast<double>(below) + static_cast<double>(equal) / 2) /
         static_cast<double>(values.size());
}

double median_or_nan(const std::vector<double>& values) {
  return values.empty() ? std::numeric_limits<double>::quiet_NaN() : kernel::median_of(values);
}

}  // namespace

std::optional<std::size_t> best_row(const search::PsmColumns& psms,
                                    const identify::RunScores& scores, std::uint32_t precursor) {
  const auto range = std::equal_range(psms.precursor.begin(), psms.precursor.end(), precursor);
  const auto first = static_cast<std::size_t>(range.first - psms.precursor.begin());
  const auto last = static_cast<std::size_t>(range.second - psms.precursor.begin());
  const identify::ScoredRow* scored = scored_row(scores, precursor);
  const std::size_t match_score = feature_index("match_score");
  std::optional<std::size_t> best;
  for (std::size_t r = first; r < last; ++r) {
    if (scored != nullptr && psms.window[r] == scored->window &&
        psms.apex_scan[r] == scored->apex_scan)
      return r;
    if (!best || feature(psms, r, match_score) > feature(psms, *best, match_score)) best = r;
  }
  return best;
}

std::vector<FeatureComparison> compare_features(const search::PsmColumns& psms,
                                                const identify::RunScores& scores,
                                                const library::LibraryView& library, double q_limit,
                                                std::size_t row) {
  std::vector<std::size_t> targets;
  std::vector<std::size_t> decoys;
  for (std::size_t r = 0; r < psms.precursor.size(); ++r) {
    const std::uint32_t p = psms.precursor[r];
    if (r > 0 && psms.precursor[r - 1] == p) continue;
    const identify::ScoredRow* scored = scored_row(scores, p);
    const bool passes = scored != nullptr && scored->q_value <= q_limit;
    if (library.is_decoy[p] == 0 && !passes) continue;
    const auto best = best_row(psms, scores, p);
    if (best) (library.is_decoy[p] != 0 ? decoys : targets).push_back(*best);
  }
  std::vector<FeatureComparison> all;
  for (std::size_t f = 0; f < search::psm_features().size(); ++f) {
    const auto values = [&](const std::vector<std::size_t>& rows) {
      std::vector<double> v;
      for (const std::size_t r : rows)
        if (const float x = feature(psms, r, f); std::isfinite(x))
          v.push_back(static_cast<double>(x));
      return v;
    };
    const std::vector<double> of_targets = values(targets);
    const std::vector<double> of_decoys = values(decoys);
    const double value = static_cast<double>(feature(psms, row, f));
    all.push_back({.name = search::psm_features()[f].name,
                   .value = value,
                   .among_targets = percent_below(of_targets, value),
                   .among_decoys = percent_below(of_decoys, value),
                   .median_targets = median_or_nan(of_targets),
                   .median_decoys = median_or_nan(of_decoys)});
  }
  return all;
}

}  // namespace overland::explain
