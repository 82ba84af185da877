// Whether spectra are profile spectra, by their points and not by what the file says.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {
struct RunColumns;
}  // namespace overland::io

namespace overland::run {

// Share of the points (0..1) that stand at the same distance from both neighbours, within 10 % and
// the precision of 32-bit floats, and nearer than 0.15 m/z: on the flanks of profile peaks nearly
// all, of centroids a few per cent. `mz` ascends.
[[nodiscard]] double equidistant_share(std::span<const float> mz);

// Looks at a sample of the scans `rows` with enough points, MS1 and MS2 apart. Error OVL-RUN-002:
// in more than half of a sample the share is above kProfileShare.
inline constexpr double kProfileShare = 0.3;
[[nodiscard]] Result<void> check_centroids(const io::RunColumns& columns,
                                           const std::vector<std::size_t>& rows,
                                           const std::string& where);

}  // namespace overland::run
