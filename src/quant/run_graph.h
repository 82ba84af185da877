// Least squares on the graph of runs: x_r - x_u = m_ru for each pair of runs with common ions. The
// matrix of the normal equations is the graph's Laplacian; each connected component is solved
// separately.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/ratio_medians.h"

namespace overland::quant {

class RunGraph {
 public:
  // Removes all edges; allocated memory is kept.
  void reset(std::size_t runs);
  // Adds edges from `run` to the later runs among `other` to other + 7 with at least `least_shared`
  // common ions. ratio: x_run - x_other. Preconditions: `other` is a multiple of 8; each pair is
  // added once.
  void connect(std::size_t run, std::size_t other, const RatioMedians& ratio,
               std::uint32_t least_shared);
  // To be called after the last connect().
  void close();

  // Numbers the components in the order of their first runs. Returns the number of components.
  std::size_t find_components(std::span<std::uint32_t> component) const;
  // Least-squares solution x, with mean 0 in each component.
  void solve(std::span<const std::uint32_t> component, std::size_t components,
             std::span<double> x) const;

 private:
  [[nodiscard]] bool is_edge(std::size_t a, std::size_t b) const {
    return ((edges_[a * words_ + b / 64] >> (b % 64)) & 1U) != 0;
  }
  [[nodiscard]] std::span<const std::uint64_t> row(std::size_t run) const {
    return {edges_.data() + run * words_, words_};
  }
  // For each member: the members connected to it, or if is_dense the members not connected to it.
  struct Neighbours {
    std::vector<bool> is_dense;
    std::vector<std::size_t> begin{0};
    std::vector<std::uint32_t> list;  // positions among the members
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t member) const {
      return std::span(list).subspan(begin[member], begin[member + 1] - begin[member]);
    }
  };
  [[nodiscard]] Neighbours neighbours_of(std::span<const std::uint32_t> members) const;
  void solve_component(std::span<const std::uint32_t> members, std::span<double> x) const;
  bool solve_iteratively(std::span<const std::uint32_t> members, std::span<double> x) const;
  void solve_directly(std::span<const std::uint32_t> members, std::span<double> x) const;

  std::size_t runs_ = 0, words_ = 0;
  std::vector<std::uint64_t> edges_;  // adjacency matrix as bits; rows padded to words of 64 bits
  std::vector<std::uint32_t> degree_;
  std::vector<double> right_;  // right side: sum of the run's differences to its neighbours
};

}  // namespace overland::quant
