// Least squares on the graph of runs: x_r - x_u = m_ru for each pair of runs that share an ion. The
// normal equations are the graph's Laplacian; each connected component is solved on its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overland::quant {

class RunGraph {
 public:
  // Forgets everything; capacity is kept.
  void reset(std::size_t runs);
  // One pair, once; low < high and difference = x_low - x_high.
  void connect(std::size_t low, std::size_t high, double difference);

  // Numbers the components in the order of their first run. Returns how many there are.
  std::size_t find_components(std::span<std::uint32_t> component) const;
  // x of least squares; the mean of each component is 0.
  void solve(std::span<const std::uint32_t> component, std::size_t components,
             std::span<double> x) const;

 private:
  [[nodiscard]] bool is_edge(std::size_t a, std::size_t b) const {
    return ((edges_[a * words_ + b / 64] >> (b % 64)) & 1U) != 0;
  }
  void solve_component(std::span<const std::uint32_t> members, std::span<double> x) const;
  bool solve_iteratively(std::span<const std::uint32_t> members, std::span<double> x) const;
  void solve_directly(std::span<const std::uint32_t> members, std::span<double> x) const;

  std::size_t runs_ = 0, words_ = 0;
  std::vector<std::uint64_t> edges_;  // bits, both directions
  std::vector<std::uint32_t> degree_;
  std::vector<double> right_;  // sum of the differences of each run to its neighbours
};

}  // namespace overland::quant
