// The form of peaks that every reader guarantees: strictly ascending m/z, all values finite,
// intensities above zero.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/run_columns.h"

namespace overland::io {

// Whether peaks have this form. Precondition: both spans have the same length.
[[nodiscard]] bool peaks_are_clean(std::span<const float> mz, std::span<const float> intensity);

// Corrects peaks in place: drops peaks with NaN, infinite, zero or negative values, sorts by m/z
// (stable) and adds the intensities of equal m/z. Keeps its workspace between scans.
class PeakCleaner {
 public:
  // Returns the number of peaks left, which are at the front. Precondition: both spans have the
  // same length.
  std::size_t clean(std::span<float> mz, std::span<float> intensity, PeakCorrections& corrections);

 private:
  struct Peak {
    float mz, intensity;
  };
  std::vector<Peak> peaks_;
};

}  // namespace overland::io
