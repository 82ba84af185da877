// The chromatogram of one precursor as it is integrated: its points in time order, from one window
// or from several whose scales were brought together.
#pragma once

#include <span>
#include <vector>

#include "quantify/trace_file.h"

namespace overland::quantify {

// Columns of equal length.
struct MergedTrace {
  std::vector<double> t;       // minutes, strictly ascending
  std::vector<double> raw;     // intensity
  std::vector<double> weight;  // for smoothing: fraction of the precursor that was isolated
  std::vector<double> counting, residual;  // standard deviations, see ColumnErrors
  std::vector<float> purity;               // 0..1
  std::vector<RunScan> scan;

  void clear();
  void reserve(std::size_t points);
  [[nodiscard]] std::size_t size() const { return t.size(); }
};

// Share of a precursor that a window lets through: the isotopes M0..M+2 inside its limits, by the
// averagine envelope; 0..1.
[[nodiscard]] double nominal_transmission(const run::IsolationWindow& window, double mz,
                                          int charge);

class TraceMerger {
 public:
  TraceMerger(const search::RunView& view, const TraceFile& file) : view_(view), file_(file) {}

  // MS2 traces of a row. Other windows are brought to the scale of the one that lets most through:
  // divided by the median ratio of their points near the apex to its own. One that shares fewer
  // than three points with signal is left out. Empty for a precursor whose monoisotopic m/z no
  // window isolates: what its heavier isotopes leave in a window is on another scale than all other
  // quantities, so it has none.
  void load(std::size_t row, PrecursorId precursor, double rt_minutes, double width_minutes,
            MergedTrace& out);
  // False when the row has no MS1 trace.
  [[nodiscard]] bool load_ms1(std::size_t row, MergedTrace& out);

 private:
  void append(const StoredTrace& trace, double gain, double weight, MergedTrace& out) const;
  void sort_by_time(MergedTrace& out);
  [[nodiscard]] double gain_of(const StoredTrace& trace, const MergedTrace& best, double from,
                               double to);

  const search::RunView& view_;
  const TraceFile& file_;
  MergedTrace best_, sorted_;
  std::vector<double> ratios_;
  std::vector<std::uint32_t> order_;
};

}  // namespace overland::quantify
