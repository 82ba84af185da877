// Deconvolution of one scan into templates that share its peaks, used for scores and for
// chromatograms.
//
//   solver.begin(peaks);
//   solver.add(intensity, matches);   // a column per candidate
//   solver.solve(settings);
//   solver.weight(0);                 // of the first column
//
// Scans depend on each other only by the start weights of the columns. Does not allocate within the
// reserved capacity, or once the arrays have grown.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/column_errors.h"
#include "kernel/deconvolve.h"
#include "kernel/peak_groups.h"
#include "kernel/scan_peaks.h"
#include "kernel/trace_point.h"

namespace overland::kernel {

// Work counters, summed over scans.
struct SolverCounts {
  std::uint64_t scans = 0, columns = 0, sweeps = 0;
  SolverCounts& operator+=(const SolverCounts& other);
};

class ScanSolver {
 public:
  using Capacity = DesignMatrix::Capacity;
  void reserve(const Capacity& capacity);
  // Bytes that reserve allocates, for the memory plan.
  [[nodiscard]] static std::uint64_t bytes(const Capacity& capacity);

  // Removes all columns. The peaks must stay valid until the next scan.
  void begin(const ScanPeaks& peaks);
  // Adds a candidate whose template expects intensity[f] at peak matches[f], or at no peak (-1);
  // `start` is the initial weight.
  void add(std::span<const float> intensity, std::span<const std::int32_t> matches,
           float start = 0);
  // Finds the weights of all columns and returns the number of sweeps.
  int solve(const SolverSettings& settings);

  [[nodiscard]] std::size_t column_count() const { return weights_.size(); }
  // After solve.
  [[nodiscard]] float weight(std::size_t column) const { return weights_[column]; }
  [[nodiscard]] PointScores scores(std::size_t column) const;
  // Estimates the errors of the weights; call after solve and before point.
  void estimate_errors(const SolverSettings& settings);
  // The point of a column, without the number of matched fragments.
  [[nodiscard]] TracePoint point(std::size_t column) const;

 private:
  std::span<const float> intensity_;  // of the peaks of the scan
  DesignMatrix matrix_;
  Deconvolver deconvolver_;
  ColumnErrors errors_;
  std::vector<float> weights_;
};

}  // namespace overland::kernel
