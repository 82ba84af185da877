#include "quant/median_network.h"

#include <algorithm>
#include <array>
#include <limits>

namespace overland::quant {
namespace {

constexpr double kMissing = std::numeric_limits<double>::infinity();

double middle(double* values, std::size_t count) {
  const std::size_t half = count / 2;
  std::nth_element(values, values + half, values + count);
  if (count % 2 == 1) return values[half];
  return (*std::max_element(values, values + half) + values[half]) / 2;
}

// One lane after the other; for columns that are too long for a network.
void select_medians(std::span<const double> rows, std::size_t length,
                    std::span<double, kLanes> medians, std::span<std::uint32_t, kLanes> counts) {
  thread_local std::vector<double> column;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    column.clear();
    for (std::size_t k = 0; k < length; ++k) {
      const double value = rows[k * kLanes + lane];
      if (value < kMissing) column.push_back(value);
    }
    counts[lane] = static_cast<std::uint32_t>(column.size());
    medians[lane] = column.empty() ? 0 : middle(column.data(), column.size());
  }
}

}  // namespace

MedianNetwork::MedianNetwork(std::size_t length) {
  std::vector<Exchange> all;
  for (std::size_t p = 1; p < length; p *= 2) {
    for (std::size_t k = p; k >= 1; k /= 2) {
      for (std::size_t j = k % p; j + k < length; j += 2 * k) {
        for (std::size_t i = 0; i < std::min(k, length - j - k); ++i) {
          if ((i + j) / (2 * p) != (i + j + k) / (2 * p)) continue;
          all.push_back({static_cast<std::uint16_t>(i + j), static_cast<std::uint16_t>(i + j + k)});
        }
      }
    }
  }
  // Backwards: an exchange is needed when one of its two results is.
  std::vector<bool> is_needed(length, false);
  std::fill_n(is_needed.begin(), std::min(length, length / 2 + 1), true);
  for (auto e = all.rbegin(); e != all.rend(); ++e) {
    if (!is_needed[e->low] && !is_needed[e->high]) continue;
    is_needed[e->low] = is_needed[e->high] = true;
    exchanges_.push_back(*e);
  }
  std::reverse(exchanges_.begin(), exchanges_.end());
}

const MedianNetwork& median_network(std::size_t length) {
  static const std::vector<MedianNetwork> networks = [] {
    std::vector<MedianNetwork> made;
    for (std::size_t n = 0; n <= kNetworkMost; ++n) made.emplace_back(n);
    return made;
  }();
  return networks[length];
}

void column_medians(std::span<double> rows, std::size_t length, std::span<double, kLanes> medians,
                    std::span<std::uint32_t, kLanes> counts) {
  if (length > kNetworkMost) return select_medians(rows, length, medians, counts);
  std::array<std::uint64_t, kLanes> present{};
  for (std::size_t k = 0; k < length; ++k) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      present[lane] += rows[k * kLanes + lane] < kMissing ? 1U : 0U;
    }
  }
  median_network(length).sort(rows.data());
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const auto count = static_cast<std::size_t>(present[lane]);
    counts[lane] = static_cast<std::uint32_t>(count);
    medians[lane] =
        count == 0 ? 0
                   : (rows[(count - 1) / 2 * kLanes + lane] + rows[count / 2 * kLanes + lane]) / 2;
  }
}

}  // namespace overland::quant
