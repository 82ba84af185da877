// Runs against each other, from the quantities they share: variation, ratios, correlation,
// principal components. Plain numbers in, plain numbers out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "report/conditions.h"
#include "report/report_rows.h"

namespace overland::report {

// log2 quantities by precursor: of precursor p the runs run[begin[p] .. begin[p + 1]), ascending.
struct QuantityRows {
  std::vector<std::size_t> begin;
  std::vector<std::uint32_t> precursor, run;  // precursor: of each row
  std::vector<float> log2_quantity;
  [[nodiscard]] std::size_t size() const { return precursor.size(); }
};
[[nodiscard]] QuantityRows by_precursor(std::span<const QuantityEntry> entries);

// CV = 100 SD / mean of the linear quantities (SD with n - 1), of the precursors with a quantity in
// at least 70 % of the condition's runs, and in two.
struct Variation {
  int condition = 0;
  std::size_t runs = 0;
  std::vector<double> cv_percent;
};
[[nodiscard]] std::vector<Variation> variations(const QuantityRows& rows,
                                                const Conditions& conditions);

// log2 of the ratio of the means of two conditions, of precursors that have both.
struct Ratio {
  std::uint32_t precursor = 0;
  double log10_mean = 0, log2_ratio = 0;
};
[[nodiscard]] std::vector<Ratio> ratios(const QuantityRows& rows, const Conditions& conditions,
                                        int a, int b);

// Pearson's r of the log2 quantities of the precursors that both runs have; NaN below 3.
[[nodiscard]] std::vector<std::vector<double>> correlations(const QuantityRows& rows,
                                                            std::span<const std::uint32_t> runs);

// First two principal components of runs, over precursors that at least 70 % of `runs` have: each
// run shifted to median 0 against the precursors' means, gaps filled by the precursor's mean.
// Signs are set so that the largest score of a component is positive.
struct Components {
  std::vector<double> first, second;  // of each of `runs`
  double first_share = 0, second_share = 0;
  std::size_t precursors = 0;
};
[[nodiscard]] Components principal_components(const QuantityRows& rows,
                                              std::span<const std::uint32_t> runs);

}  // namespace overland::report
