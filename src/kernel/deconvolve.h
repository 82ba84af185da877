// Non-negative deconvolution of one scan by cyclic coordinate descent.
//
// Minimises F(w) over w >= 0, with r = A w - x, by one of three losses:
//   huber    F = sum_i delta^2 (sqrt(1 + (r_i / delta)^2) - 1), the pseudo-Huber loss (Charbonnier
//   et
//            al. 1997): quadratic for residuals well below delta and linear above, so a peak that
//            some other, unlisted peptide caused pulls a weight with bounded force only. Each step
//            minimises a quadratic that lies above F and touches it (s_i = 1 / sqrt(1 + (r_i /
//            delta)^2); w_j <- max(0, w_j - sum a r s / sum a^2 s)), after a Newton step
//            (curvature sum a^2 s^3) where that does not make F larger. F does not rise beyond
//            rounding: it is summed in float, where residuals below 3e-4 delta add nothing to it.
//   squared  F = 1/2 sum_i r_i^2; a step is exact: w_j <- max(0, w_j - sum a r / sum a^2).
//   poisson  F = sum_i m_i - x_i ln m_i, m = A w + e, e = kPoissonBackground times the largest x:
//   ion
//            counts, whose variance grows with the peak. F' of one weight is increasing and
//            concave, and its root is at most sum x / sum a: Newton steps inside that bracket,
//            halving it where a step would leave it.
// All three are convex; a solution is one where no weight above 0 has a gradient, and no weight at
// 0 a negative one (the tests check that).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/enum_text.h"
#include "kernel/design_matrix.h"

namespace overland::kernel {

enum class Loss : std::uint8_t { huber, squared, poisson };
inline constexpr float kPoissonBackground = 1e-4F;

struct SolverSettings {
  Loss loss = Loss::huber;
  float delta = 1e5F;                // in units of intensity
  float relative_tolerance = 1e-3F;  // stop when no weight above the floor changes by more
  float weight_floor = 1e-6F;        // relative to the largest weight of the scan
  int max_sweeps = 200;
};

class Deconvolver {
 public:
  void reserve(const DesignMatrix::Capacity& capacity);

  // `weights` holds the start on entry (the last scan's solution, or 0) and the solution on return;
  // size = matrix.column_count(). Returns the number of sweeps.
  int solve(const DesignMatrix& matrix, const SolverSettings& settings, std::span<float> weights);

  // After solve: r = A w - x.
  [[nodiscard]] std::span<const float> residuals() const { return residual_; }

 private:
  // Each makes one coordinate step and returns the change of the weight.
  float step(const DesignMatrix& matrix, std::size_t column, const SolverSettings& settings,
             std::span<float> weights);
  float huber_step(const DesignMatrix& matrix, std::size_t column, const SolverSettings& settings,
                   std::span<float> weights);
  struct HuberShape {  // along one coordinate; `majorant`: the curvature of the quadratic above F
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
  std::vector<std::uint8_t> is_idle_;                  // columns that the last sweep left at 0
};

}  // namespace overland::kernel

template <>
struct overland::EnumNames<overland::kernel::Loss> {
  using Enum = overland::kernel::Loss;
  static constexpr std::array kNames{std::pair{Enum::huber, "huber"},
                                     std::pair{Enum::squared, "squared"},
                                     std::pair{Enum::poisson, "poisson"}};
};
