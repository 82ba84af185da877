// Rows of the second pass: one per peak group of a precursor in a run, with its features.
// The list of features stands in one place (psm_table.cpp) and is what rescoring sees.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "io/table/mapped_columns.h"
#include "kernel/peak_groups.h"
#include "search/row_bounds.h"

namespace overland::search {

struct Ms1Scores {               // NaN where the run has no MS1 scan near the peak
  float correlation = 0;         // best precursor isotope's trace against the fragments' profile
  float isotope_cosine = 0;      // M0, M+1, M+2 against the expected envelope
  float error_ppm = 0;           // |mean error| of M0
  float log_ratio = 0;           // log2 of precursor over fragment intensity
  float isotopes = 0;            // of M0..M+2 seen at the apex
  float apex_offset = 0;         // |time of the strongest M0 - MS2 apex| over the cycle time
  float second_correlation = 0;  // second best isotope's trace against the profile
  float lighter_ratio =
      0;  // peak one neutron below M0 over M0, 0..4: high where M0 is not the first
};

struct PsmRow {
  PrecursorId precursor{};
  WindowId window{};
  std::uint8_t rank = 0;  // of the group in its trace
  RunScan apex_scan{};
  float rt_minutes = 0, rt_start = 0, rt_stop = 0;
  float irt_observed = 0;  // iRT of the apex by the run's model
  kernel::GroupScores group;
  Ms1Scores ms1;
  float irt_error = 0;       // |observed - library| over the tolerance
  float mass_error = 0;      // mean |ppm| of the fragments at the apex, intensity-weighted
  float mass_bias = 0;       // |mean ppm|
  float isotope_cosine = 0;  // fragments and their first isotopes at the apex against the template
  float lighter_share = 0;   // of the matched fragments: with as strong a peak one neutron lighter
  float transmitted = 0;     // share of the precursor's isotopes that the window lets through
  float y_matched = 0, b_matched = 0, longest_y = 0;
  float scan_share = 0;  // log2 of the share of the scan's intensity
  float charge = 0, fragment_count = 0, precursor_mz = 0;
  // Of the best group of another window at that time; 0 without one, NaN where no other isolates
  // it.
  float other_window_cosine = 0, other_window_coelution = 0, other_window_match_score = 0;
};

struct PsmTable {
  std::vector<PsmRow> rows;  // by (precursor, window, rank)
};

struct PsmFeature {
  const char* name;
  float (*value)(const PsmRow&) = nullptr;
  bool is_core = false;  // of the linear model too, which serves small data; trees see all
  // +1: a higher value cannot count against a peak group, -1: nor a lower one; 0: either may.
  std::int8_t direction = 0;
};
[[nodiscard]] std::span<const PsmFeature> psm_features();

// Arrow file, one column per field. Errors OVL-IO-001..021.
[[nodiscard]] Result<void> write_psms(const PsmTable& table, const std::filesystem::path& file);

// Where and when the peak groups of a file are.
struct PsmIdentity {
  std::span<const std::uint32_t> precursor;
  std::span<const WindowId> window;
  std::span<const RunScan> apex_scan;
  std::span<const float> rt_minutes, rt_start, rt_stop, irt_observed;
  [[nodiscard]] std::size_t size() const { return precursor.size(); }
};

// A file of rows, mapped: features are gathered where they are wanted.
class PsmFile {
 public:
  // Errors OVL-IO-001..021, OVL-IO-061 (a row names what is beyond `bounds`, or is out of order).
  [[nodiscard]] static Result<PsmFile> open(const std::filesystem::path& file,
                                            const RowBounds& bounds);
  [[nodiscard]] const PsmIdentity& identity() const { return identity_; }
  [[nodiscard]] std::size_t size() const { return identity_.size(); }
  // Appends the features of `rows`, row-major.
  void gather(std::span<const std::uint32_t> rows, std::vector<float>& values) const;
  // One of psm_features() by its name, of all rows.
  [[nodiscard]] std::span<const float> feature(std::string_view name) const;

 private:
  explicit PsmFile(io::MappedColumns mapped) : mapped_(std::move(mapped)) {}
  io::MappedColumns mapped_;
  PsmIdentity identity_;
  std::vector<std::span<const float>> features_;
};

// The whole file in memory: `overland explain` asks for one run's.
struct PsmColumns {
  std::vector<std::uint32_t> precursor;
  std::vector<WindowId> window;
  std::vector<RunScan> apex_scan;
  std::vector<float> rt_minutes, rt_start, rt_stop, irt_observed;
  std::vector<float> features;  // row-major
};
[[nodiscard]] Result<PsmColumns> read_psms(const std::filesystem::path& file,
                                           const RowBounds& bounds);

}  // namespace overland::search
