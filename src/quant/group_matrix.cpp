#include "quant/group_matrix.h"

#include <algorithm>

#include "base/pinned_math.h"
#include "quant/ratio_medians.h"

namespace overland::quant {
namespace {

bool is_quantity(double q) {
  return q > 0 && q < std::numeric_limits<double>::infinity();
}

}  // namespace

void GroupMatrix::Numbering::clear() {
  for (const std::uint32_t number : numbers_) place_[number] = kAbsent;
  numbers_.clear();
}

void GroupMatrix::Numbering::add(std::uint32_t number) {
  if (number >= place_.size()) place_.resize(number + std::size_t{1}, kAbsent);
  if (place_[number] != kAbsent) return;
  place_[number] = 0;
  numbers_.push_back(number);
}

void GroupMatrix::Numbering::close() {
  std::sort(numbers_.begin(), numbers_.end());
  for (std::size_t k = 0; k < numbers_.size(); ++k) {
    place_[numbers_[k]] = static_cast<std::uint32_t>(k);
  }
}

std::size_t GroupMatrix::fill(const LfqColumns& columns, std::span<const std::uint32_t> rows) {
  ions_.clear();
  runs_.clear();
  for (const std::uint32_t row : rows) {
    if (!is_quantity(columns.quantity[row])) continue;
    ions_.add(columns.ion[row]);
    runs_.add(columns.run[row]);
  }
  ions_.close();
  runs_.close();
  stride_ = (runs_.size() + kLanes - 1) / kLanes * kLanes;
  log2_.assign(ions_.size() * stride_, kMissing);
  sd_.assign(ions_.size() * stride_, 0);
  std::size_t doubles = 0;
  for (const std::uint32_t row : rows) {
    const double quantity = columns.quantity[row];
    if (!is_quantity(quantity)) continue;
    const std::size_t at = ions_.place(columns.ion[row]) * stride_ + runs_.place(columns.run[row]);
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
