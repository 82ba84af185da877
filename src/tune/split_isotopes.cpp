#include "tune/split_isotopes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/pinned_math.h"
#include "chemistry/constants.h"
#include "kernel/peak_match.h"
#include "library_build/fragment_isotopes.h"

namespace overland::tune {
namespace {

constexpr std::size_t kFragments = 8;         // strongest of each identification
constexpr std::size_t kFragmentIsotopes = 3;  // of each fragment
constexpr double kNearEdge = 1.2;             // Th from M to an edge
constexpr double kClearSignal = 6;            // times the weakest peaks of the scans
constexpr double kIonsOfWeakestPeak = 6;      // an Orbitrap or Astral hardly reports fewer

struct FragmentSignal {
  std::array<double, kFragmentIsotopes> intensity{};  // summed over the scans
};

// Sum of the peaks at m/z in the scan `middle` and its two neighbours; and the sum of the weakest
// peaks.
class ScanTriple {
 public:
  ScanTriple(const search::RunView& view, const search::RunModels& models,
             const run::IsolationWindow& window, WindowScan middle)
      : tolerance_(models.mass.tolerance) {
    const std::size_t first = earlier(middle, 1).index();
    const std::size_t last = std::min<std::size_t>(middle.index() + 1, window.scans.size() - 1);
    for (std::size_t k = first; k <= last; ++k) {
      const RunScan scan = window.scans[k];
      const kernel::ScanPeaks peaks = view.run.peaks(scan);
      if (peaks.size() == 0) continue;
      scans_[count_] = peaks;
      factor_[count_++] =
          1 + 1e-6 * models.mass.offset_at(
                         static_cast<double>(view.rt_of(scan)),
                         0.5 * static_cast<double>(peaks.mz.front() + peaks.mz.back()));
      weakest_ += static_cast<double>(*std::ranges::min_element(peaks.intensity));
    }
  }
  [[nodiscard]] double at(double mz) const {
    double sum = 0;
    for (std::size_t k = 0; k < count_; ++k) {
      const std::int32_t peak =
          kernel::nearest_peak(scans_[k].mz, static_cast<float>(mz * factor_[k]), tolerance_);
      if (peak >= 0)
        sum += static_cast<double>(scans_[k].intensity[static_cast<std::size_t>(peak)]);
    }
    return sum;
  }
  [[nodiscard]] double weakest() const { return weakest_; }

 private:
  PpmWindow tolerance_;
  std::array<kernel::ScanPeaks, 3> scans_{};
  std::array<double, 3> factor_{};
  std::size_t count_ = 0;
  double weakest_ = 0;
};

WindowScan nearest_scan(const search::RunView& view, const run::IsolationWindow& window, float rt) {
  const auto above = std::lower_bound(window.scans.begin(), window.scans.end(), rt,
                                      [&](RunScan scan, float t) { return view.rt_of(scan) < t; });
  const WindowScan next(static_cast<std::uint32_t>(above - window.scans.begin()));
  if (above == window.scans.begin()) return next;
  const bool is_above =
      above != window.scans.end() && view.rt_of(*above) - rt < rt - view.rt_of(*(above - 1));
  return is_above ? next : earlier(next, 1);
}

// The row of a pair (j, j+1), unless neither is safely above the limit of detection.
bool set_ratio(const FragmentSignal& signal, std::size_t j, double weakest,
               calibrate::SplitIsotopeRow& row) {
  const double lighter = signal.intensity[j];
  const double heavier = signal.intensity[j + 1];
  if (std::max(lighter, heavier) < kClearSignal * weakest) return false;
  row.isotope = static_cast<std::uint8_t>(j);
  row.seen = heavier <= 0   ? calibrate::SplitIsotopeRow::Seen::lighter_only
             : lighter <= 0 ? calibrate::SplitIsotopeRow::Seen::heavier_only
                            : calibrate::SplitIsotopeRow::Seen::both;
  const double low = std::max(lighter, weakest);
  const double high = std::max(heavier, weakest);
  row.log_ratio = pinned::log(high / low);
  row.variance = weakest / kIonsOfWeakestPeak * (1 / low + 1 / high);
  return true;
}

class Collector {
 public:
  Collector(const search::RunView& view, const search::RunModels& models)
      : view_(view), models_(models) {}

  void add(const search::FirstPassHit& hit, std::vector<calibrate::SplitIsotopeRow>& rows) {
    const double mz = static_cast<double>(view_.library.precursor_mz[hit.precursor.index()]);
    const double spacing = kCarbon13Spacing / view_.library.charge[hit.precursor.index()];
    is_described_ = false;
    for (const run::IsolationWindow& window : view_.windows) {
      const double low = static_cast<double>(window.low_mz);
      const double high = static_cast<double>(window.high_mz);
      const bool is_near = std::abs(mz - low) < kNearEdge || std::abs(mz - high) < kNearEdge;
      if (!is_near || window.scans.empty()) continue;
      if (!is_described_ && !describe(hit.precursor)) return;
      calibrate::SplitIsotopeRow row;
      row.low_mz = low;
      row.high_mz = high;
      row.precursor_mz = mz;
      row.spacing = spacing;
      add_window(window, view_.rt_of(hit.scan), row, rows);
    }
  }

 private:
  struct Fragment {
    double mz = 0, spacing = 0;
    std::array<double, kIsotopeCount> own{}, complement{};
  };

  bool describe(PrecursorId precursor) {
    const auto peptide = parse_peptide(view_.library.modified_sequence[precursor.index()]);
    if (!peptide) return false;
    const IsotopeSeries whole = isotope_series(composition(*peptide));
    const std::uint64_t begin = view_.library.fragment_begin[precursor.index()];
    const std::size_t count = std::min(view_.fragment_count(precursor), kFragments);
    fragments_.clear();
    for (std::size_t f = 0; f < count; ++f) {
      const std::uint8_t kind = view_.library.fragment_kind[begin + f];
      const int charge = std::max(1, library::kind_charge(kind));
      const FragmentIon ion{library::kind_type(kind), view_.library.fragment_ordinal[begin + f],
                            static_cast<std::uint8_t>(charge)};
      const IsotopeSeries own = isotope_series(library_build::fragment_composition(*peptide, ion));
      IsotopeSeries rest = whole;
      for (std::size_t k = 0; k < rest.size(); ++k) rest[k] -= own[k];
      fragments_.push_back({static_cast<double>(view_.library.fragment_mz[begin + f]),
                            kCarbon13Spacing / charge, relative_isotopes(own),
                            relative_isotopes(rest)});
    }
    is_described_ = true;
    return true;
  }

  void add_window(const run::IsolationWindow& window, float rt, calibrate::SplitIsotopeRow row,
                  std::vector<calibrate::SplitIsotopeRow>& rows) const {
    const ScanTriple scans(view_, models_, window, nearest_scan(view_, window, rt));
    for (const Fragment& fragment : fragments_) {
      FragmentSignal signal;
      for (std::size_t j = 0; j < kFragmentIsotopes; ++j) {
        signal.intensity[j] = scans.at(fragment.mz + static_cast<double>(j) * fragment.spacing);
      }
      row.complement = fragment.complement;
      for (std::size_t j = 0; j + 1 < kFragmentIsotopes; ++j) {
        if (!set_ratio(signal, j, scans.weakest(), row)) continue;
        row.own_ratio = fragment.own[j + 1] / fragment.own[j];
        rows.push_back(row);
      }
    }
  }

  const search::RunView& view_;
  const search::RunModels& models_;
  std::vector<Fragment> fragments_;
  bool is_described_ = false;
};

}  // namespace

std::vector<calibrate::SplitIsotopeRow> split_isotope_rows(
    const search::RunView& view, const search::RunModels& models,
    std::span<const search::FirstPassHit> hits, std::size_t max_rows) {
  std::vector<calibrate::SplitIsotopeRow> rows;
  Collector collector(view, models);
  for (const search::FirstPassHit& hit : hits) collector.add(hit, rows);
  if (rows.size() <= max_rows) return rows;
  std::vector<calibrate::SplitIsotopeRow> thinned;
  thinned.reserve(max_rows);
  for (std::size_t i = 0; i < max_rows; ++i) thinned.push_back(rows[i * rows.size() / max_rows]);
  return thinned;
}

}  // namespace overland::tune
