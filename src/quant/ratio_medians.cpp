#include "quant/ratio_medians.h"

#include <algorithm>
#include <cmath>

#include "quant/ratio_units.h"

namespace overland::quant {
namespace {

double middle(std::vector<double>& values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), half, values.end());
  if (values.size() % 2 == 1) return *half;
  return (*std::max_element(values.begin(), half) + *half) / 2;
}

// Sorting network for a length up to kNetworkMost; all are made once.
const std::vector<Exchange>& network(std::size_t length) {
  static const std::vector<std::vector<Exchange>> networks = [] {
    std::vector<std::vector<Exchange>> made;
    for (std::size_t n = 0; n <= kNetworkMost; ++n) made.push_back(median_exchanges(n));
    return made;
  }();
  return networks[length];
}

}  // namespace

std::vector<SortRatios> ratio_units() {
  std::vector<SortRatios> units{sort_ratios_basic};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) units.push_back(sort_ratios_avx2);
  if (__builtin_cpu_supports("avx512f") != 0) units.push_back(sort_ratios_avx512);
#endif
  return units;
}

void RunRatios::set(std::span<const double> values, std::span<const double* const> traces) {
  values_ = values;
  traces_ = traces;
  rows_.resize(std::max<std::size_t>(rows_.size(), values.size() * kLanes));
}

// Computes one lane after the other, for columns that are too long for a network.
void RunRatios::select(std::size_t other, RatioMedians& out) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    column_.clear();
    for (std::size_t k = 0; k < values_.size(); ++k) {
      const double ratio = values_[k] - traces_[k][other + lane];
      if (std::isfinite(ratio)) column_.push_back(ratio);
    }
    out.count[lane] = static_cast<std::uint32_t>(column_.size());
    out.median[lane] = column_.empty() ? 0 : middle(column_);
  }
}

void RunRatios::medians(std::size_t other, RatioMedians& out) {
  static const SortRatios sort_ratios = ratio_units().back();
  const std::size_t ions = values_.size();
  if (ions == 0 || ions > kNetworkMost) return select(other, out);
  const std::vector<Exchange>& exchanges = network(ions);
  sort_ratios(
      {values_.data(), traces_.data(), ions, exchanges.data(), exchanges.size(), rows_.data()},
      other, out.count.data());
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t count = out.count[lane];
    const double* const column = rows_.data() + lane;
    out.median[lane] =
        count == 0 ? 0 : (column[(count - 1) / 2 * kLanes] + column[count / 2 * kLanes]) / 2;
  }
}

}  // namespace overland::quant
