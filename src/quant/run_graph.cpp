#include "quant/run_graph.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kernel/cholesky.h"

namespace overland::quant {
namespace {

constexpr std::size_t kDirectMost = 24;  // runs up to which the direct solution is as fast
constexpr double kResidual = 1e-14;      // the iteration ends at this residual / right side

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

constexpr std::size_t kWordBits = 64;
using Square = std::array<std::uint64_t, kWordBits>;  // bit j of word i

// Transposes by swapping the two off-diagonal quarters, then the off-diagonal quarters of each
// quarter, and so on.
void transpose(Square& square) {
  std::uint64_t lower = 0xffffffff;
  for (std::size_t half = kWordBits / 2; half > 0; half /= 2, lower ^= lower << half) {
    for (std::size_t i = 0; i < kWordBits; i = (i + half + 1) & ~half) {
      const std::uint64_t change = ((square[i] >> half) ^ square[i + half]) & lower;
      square[i] ^= change << half;
      square[i + half] ^= change;
    }
  }
}

void remove_mean(std::span<const std::uint32_t> members, std::span<double> x) {
  double sum = 0;
  for (const std::uint32_t r : members) sum += x[r];
  const double mean = sum / static_cast<double>(members.size());
  for (const std::uint32_t r : members) x[r] -= mean;
}

}  // namespace

void RunGraph::reset(std::size_t runs) {
  runs_ = runs;
  words_ = (runs + kWordBits - 1) / kWordBits;
  edges_.assign(words_ * kWordBits * words_, 0);
  right_.assign(words_ * kWordBits, 0);
}

void RunGraph::connect(std::size_t run, std::size_t other, const RatioMedians& ratio,
                       std::uint32_t least_shared) {
  std::array<double, kLanes> used{};
  std::uint64_t edges = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const bool is_used = ratio.count[lane] >= least_shared && other + lane > run;
    used[lane] = is_used ? ratio.median[lane] : 0;
    edges |= std::uint64_t{is_used} << lane;
  }
  edges_[run * words_ + other / kWordBits] |= edges << (other % kWordBits);
  for (std::size_t lane = 0; lane < kLanes; ++lane) right_[other + lane] -= used[lane];
  // Summed in pairs: a fixed order in which additions can overlap.
  right_[run] +=
      ((used[0] + used[4]) + (used[1] + used[5])) + ((used[2] + used[6]) + (used[3] + used[7]));
}

// Copies the upper triangle of the adjacency matrix to the lower triangle.
void RunGraph::close() {
  Square square{};
  for (std::size_t a = 0; a < words_; ++a) {
    for (std::size_t b = a; b < words_; ++b) {
      for (std::size_t i = 0; i < kWordBits; ++i)
        square[i] = edges_[(a * kWordBits + i) * words_ + b];
      transpose(square);
      for (std::size_t i = 0; i < kWordBits; ++i)
        edges_[(b * kWordBits + i) * words_ + a] |= square[i];
    }
  }
  degree_.assign(runs_, 0);
  for (std::size_t r = 0; r < runs_; ++r) {
    for (const std::uint64_t bits : row(r))
      degree_[r] += static_cast<std::uint32_t>(std::popcount(bits));
  }
}

std::size_t RunGraph::find_components(std::span<std::uint32_t> component) const {
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::fill(component.begin(), component.end(), kNone);
  std::vector<std::uint32_t> waiting;
  std::vector<std::uint64_t> unseen(words_, ~std::uint64_t{0});
  std::uint32_t count = 0;
  for (std::size_t first = 0; first < runs_; ++first) {
    if (component[first] != kNone) continue;
    component[first] = count;
    unseen[first / kWordBits] &= ~(std::uint64_t{1} << (first % kWordBits));
    waiting.push_back(static_cast<std::uint32_t>(first));
    while (!waiting.empty()) {
      const std::span<const std::uint64_t> neighbours = row(waiting.back());
      waiting.pop_back();
      for (std::size_t w = 0; w < words_; ++w) {
        std::uint64_t reached = neighbours[w] & unseen[w];
        unseen[w] ^= reached;
        for (; reached != 0; reached &= reached - 1) {
          const std::size_t u = w * kWordBits + static_cast<std::size_t>(std::countr_zero(reached));
          component[u] = count;
          waiting.push_back(static_cast<std::uint32_t>(u));
        }
      }
    }
    ++count;
  }
  return count;
}

void RunGraph::solve(std::span<const std::uint32_t> component, std::size_t components,
                     std::span<double> x) const {
  std::vector<std::vector<std::uint32_t>> members(components);
  for (std::size_t r = 0; r < runs_; ++r) {
    members[component[r]].push_back(static_cast<std::uint32_t>(r));
  }
  for (const auto& runs : members) solve_component(runs, x);
}

void RunGraph::solve_component(std::span<const std::uint32_t> members, std::span<double> x) const {
  const std::size_t n = members.size();
  const bool is_complete = std::all_of(members.begin(), members.end(),
                                       [&](std::uint32_t r) { return degree_[r] + 1U == n; });
  if (is_complete) {
    // If all pairs are connected, the Laplacian is n I - 1 1' and the solution is right / n.
    for (const std::uint32_t r : members) x[r] = right_[r] / static_cast<double>(n);
  } else if (n <= kDirectMost || !solve_iteratively(members, x)) {
    solve_directly(members, x);
  }
  remove_mean(members, x);
}

RunGraph::Neighbours RunGraph::neighbours_of(std::span<const std::uint32_t> members) const {
  std::vector<std::uint64_t> is_member(words_, 0);
  std::vector<std::uint32_t> place(runs_);
  for (std::size_t i = 0; i < members.size(); ++i) {
    is_member[members[i] / kWordBits] |= std::uint64_t{1} << (members[i] % kWordBits);
    place[members[i]] = static_cast<std::uint32_t>(i);
  }
  Neighbours out;
  for (const std::uint32_t r : members) {
    const bool is_dense = 2 * std::size_t{degree_[r]} > members.size();
    for (std::size_t w = 0; w < words_; ++w) {
      std::uint64_t bits = is_dense ? is_member[w] & ~row(r)[w] : row(r)[w];
      if (is_dense && w == r / kWordBits) bits &= ~(std::uint64_t{1} << (r % kWordBits));
      for (; bits != 0; bits &= bits - 1) {
        out.list.push_back(place[w * kWordBits + static_cast<std::size_t>(std::countr_zero(bits))]);
      }
    }
    out.is_dense.push_back(is_dense);
    out.begin.push_back(out.list.size());
  }
  return out;
}

// Conjugate gradients, preconditioned by the degrees. The product with the Laplacian runs over the
// missing edges of dense members and over the edges of sparse members, whichever are fewer.
bool RunGraph::solve_iteratively(std::span<const std::uint32_t> members,
                                 std::span<double> x) const {
  const std::size_t n = members.size();
  const Neighbours near = neighbours_of(members);
  std::vector<double> solution(n, 0), residual(n), scaled(n), step(n), product(n);
  for (std::size_t i = 0; i < n; ++i) residual[i] = right_[members[i]];
  const auto precondition = [&] {
    for (std::size_t i = 0; i < n; ++i) {
      scaled[i] = residual[i] / static_cast<double>(degree_[members[i]]);
    }
  };
  const auto multiply = [&] {
    double total = 0;
    for (const double s : step) total += s;
    for (std::size_t i = 0; i < n; ++i) {
      double listed = 0;
      for (const std::uint32_t j : near.of(i)) listed += step[j];
      const double neighbours = near.is_dense[i] ? total - step[i] - listed : listed;
      product[i] = static_cast<double>(degree_[members[i]]) * step[i] - neighbours;
    }
  };
  precondition();
  step = scaled;
  double power = dot(residual, scaled);
  const double enough = kResidual * kResidual * power;
  bool is_solved = power == 0;
  for (std::size_t k = 0; k < 4 * n && !is_solved; ++k) {
    multiply();
    const double curvature = dot(step, product);
    if (!(curvature > 0)) break;
    const double length = power / curvature;
    for (std::size_t i = 0; i < n; ++i) {
      solution[i] += length * step[i];
      residual[i] -= length * product[i];
    }
    precondition();
    const double next = dot(residual, scaled);
    is_solved = next <= enough;
    for (std::size_t i = 0; i < n; ++i) step[i] = scaled[i] + next / power * step[i];
    power = next;
  }
  for (std::size_t i = 0; i < n; ++i) x[members[i]] = solution[i];
  return is_solved;
}

// The first run is fixed at 0, which makes the Laplacian of the other runs positive definite.
void RunGraph::solve_directly(std::span<const std::uint32_t> members, std::span<double> x) const {
  const std::size_t n = members.size() - 1;
  std::vector<double> a(n * n, 0), b(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t r = members[i + 1];
    b[i] = right_[r];
    a[i * n + i] = static_cast<double>(degree_[r]);
    for (std::size_t j = 0; j < i; ++j) {
      if (is_edge(r, members[j + 1])) a[i * n + j] = -1;
    }
  }
  if (!kernel::solve_cholesky(a, b)) std::fill(b.begin(), b.end(), 0);
  x[members[0]] = 0;
  for (std::size_t i = 0; i < n; ++i) x[members[i + 1]] = b[i];
}

}  // namespace overland::quant
