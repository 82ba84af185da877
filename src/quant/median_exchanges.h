// A sorting network compares the same places whatever the data are, so columns are sorted side by
// side in vector registers and no branch depends on a value. This one is Batcher's odd-even merge
// sort, without the exchanges that do not decide the lower half: the rest of a median's column need
// not be in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace overland::quant {

struct Exchange {
  std::uint16_t low, high;  // the smaller value goes to place `low`
};

// Of a column of `length` values; on return its first length / 2 + 1 places are its smallest values
// in order.
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
  // Backwards: an exchange is needed when one of its two results is.
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
