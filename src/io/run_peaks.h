// The promise every reader keeps about peaks: strictly ascending m/z, finite, intensity above zero.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/run_columns.h"

namespace overland::io {

// Precondition: both of one length.
[[nodiscard]] bool peaks_are_clean(std::span<const float> mz, std::span<const float> intensity);

// Puts peaks right in place: drops those that are NaN, infinite, zero or negative, sorts by m/z
// (stable), adds the intensities of equal m/z. Keeps its scratch memory between scans.
class PeakCleaner {
 public:
  // Returns how many peaks are left, at the front. Precondition: both of one length.
  std::size_t clean(std::span<float> mz, std::span<float> intensity, PeakCorrections& corrections);

 private:
  struct Peak {
    float mz, intensity;
  };
  std::vector<Peak> peaks_;
};

}  // namespace overland::io
