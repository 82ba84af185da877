#include "quant/group_matrix.h"

#include <algorithm>

#include "base/pinned_math.h"
#include "quant/median_network.h"

namespace overland::quant {
namespace {

bool is_quantity(double q) {
  return q > 0 && q < std::numeric_limits<double>::infinity();
}

void keep_distinct(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

std::size_t place(const std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  return static_cast<std::size_t>(std::lower_bound(numbers.begin(), numbers.end(), number) -
                                  numbers.begin());
}

}  // namespace

std::size_t GroupMatrix::fill(const LfqColumns& columns, std::span<const std::uint32_t> rows) {
  ions_.clear();
  runs_.clear();
  for (const std::uint32_t row : rows) {
    if (!is_quantity(columns.quantity[row])) continue;
    ions_.push_back(columns.ion[row]);
    runs_.push_back(columns.run[row]);
  }
  keep_distinct(ions_);
  keep_distinct(runs_);
  stride_ = (runs_.size() + kLanes - 1) / kLanes * kLanes + kLanes;
  log2_.assign(ions_.size() * stride_, kMissing);
  sd_.assign(ions_.size() * stride_, 0);
  std::size_t doubles = 0;
  for (const std::uint32_t row : rows) {
    const double quantity = columns.quantity[row];
    if (!is_quantity(quantity)) continue;
    const std::size_t at =
        place(ions_, columns.ion[row]) * stride_ + place(runs_, columns.run[row]);
    const double log2 = pinned::log2(quantity);
    doubles += is_present(log2_[at]) ? 1U : 0U;
    if (log2 <= log2_[at]) continue;
    log2_[at] = log2;
    const double sd = columns.sd.empty() ? 0 : columns.sd[row];
    sd_[at] = is_quantity(sd) ? sd / quantity : 0;
  }
  return doubles;
}

}  // namespace overland::quant
