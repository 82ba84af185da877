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
  Placing(const CohortSource& runs, std::size_t precursors)
      : runs_(runs),
        precursors_(precursors),
        offset_(runs.run_count(), 0),
        is_placed_(runs.run_count()) {}

  Result<std::vector<double>> place() {
    std::vector<std::vector<std::size_t>> islands;
    while (true) {
      const std::size_t first = largest_left();
      if (first == runs_.run_count()) break;
      auto island = grow_island(first);
      if (!island) return std::unexpected(island.error());
      islands.push_back(std::move(*island));
    }
    std::stable_sort(islands.begin(), islands.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (std::size_t i = 1; i < islands.size(); ++i) {
      if (auto done = join(islands[0], islands[i]); !done) return std::unexpected(done.error());
    }
    return std::move(offset_);
  }

 private:
  struct Link {
    double height = 0, offset = 0;  // density and offset of the best comparison so far
  };

  [[nodiscard]] std::size_t largest_left() const {
    const std::size_t runs = runs_.run_count();
    std::size_t best = runs;
    for (std::size_t r = 0; r < runs; ++r) {
      if (is_placed_[r]) continue;
      if (best == runs || runs_.row_count(r) > runs_.row_count(best)) best = r;
    }
    return best;
  }

  // Log ratios of a run's quantities to `levels` (log2 by precursor).
  std::span<const double> ratios_to(const std::vector<double>& levels, const RunQuantities& run) {
    ratios_.clear();
    for (const RunQuantity& row : run.rows) {
      const double level = levels[row.precursor];
      if (level == level) ratios_.push_back(row.log2 - level);
    }
    return ratios_;
  }

  // Repeatedly adds the run whose ratios to a run of the island have the densest cluster.
  Result<std::vector<std::size_t>> grow_island(std::size_t first) {
    const std::size_t runs = runs_.run_count();
    std::vector<std::size_t> island{first};
    std::vector<Link> link(runs);
    is_placed_[first] = true;
    for (std::size_t next = first; next != runs;) {
      if (island.size() <= kAnchors) {
        if (auto done = compare_with(next, link); !done) return std::unexpected(done.error());
      }
      next = runs;
      for (std::size_t r = 0; r < runs; ++r) {
        if (is_placed_[r] || link[r].height <= 0) continue;
        if (next == runs || link[r].height > link[next].height) next = r;
      }
      if (next == runs) break;
      is_placed_[next] = true;
      offset_[next] = link[next].offset;
      island.push_back(next);
    }
    return island;
  }

  Result<void> compare_with(std::size_t anchor, std::vector<Link>& link) {
    std::vector<double> levels(precursors_, kNone);
    const auto own = runs_.open(anchor);
    if (!own) return std::unexpected(own.error());
    for (const RunQuantity& row : own->rows) levels[row.precursor] = row.log2 - offset_[anchor];
    for (std::size_t r = 0; r < runs_.run_count(); ++r) {
      if (is_placed_[r]) continue;
      const auto run = runs_.open(r);
      if (!run) return std::unexpected(run.error());
      const auto ratios = ratios_to(levels, *run);
      if (ratios.size() < kLeastShared) continue;
      const DensityMode mode = density_mode(ratios, 0, kModeWidth);
      if (!mode.is_ambiguous && mode.height > link[r].height) link[r] = {mode.height, mode.at};
    }
    return {};
  }

  // Of the precursors in the island's first runs; NaN of others.
  [[nodiscard]] Result<std::vector<double>> levels_of(
      const std::vector<std::size_t>& island) const {
    std::vector<std::vector<double>> known(precursors_);
    for (std::size_t i = 0; i < std::min(island.size(), kAnchors); ++i) {
      const auto run = runs_.open(island[i]);
      if (!run) return std::unexpected(run.error());
      for (const RunQuantity& row : run->rows)
        known[row.precursor].push_back(row.log2 - offset_[island[i]]);
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
  Result<void> join(std::vector<std::size_t>& main, const std::vector<std::size_t>& other) {
    const auto to = levels_of(main);
    if (!to) return std::unexpected(to.error());
    const auto from = levels_of(other);
    if (!from) return std::unexpected(from.error());
    ratios_.clear();
    for (std::size_t p = 0; p < precursors_; ++p) {
      const double ratio = (*from)[p] - (*to)[p];
      if (ratio == ratio) ratios_.push_back(ratio);
    }
    const double expected = mean_offset(main) - mean_offset(other);
    const double shift =
        ratios_.size() < kLeastShared ? expected : density_mode(ratios_, expected, kModeWidth).at;
    for (const std::size_t r : other) offset_[r] += shift;
    main.insert(main.end(), other.begin(), other.end());
    return {};
  }

  const CohortSource& runs_;
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

Result<std::vector<double>> place_runs(const CohortSource& runs, std::size_t precursor_count) {
  return Placing(runs, precursor_count).place();
}

std::vector<std::uint32_t> order_by_time(std::span<const RunQuantity> rows) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return rows[a].rt != rows[b].rt ? rows[a].rt < rows[b].rt
                                    : rows[a].precursor < rows[b].precursor;
  });
  return order;
}

}  // namespace overland::quant
