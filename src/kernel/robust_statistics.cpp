#include "kernel/robust_statistics.h"

#include <algorithm>
#include <cmath>

namespace overland::kernel {

std::vector<double> isotonic_fit(std::span<const double> y, std::span<const double> weight) {
  struct Block {
    double mean, weight;
    std::size_t count;
  };
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < y.size(); ++i) {
    blocks.push_back({y[i], weight[i], 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean > blocks.back().mean) {
      const Block last = blocks.back();
      blocks.pop_back();
      Block& merged = blocks.back();
      const double total = merged.weight + last.weight;
      merged.mean = (merged.mean * merged.weight + last.mean * last.weight) / total;
      merged.weight = total;
      merged.count += last.count;
    }
  }
  std::vector<double> fit;
  fit.reserve(y.size());
  for (const Block& block : blocks) fit.insert(fit.end(), block.count, block.mean);
  return fit;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double robust_sd(std::vector<double> values) {
  const double center = median_of(values);
  for (double& v : values) v = std::abs(v - center);
  return 1.4826 * median_of(std::move(values));
}

}  // namespace overland::kernel
