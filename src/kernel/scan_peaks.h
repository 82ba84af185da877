// The peaks of one scan, as a view.
#pragma once

#include <cstddef>
#include <span>

namespace overland::kernel {

struct ScanPeaks {
  std::span<const float> mz;         // Th, ascending
  std::span<const float> intensity;  // counts, > 0
  [[nodiscard]] std::size_t size() const { return mz.size(); }
};

}  // namespace overland::kernel
