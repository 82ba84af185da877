// A scan as a non-negative sum of templates: the design matrix, and its solution.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/enum_text.h"

namespace overland::kernel {

// The sparse design matrix of one scan: observed intensities = templates x weights.
//
// Rows: one per peak that any candidate explains, and one per predicted fragment that has no peak
// (observed 0). Columns: candidates, whose templates are their library fragments. Stored by column.
// All arrays are sized once, from counts, before the first scan; no function allocates afterwards.

// Scales a template to sum 1, so that its weight is an intensity, and returns the original sum. A
// template without signal becomes 0.
float scale_template(std::span<float> intensity);

class DesignMatrix {
 public:
  struct Capacity {
    std::size_t columns = 0, entries = 0, peaks = 0;
  };
  void reserve(const Capacity& capacity);

  // Starts the matrix of a scan with `peak_count` peaks.
  void begin_scan(std::size_t peak_count);
  // Adds a column. Fragment f has template value `template_intensity[f]` and its peak is
  // `peak_index[f]`, or -1. Two fragments that match the same peak become one entry.
  void add_column(std::span<const float> template_intensity,
                  std::span<const std::int32_t> peak_index, std::span<const float> peak_intensity);

  [[nodiscard]] std::size_t column_count() const { return column_begin_.size() - 1; }
  [[nodiscard]] std::size_t row_count() const { return observed_.size(); }
  [[nodiscard]] std::span<const float> observed() const { return observed_; }
  [[nodiscard]] std::span<const std::uint32_t> rows(std::size_t column) const {
    return {row_.data() + column_begin_[column], column_begin_[column + 1] - column_begin_[column]};
  }
  [[nodiscard]] std::span<const float> values(std::size_t column) const {
    return {value_.data() + column_begin_[column],
            column_begin_[column + 1] - column_begin_[column]};
  }

 private:
  std::uint32_t row_of_peak(std::int32_t peak, std::span<const float> peak_intensity);

  std::vector<std::uint32_t> column_begin_;
  std::vector<std::uint32_t> row_;
  std::vector<float> value_;
  std::vector<float> observed_;          // one per row
  std::vector<std::uint32_t> peak_row_;  // one per peak: row + 1, or 0 without a row
};

// Non-negative deconvolution of one scan by cyclic coordinate descent.
//
// Minimises F(w) over w >= 0, with r = A w - x, by one of three losses:
//   huber    F = sum_i delta^2 (sqrt(1 + (r_i / delta)^2) - 1)
//            The pseudo-Huber loss (Charbonnier et al. 1997): quadratic for residuals well below
//            delta and linear above, so the influence of a peak of a peptide that is not in the
//            matrix is bounded. A step minimises a quadratic that majorises F,
//              w_j <- max(0, w_j - sum a r s / sum a^2 s),  s_i = 1 / sqrt(1 + (r_i / delta)^2),
//            or is a Newton step (curvature sum a^2 s^3) if that does not increase F. F never
//            increases beyond rounding: it is summed in float, where residuals below 3e-4 delta
//            add nothing to it.
//   squared  F = 1/2 sum_i r_i^2
//            A step is exact: w_j <- max(0, w_j - sum a r / sum a^2).
//   poisson  F = sum_i m_i - x_i ln m_i,  m = A w + e,  e = kPoissonBackground * max x
//            For ion counts, whose variance grows with the intensity. F' as a function of one
//            weight is increasing and concave, and its root is at most sum x / sum a: Newton steps
//            within this bracket, with bisection if a step would leave it.
// All three losses are convex. At a solution the gradient is 0 for weights above 0 and not negative
// for weights at 0 (the tests check this).

enum class Loss : std::uint8_t { huber, squared, poisson };
inline constexpr float kPoissonBackground = 1e-4F;

struct SolverSettings {
  Loss loss = Loss::huber;
  float delta = 1e5F;                // in units of intensity
  float relative_tolerance = 1e-3F;  // converged if no weight above the floor changes more
  float weight_floor = 1e-6F;        // relative to the largest weight of the scan
  int max_sweeps = 200;
};

class Deconvolver {
 public:
  void reserve(const DesignMatrix::Capacity& capacity);

  // `weights` holds the initial values on entry (the previous scan's solution, or 0) and the
  // solution on return; size = matrix.column_count(). Returns the number of sweeps.
  int solve(const DesignMatrix& matrix, const SolverSettings& settings, std::span<float> weights);

  // After solve: r = A w - x.
  [[nodiscard]] std::span<const float> residuals() const { return residual_; }

 private:
  // These functions make one coordinate step and return the change of the weight.
  float step(const DesignMatrix& matrix, std::size_t column, const SolverSettings& settings,
             std::span<float> weights);
  float huber_step(const DesignMatrix& matrix, std::size_t column, const SolverSettings& settings,
                   std::span<float> weights);
  struct HuberShape {  // along one coordinate; majorant: curvature of the majorising quadratic
    float loss = 0, gradient = 0, majorant = 0, curvature = 0;
  };
  void load_column(const DesignMatrix& matrix, std::size_t column);
  [[nodiscard]] HuberShape huber_shape(float change, float inverse_delta) const;
  float squared_step(const DesignMatrix& matrix, std::size_t column, std::span<float> weights);
  struct Slope {
    double gradient = 0, curvature = 0;
  };
  [[nodiscard]] Slope poisson_slope(const DesignMatrix& matrix, std::size_t column, double held,
                                    double w) const;
  float poisson_step(const DesignMatrix& matrix, std::size_t column, float tolerance,
                     std::span<float> weights);
  float set_weight(const DesignMatrix& matrix, std::size_t column, float updated,
                   std::span<float> weights);
  void start_residuals(const DesignMatrix& matrix, std::span<const float> weights);

  float background_ = 0;  // of the Poisson loss
  std::vector<float> residual_;
  std::size_t padded_ = 0;                             // length of the loaded column
  std::vector<float> column_value_, column_residual_;  // of the loaded column
  std::vector<std::uint8_t> is_idle_;                  // columns at 0 after the last sweep
};

}  // namespace overland::kernel

template <>
struct overland::EnumNames<overland::kernel::Loss> {
  using Enum = overland::kernel::Loss;
  static constexpr std::array kNames{std::pair{Enum::huber, "huber"},
                                     std::pair{Enum::squared, "squared"},
                                     std::pair{Enum::poisson, "poisson"}};
};
