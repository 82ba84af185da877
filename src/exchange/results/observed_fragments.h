// Reads the fragments of each row of the report from xic.parquet, one row group at a time.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "exchange/results/search_results.h"

namespace overland::exchange {

struct ObservedFragment {
  std::string type;  // "y", "b"
  int ordinal = 0, charge = 1;
  double mz = 0;           // theoretical
  double area = 0;         // intensity x minutes: observed, between the limits
  double corrected = 0;    // the same, each point limited to 1.5 times its deconvolved intensity
  double correlation = 0;  // of observed and deconvolved chromatogram; 0: unknown
};

// Reads "y7^1" and "b3"; false for any other label.
[[nodiscard]] bool read_fragment_label(std::string_view label, ObservedFragment& fragment);

// Called for each row of the report that has chromatograms, in the order of xic.parquet.
using FragmentVisitor =
    std::function<Result<void>(std::size_t row, std::span<const ObservedFragment> fragments)>;

// Errors OVL-IO-095 (no xic.parquet), OVL-IO-003, OVL-IO-090, and the errors of the visitor.
[[nodiscard]] Result<void> visit_fragments(const SearchResults& results,
                                           const FragmentVisitor& visit);

}  // namespace overland::exchange
