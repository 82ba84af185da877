// Comparison of runs by the quantities of common precursors: variation, ratios, correlation and
// principal components. Inputs and outputs are plain numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "report/conditions.h"
#include "report/report_rows.h"

namespace overland::report {

// log2 quantities grouped by precursor: elements begin[p] .. begin[p + 1] - 1 belong to precursor
// p, in ascending order of the run.
struct QuantityRows {
  std::vector<std::size_t> begin;
  std::vector<std::uint32_t> precursor, run;  // per element
  std::vector<float> log2_quantity;
  [[nodiscard]] std::size_t size() const { return precursor.size(); }
};
[[nodiscard]] QuantityRows by_precursor(std::span<const QuantityEntry> entries);

// CV = 100 SD / mean of the linear quantities (SD with n - 1), for precursors with a quantity in at
// least 70 % of the condition's runs and in at least two.
struct Variation {
  int condition = 0;
  std::size_t runs = 0;
  std::vector<double> cv_percent;
};
[[nodiscard]] std::vector<Variation> variations(const QuantityRows& rows,
                                                const Conditions& conditions);

// log2 ratio of the means of two conditions, for precursors quantified in both.
struct Ratio {
  std::uint32_t precursor = 0;
  double log10_mean = 0, log2_ratio = 0;
};
[[nodiscard]] std::vector<Ratio> ratios(const QuantityRows& rows, const Conditions& conditions,
                                        int a, int b);

// Pearson's r of the log2 quantities of the precursors common to two runs; NaN with fewer than 3.
[[nodiscard]] std::vector<std::vector<double>> correlations(const QuantityRows& rows,
                                                            std::span<const std::uint32_t> runs);

// First two principal components of the runs, from precursors quantified in at least 70 % of
// `runs`. Each run is shifted to median 0 relative to the precursors' means; missing values are
// replaced by the precursor's mean. Signs are set so that the largest score of a component is
// positive.
struct Components {
  std::vector<double> first, second;  // score of each of `runs`
  double first_share = 0, second_share = 0;
  std::size_t precursors = 0;
};
[[nodiscard]] Components principal_components(const QuantityRows& rows,
                                              std::span<const std::uint32_t> runs);

}  // namespace overland::report
