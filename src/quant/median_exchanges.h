// A sorting network compares the same positions for any data, so that several columns can be sorted
// side by side in vector registers without branches that depend on values. This network is
// Batcher's odd-even merge sort without the exchanges that do not affect the lower half, because a
// median does not need the upper half in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace overland::quant {

struct Exchange {
  std::uint16_t low, high;  // the smaller value goes to position `low`
};

// The exchanges for a column of `length` values. After them, the first length / 2 + 1 positions
// hold the smallest values in ascending order.
[[nodiscard]] constexpr std::vector<Exchange> median_exchanges(std::size_t length) {
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
  // From the last exchange to the first: an exchange is needed if one of its two results is needed.
  std::vector<char> is_needed(length, 0);
  std::fill_n(is_needed.begin(), std::min(length, length / 2 + 1), char{1});
  std::vector<Exchange> needed;
  for (std::size_t e = all.size(); e-- > 0;) {
    if (is_needed[all[e].low] == 0 && is_needed[all[e].high] == 0) continue;
    is_needed[all[e].low] = is_needed[all[e].high] = 1;
    needed.push_back(all[e]);
  }
  std::reverse(needed.begin(), needed.end());
  return needed;
}

}  // namespace overland::quant
