// The quantities of a cohort, run by run, wherever they lie: normalisation asks for one run at a
// time, and more than once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"

namespace overland::quant {

struct RunQuantity {
  std::uint32_t precursor = 0;
  float rt = 0;     // minutes, of the peak in this run
  double log2 = 0;  // finite
};

struct RunQuantities {
  std::span<const RunQuantity> rows;       // by precursor, each once
  std::span<const std::uint32_t> by_time;  // places in `rows`, by ascending time
  std::shared_ptr<const void> backing;     // keeps the spans valid
};

class CohortSource {
 public:
  CohortSource() = default;
  CohortSource(const CohortSource&) = default;
  CohortSource& operator=(const CohortSource&) = default;
  CohortSource(CohortSource&&) = default;
  CohortSource& operator=(CohortSource&&) = default;
  virtual ~CohortSource() = default;
  [[nodiscard]] virtual std::size_t run_count() const = 0;
  [[nodiscard]] virtual std::size_t row_count(std::size_t run) const = 0;
  [[nodiscard]] virtual Result<RunQuantities> open(std::size_t run) const = 0;
};

// The `by_time` of a run's rows; equal times by precursor.
[[nodiscard]] std::vector<std::uint32_t> order_by_time(std::span<const RunQuantity> rows);

}  // namespace overland::quant
