// One scan as templates that share its peaks: the deconvolution behind scores and chromatograms.
//
//   solver.begin(peaks);
//   solver.add(intensity, matches);   // a column per candidate
//   solver.solve(settings);
//   solver.weight(0);                 // of the first column
//
// Scans depend on each other only by the weights that columns start with. Allocates nothing once
// its arrays have grown, or within the capacity that was reserved.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/column_errors.h"
#include "kernel/deconvolve.h"
#include "kernel/design_matrix.h"
#include "kernel/peak_groups.h"
#include "kernel/scan_peaks.h"
#include "kernel/trace_point.h"

namespace overland::kernel {

// The work of many scans.
struct SolverCounts {
  std::uint64_t scans = 0, columns = 0, sweeps = 0;
  SolverCounts& operator+=(const SolverCounts& other);
};

class ScanSolver {
 public:
  using Capacity = DesignMatrix::Capacity;
  void reserve(const Capacity& capacity);
  // What reserve takes, for a plan of memory.
  [[nodiscard]] static std::uint64_t bytes(const Capacity& capacity);

  // Forgets all columns. The peaks must stay valid until the next scan.
  void begin(const ScanPeaks& peaks);
  // A candidate whose template expects intensity[f] at peak matches[f], or at no peak (-1); `start`
  // is the weight that the solution starts from.
  void add(std::span<const float> intensity, std::span<const std::int32_t> matches,
           float start = 0);
  // Finds the weights of all columns and returns the number of sweeps.
  int solve(const SolverSettings& settings);

  [[nodiscard]] std::size_t column_count() const { return weights_.size(); }
  // After solve.
  [[nodiscard]] float weight(std::size_t column) const { return weights_[column]; }
  [[nodiscard]] PointScores scores(std::size_t column) const;
  // Of the solution; needed by point.
  void estimate_errors(const SolverSettings& settings);
  // All but the number of matched fragments.
  [[nodiscard]] TracePoint point(std::size_t column) const;

 private:
  std::span<const float> intensity_;  // of the scan's peaks
  DesignMatrix matrix_;
  Deconvolver deconvolver_;
  ColumnErrors errors_;
  std::vector<float> weights_;
};

}  // namespace overland::kernel
