// Least squares on the graph of runs: x_r - x_u = m_ru for each pair of runs that share an ion. The
// normal equations are the graph's Laplacian; each connected component is solved on its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/ratio_medians.h"

namespace overland::quant {

class RunGraph {
 public:
  // Forgets everything; capacity is kept.
  void reset(std::size_t runs);
  // A run with the later ones among `other`, ..., other + 7 (a multiple of 8), once: those with as
  // many ions in common as `least_shared`; ratio: x_run - x_other.
  void connect(std::size_t run, std::size_t other, const RatioMedians& ratio,
               std::uint32_t least_shared);
  // After the last pair.
  void close();

  // Numbers the components in the order of their first run. Returns how many there are.
  std::size_t find_components(std::span<std::uint32_t> component) const;
  // x of least squares; the mean of each component is 0.
  void solve(std::span<const std::uint32_t> component, std::size_t components,
             std::span<double> x) const;

 private:
  [[nodiscard]] bool is_edge(std::size_t a, std::size_t b) const {
    return ((edges_[a * words_ + b / 64] >> (b % 64)) & 1U) != 0;
  }
  [[nodiscard]] std::span<const std::uint64_t> row(std::size_t run) const {
    return {edges_.data() + run * words_, words_};
  }
  // Of each member those it has an edge with, or for a dense one those it has none with.
  struct Neighbours {
    std::vector<bool> is_dense;
    std::vector<std::size_t> begin{0};
    std::vector<std::uint32_t> list;  // places among the members
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t member) const {
      return std::span(list).subspan(begin[member], begin[member + 1] - begin[member]);
    }
  };
  [[nodiscard]] Neighbours neighbours_of(std::span<const std::uint32_t> members) const;
  void solve_component(std::span<const std::uint32_t> members, std::span<double> x) const;
  bool solve_iteratively(std::span<const std::uint32_t> members, std::span<double> x) const;
  void solve_directly(std::span<const std::uint32_t> members, std::span<double> x) const;

  std::size_t runs_ = 0, words_ = 0;
  std::vector<std::uint64_t> edges_;  // bits, both directions; rows up to a multiple of 64
  std::vector<std::uint32_t> degree_;
  std::vector<double> right_;  // sum of the differences of each run to its neighbours
};

}  // namespace overland::quant
