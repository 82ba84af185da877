#include "quant/place_runs.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include "quant/density_mode.h"

namespace overland::quant {
namespace {

constexpr std::size_t kAnchors = 25;  // runs of an island that a new run is compared with
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

class Placing {
 public:
  Placing(const std::vector<RunQuantities>& runs, std::size_t precursors)
      : runs_(runs), precursors_(precursors), offset_(runs.size(), 0), is_placed_(runs.size()) {}

  std::vector<double> place() {
    std::vector<std::vector<std::size_t>> islands;
    while (true) {
      const std::size_t first = largest_left();
      if (first == runs_.size()) break;
      islands.push_back(grow_island(first));
    }
    std::stable_sort(islands.begin(), islands.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (std::size_t i = 1; i < islands.size(); ++i) {
      join(islands[0], islands[i]);
    }
    return std::move(offset_);
  }

 private:
  struct Link {
    double height = 0, offset = 0;  // density and offset of the best comparison so far
  };

  [[nodiscard]] std::size_t largest_left() const {
    std::size_t best = runs_.size();
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (is_placed_[r]) continue;
      if (best == runs_.size() || runs_[r].log2.size() > runs_[best].log2.size()) best = r;
    }
    return best;
  }

  // Log ratios of a run's quantities to `levels` (log2 by precursor).
  std::span<const double> ratios_to(const std::vector<double>& levels, std::size_t run) {
    ratios_.clear();
    const RunQuantities& rows = runs_[run];
    for (std::size_t k = 0; k < rows.log2.size(); ++k) {
      const double level = levels[rows.precursor[k]];
      if (level == level) ratios_.push_back(rows.log2[k] - level);
    }
    return ratios_;
  }

  // Repeatedly adds the run whose ratios to a run of the island have the densest cluster.
  std::vector<std::size_t> grow_island(std::size_t first) {
    std::vector<std::size_t> island{first};
    std::vector<Link> link(runs_.size());
    is_placed_[first] = true;
    for (std::size_t next = first; next != runs_.size();) {
      if (island.size() <= kAnchors) compare_with(next, link);
      next = runs_.size();
      for (std::size_t r = 0; r < runs_.size(); ++r) {
        if (is_placed_[r] || link[r].height <= 0) continue;
        if (next == runs_.size() || link[r].height > link[next].height) next = r;
      }
      if (next == runs_.size()) break;
      is_placed_[next] = true;
      offset_[next] = link[next].offset;
      island.push_back(next);
    }
    return island;
  }

  void compare_with(std::size_t anchor, std::vector<Link>& link) {
    std::vector<double> levels(precursors_, kNone);
    for (std::size_t k = 0; k < runs_[anchor].log2.size(); ++k) {
      levels[runs_[anchor].precursor[k]] = runs_[anchor].log2[k] - offset_[anchor];
    }
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (is_placed_[r]) continue;
      const auto ratios = ratios_to(levels, r);
      if (ratios.size() < kLeastShared) continue;
      const DensityMode mode = density_mode(ratios, 0, kModeWidth);
      if (!mode.is_ambiguous && mode.height > link[r].height) link[r] = {mode.height, mode.at};
    }
  }

  [[nodiscard]] std::vector<double> levels_of(const std::vector<std::size_t>& island) const {
    std::vector<std::vector<double>> known(precursors_);
    for (std::size_t i = 0; i < std::min(island.size(), kAnchors); ++i) {
      const RunQuantities& rows = runs_[island[i]];
      for (std::size_t k = 0; k < rows.log2.size(); ++k) {
        known[rows.precursor[k]].push_back(rows.log2[k] - offset_[island[i]]);
      }
    }
    std::vector<double> levels(precursors_, kNone);
    for (std::size_t p = 0; p < precursors_; ++p) {
      if (!known[p].empty()) levels[p] = lower_median(known[p]);
    }
    return levels;
  }

  [[nodiscard]] double mean_offset(const std::vector<std::size_t>& island) const {
    double sum = 0;
    for (const std::size_t r : island) sum += offset_[r];
    return sum / static_cast<double>(island.size());
  }

  // Shifts the second island to fit the first and merges it into the first.
  void join(std::vector<std::size_t>& main, const std::vector<std::size_t>& other) {
    const std::vector<double> to = levels_of(main);
    const std::vector<double> from = levels_of(other);
    ratios_.clear();
    for (std::size_t p = 0; p < precursors_; ++p) {
      const double ratio = from[p] - to[p];
      if (ratio == ratio) ratios_.push_back(ratio);
    }
    const double expected = mean_offset(main) - mean_offset(other);
    const double shift =
        ratios_.size() < kLeastShared ? expected : density_mode(ratios_, expected, kModeWidth).at;
    for (const std::size_t r : other) offset_[r] += shift;
    main.insert(main.end(), other.begin(), other.end());
  }

  const std::vector<RunQuantities>& runs_;
  std::size_t precursors_;
  std::vector<double> offset_;
  std::vector<bool> is_placed_;
  std::vector<double> ratios_;
};

}  // namespace

double lower_median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> place_runs(const std::vector<RunQuantities>& runs,
                               std::size_t precursor_count) {
  return Placing(runs, precursor_count).place();
}

}  // namespace overland::quant
