#include "report/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernel/robust_statistics.h"

namespace overland::report {
namespace {

constexpr double kLeastShare = 0.7;  // share of the runs in which a precursor must be quantified
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Linear quantities of one row, by condition.
std::vector<std::vector<double>> split(const QuantityRows& rows, std::size_t row,
                                       const Conditions& conditions) {
  std::vector<std::vector<double>> values(conditions.names.size());
  for (std::size_t i = rows.begin[row]; i < rows.begin[row + 1]; ++i) {
    const int condition = conditions.of_run[rows.run[i]];
    if (condition >= 0)
      values[static_cast<std::size_t>(condition)].push_back(
          std::exp2(static_cast<double>(rows.log2_quantity[i])));
  }
  return values;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double cv_percent(std::span<const double> values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return 100 * std::sqrt(squares / static_cast<double>(values.size() - 1)) / mean;
}

// Dense matrix of precursors x runs, centred by row; missing values are 0.
std::vector<double> centred_matrix(const QuantityRows& rows, std::span<const std::uint32_t> runs) {
  const std::size_t most = runs.size() > 300 ? 1000 : 4000;
  const std::size_t width = runs.size();
  std::vector<std::uint32_t> column(
      runs.empty() ? 0 : *std::max_element(runs.begin(), runs.end()) + 1, kNone);
  for (std::size_t c = 0; c < width; ++c) column[runs[c]] = static_cast<std::uint32_t>(c);
  std::vector<double> matrix;
  std::vector<double> line(width);
  for (std::size_t r = 0; r < rows.size() && matrix.size() < most * width; ++r) {
    std::fill(line.begin(), line.end(), std::numeric_limits<double>::quiet_NaN());
    double sum = 0;
    double count = 0;
    for (std::size_t i = rows.begin[r]; i < rows.begin[r + 1]; ++i) {
      if (rows.run[i] >= column.size() || column[rows.run[i]] == kNone) continue;
      line[column[rows.run[i]]] = static_cast<double>(rows.log2_quantity[i]);
      sum += static_cast<double>(rows.log2_quantity[i]);
      count += 1;
    }
    if (count < std::max(2.0, kLeastShare * static_cast<double>(width))) continue;
    for (const double v : line) matrix.push_back(v - sum / count);
  }
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<double> seen;
    for (std::size_t k = c; k < matrix.size(); k += width)
      if (std::isfinite(matrix[k])) seen.push_back(matrix[k]);
    const double shift = kernel::median_of(std::move(seen));
    for (std::size_t k = c; k < matrix.size(); k += width)
      matrix[k] = std::isfinite(matrix[k]) ? matrix[k] - shift : 0;
  }
  return matrix;
}

// Largest eigenvector of a symmetric matrix by power iteration from a fixed start.
std::vector<double> leading_vector(const std::vector<double>& g, std::size_t n, double& value) {
  std::vector<double> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = 1 + 0.37 * static_cast<double>((i * 7) % 11);
  value = 0;
  std::vector<double> next(n);
  for (int step = 0; step < 300; ++step) {
    double norm = 0;
    for (std::size_t i = 0; i < n; ++i) {
      next[i] = 0;
      for (std::size_t j = 0; j < n; ++j) next[i] += g[i * n + j] * v[j];
      norm += next[i] * next[i];
    }
    norm = std::sqrt(norm);
    if (norm < 1e-12) return std::vector<double>(n, 0);
    for (std::size_t i = 0; i < n; ++i) v[i] = next[i] / norm;
    const bool is_settled = std::abs(norm - value) <= 1e-10 * norm;
    value = norm;
    if (is_settled && step > 5) break;
  }
  return v;
}

// Scores of the leading component, which is then subtracted from `g`.
std::vector<double> take_component(std::vector<double>& g, std::size_t n, double& value) {
  std::vector<double> v = leading_vector(g, n, value);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) g[i * n + j] -= value * v[i] * v[j];
  const auto size = [](double a, double b) { return std::abs(a) < std::abs(b); };
  const double largest = v.empty() ? 0 : *std::max_element(v.begin(), v.end(), size);
  const double scale = std::sqrt(value) * (largest < 0 ? -1 : 1);
  for (double& x : v) x *= scale;
  return v;
}

struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  [[nodiscard]] double r() const {
    const double cov = xy - x * y / n;
    const double var = (xx - x * x / n) * (yy - y * y / n);
    return n < 3 || var <= 0 ? std::numeric_limits<double>::quiet_NaN() : cov / std::sqrt(var);
  }
};

}  // namespace

QuantityRows by_precursor(std::span<const QuantityEntry> entries) {
  QuantityRows rows;
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return entries[a].precursor < entries[b].precursor;
  });
  for (const std::uint32_t k : order) {
    const QuantityEntry& entry = entries[k];
    if (rows.precursor.empty() || rows.precursor.back() != entry.precursor) {
      rows.precursor.push_back(entry.precursor);
      rows.begin.push_back(rows.run.size());
    }
    rows.run.push_back(entry.run);
    rows.log2_quantity.push_back(entry.log2_quantity);
  }
  rows.begin.push_back(rows.run.size());
  return rows;
}

std::vector<Variation> variations(const QuantityRows& rows, const Conditions& conditions) {
  std::vector<Variation> all(conditions.names.size());
  for (std::size_t c = 0; c < all.size(); ++c) {
    all[c].condition = static_cast<int>(c);
    all[c].runs = static_cast<std::size_t>(
        std::count(conditions.of_run.begin(), conditions.of_run.end(), static_cast<int>(c)));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto values = split(rows, r, conditions);
    for (std::size_t c = 0; c < all.size(); ++c)
      if (values[c].size() >= 2 &&
          static_cast<double>(values[c].size()) >= kLeastShare * static_cast<double>(all[c].runs))
        all[c].cv_percent.push_back(cv_percent(values[c]));
  }
  std::erase_if(all, [](const Variation& v) { return v.cv_percent.empty(); });
  return all;
}

std::vector<Ratio> ratios(const QuantityRows& rows, const Conditions& conditions, int a, int b) {
  std::vector<Ratio> all;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto values = split(rows, r, conditions);
    const auto& of_a = values[static_cast<std::size_t>(a)];
    const auto& of_b = values[static_cast<std::size_t>(b)];
    if (of_a.empty() || of_b.empty()) continue;
    const double mean_a = mean_of(of_a);
    const double mean_b = mean_of(of_b);
    all.push_back({.precursor = rows.precursor[r],
                   .log10_mean = std::log10((mean_a + mean_b) / 2),
                   .log2_ratio = std::log2(mean_a / mean_b)});
  }
  return all;
}

std::vector<std::vector<double>> correlations(const QuantityRows& rows,
                                              std::span<const std::uint32_t> runs) {
  const std::size_t n = runs.size();
  std::vector<std::uint32_t> column(runs.empty() ? 0 : *std::ranges::max_element(runs) + 1, kNone);
  for (std::size_t c = 0; c < n; ++c) column[runs[c]] = static_cast<std::uint32_t>(c);
  std::vector<Moments> sums(n * n);
  std::vector<std::pair<std::uint32_t, double>> seen;
  constexpr std::size_t kMostTerms = 200'000'000;  // maximum number of terms in the double loop
  const std::size_t stride = 1 + rows.size() * n * n / 2 / kMostTerms;
  for (std::size_t r = 0; r < rows.size(); r += stride) {
    seen.clear();
    for (std::size_t i = rows.begin[r]; i < rows.begin[r + 1]; ++i)
      if (rows.run[i] < column.size() && column[rows.run[i]] != kNone)
        seen.emplace_back(column[rows.run[i]], static_cast<double>(rows.log2_quantity[i]));
    for (const auto& [i, x] : seen)
      for (const auto& [j, y] : seen) {
        if (j < i) continue;
        Moments& m = sums[i * n + j];
        m.n += 1, m.x += x, m.y += y, m.xx += x * x, m.yy += y * y, m.xy += x * y;
      }
  }
  std::vector<std::vector<double>> r(n, std::vector<double>(n, 1));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) r[i][j] = r[j][i] = sums[i * n + j].r();
  return r;
}

Components principal_components(const QuantityRows& rows, std::span<const std::uint32_t> runs) {
  const std::size_t n = runs.size();
  Components result;
  const std::vector<double> x = centred_matrix(rows, runs);
  result.precursors = n > 0 ? x.size() / n : 0;
  std::vector<double> g(n * n, 0);
  for (std::size_t k = 0; k < x.size(); k += n)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) g[i * n + j] += x[k + i] * x[k + j];
  // The mean over the runs is subtracted too, so that components describe differences.
  std::vector<double> mean(n, 0);
  double all = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      if (j < i) g[i * n + j] = g[j * n + i];
      mean[i] += g[i * n + j] / static_cast<double>(n);
    }
  for (const double m : mean) all += m / static_cast<double>(n);
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      g[i * n + j] += all - mean[i] - mean[j];
      if (i == j) trace += g[i * n + j];
    }
  double value = 0;
  result.first = take_component(g, n, value);
  result.first_share = trace > 0 ? value / trace : 0;
  result.second = take_component(g, n, value);
  result.second_share = trace > 0 ? value / trace : 0;
  return result;
}

}  // namespace overland::report
