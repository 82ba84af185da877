#include "lfq/lfq_names.h"

#include <algorithm>
#include <numeric>

namespace overland::lfq {

std::vector<std::uint32_t> LfqNames::order() const {
  std::vector<std::uint32_t> order(names_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t n) -> const std::string& { return names_[n]; });
  return order;
}

std::vector<std::uint32_t> LfqNames::ranks() const {
  const std::vector<std::uint32_t> sorted = order();
  std::vector<std::uint32_t> ranks(sorted.size());
  for (std::uint32_t rank = 0; rank < sorted.size(); ++rank) ranks[sorted[rank]] = rank;
  return ranks;
}

std::vector<std::string> LfqNames::sorted() const {
  std::vector<std::string> names;
  for (const std::uint32_t number : order()) names.push_back(names_[number]);
  return names;
}

}  // namespace overland::lfq
