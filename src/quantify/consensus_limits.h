// Limits of a precursor's peak over all runs that saw it: the medians of what lies before and after
// the apex, in units of each run's peak width. Noise widens or narrows the limits of single runs;
// the medians do not follow it, and the same part of the peak is measured everywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"

namespace overland::quantify {

struct Quantity;

struct ConsensusLimits {
  std::vector<std::uint32_t> precursor;  // ascending
  std::vector<float> before, after;      // in peak widths
  // Position in the columns; nothing for a precursor without limits.
  [[nodiscard]] std::optional<std::size_t> find(std::uint32_t wanted) const;
};

// What the limits of runs are made of.
struct LimitFiles {
  std::span<const std::filesystem::path> quantities;  // quantities.arrow of the runs
  std::span<const double> widths;                     // their median_width, 0: does not count
  std::filesystem::path scratch;                      // folder of a scratch file
};

// Of precursors with a quantity in at least two runs; runs may be in any order, for medians do not
// see it. Memory does not grow with the number of runs: `most_held` limits at a time, or those of
// one precursor. Errors of the files, OVL-IO-002.
[[nodiscard]] Result<ConsensusLimits> consensus_limits(const LimitFiles& runs,
                                                       std::size_t most_held = std::size_t{1}
                                                                               << 20);

// The run's median full width at half maximum, in minutes; 0 without quantities.
[[nodiscard]] double median_width(std::span<const Quantity> rows);

[[nodiscard]] Result<void> write_limits(const ConsensusLimits& limits,
                                        const std::filesystem::path& file);
[[nodiscard]] Result<ConsensusLimits> read_limits(const std::filesystem::path& file);

}  // namespace overland::quantify
