#include "quant/run_graph.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "quant/cholesky.h"

namespace overland::quant {
namespace {

constexpr std::size_t kDirectMost = 24;  // runs; the direct solution is as fast up to here
constexpr double kResidual = 1e-14;      // of the right side, where the iteration ends

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
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
  words_ = (runs + 63) / 64;
  edges_.assign(runs * words_, 0);
  degree_.assign(runs, 0);
  right_.assign(runs, 0);
}

void RunGraph::connect(std::size_t low, std::size_t high, double difference) {
  edges_[low * words_ + high / 64] |= std::uint64_t{1} << (high % 64);
  edges_[high * words_ + low / 64] |= std::uint64_t{1} << (low % 64);
  ++degree_[low];
  ++degree_[high];
  right_[low] += difference;
  right_[high] -= difference;
}

std::size_t RunGraph::find_components(std::span<std::uint32_t> component) const {
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::fill(component.begin(), component.end(), kNone);
  std::vector<std::uint32_t> waiting;
  std::uint32_t count = 0;
  for (std::size_t first = 0; first < runs_; ++first) {
    if (component[first] != kNone) continue;
    component[first] = count;
    waiting.push_back(static_cast<std::uint32_t>(first));
    while (!waiting.empty()) {
      const std::size_t r = waiting.back();
      waiting.pop_back();
      for (std::size_t w = 0; w < words_; ++w) {
        for (std::uint64_t bits = edges_[r * words_ + w]; bits != 0; bits &= bits - 1) {
          const std::size_t u = w * 64 + static_cast<std::size_t>(std::countr_zero(bits));
          if (component[u] != kNone) continue;
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
    // All pairs known: the Laplacian is n I - 1 1', and its solution the mean difference.
    for (const std::uint32_t r : members) x[r] = right_[r] / static_cast<double>(n);
  } else if (n <= kDirectMost || !solve_iteratively(members, x)) {
    solve_directly(members, x);
  }
  remove_mean(members, x);
}

// Conjugate gradients, preconditioned by the degrees. A dense graph has few pairs that are missing
// and a sparse one few that are there: the product with the Laplacian goes over the fewer.
bool RunGraph::solve_iteratively(std::span<const std::uint32_t> members,
                                 std::span<double> x) const {
  const std::size_t n = members.size();
  std::vector<std::uint32_t> others;  // neighbours, or for a dense run those that are not
  std::vector<std::size_t> begin{0};
  std::vector<bool> is_dense(n);
  for (std::size_t i = 0; i < n; ++i) {
    is_dense[i] = 2 * degree_[members[i]] > n;
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j && is_edge(members[i], members[j]) != is_dense[i]) {
        others.push_back(static_cast<std::uint32_t>(j));
      }
    }
    begin.push_back(others.size());
  }
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
      for (std::size_t k = begin[i]; k < begin[i + 1]; ++k) listed += step[others[k]];
      const double neighbours = is_dense[i] ? total - step[i] - listed : listed;
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

// The first run is held at 0, which makes the Laplacian of the others definite.
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
  if (!solve_cholesky(a, b)) std::fill(b.begin(), b.end(), 0);
  x[members[0]] = 0;
  for (std::size_t i = 0; i < n; ++i) x[members[i + 1]] = b[i];
}

}  // namespace overland::quant
