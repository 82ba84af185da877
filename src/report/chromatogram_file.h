// Reads xic.parquet for the viewer: the fragment chromatograms of a precursor in all runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "io/table/nested_file.h"
#include "report/html_page.h"

namespace overland::report {

// One precursor in one run (docs/formats/xic.md), fragments first: [fragment][point].
struct Chromatogram {
  std::string run;
  bool is_decoy = false;
  std::vector<float> rt_minutes;              // retention times of the points
  std::vector<std::string> fragments;         // "y7^1"
  std::vector<float> raw;                     // observed intensities
  std::vector<float> weight;                  // weight from the deconvolution, per point
  std::vector<float> share;                   // template intensity per fragment; sums to 1
  float rt_start = 0, rt_stop = 0, apex = 0;  // minutes; NaN if missing
  float area = std::numeric_limits<float>::quiet_NaN();  // intensity x minutes; NaN if missing
};

class ChromatogramFile {
 public:
  // Reads the index of the file only; of() and of_many() read the chromatograms.
  // Errors OVL-IO-001, OVL-IO-003, OVL-IO-090 (a column is missing).
  [[nodiscard]] static Result<ChromatogramFile> open(const std::filesystem::path& file);

  // Precursor ids in the order of their first appearance.
  [[nodiscard]] const std::vector<std::string>& precursors() const { return ids_; }
  [[nodiscard]] std::size_t run_count(std::size_t precursor) const {
    return rows_of_id_[precursor].size();
  }
  // The chromatograms of one precursor, in the order of the file; empty for an unknown precursor.
  [[nodiscard]] Result<std::vector<Chromatogram>> of(const std::string& precursor) const;
  // The chromatograms of several precursors (positions in precursors()); each row group is read
  // once.
  [[nodiscard]] Result<std::vector<std::vector<Chromatogram>>> of_many(
      const std::vector<std::size_t>& wanted) const;

 private:
  struct FileRow {
    std::uint32_t group = 0, row = 0;
  };
  ChromatogramFile(io::NestedFile file, std::string where)
      : file_(std::move(file)), where_(std::move(where)) {}
  Result<void> index();

  io::NestedFile file_;
  std::string where_;
  std::vector<std::string> ids_;
  std::vector<std::vector<FileRow>> rows_of_id_;
  std::unordered_map<std::string, std::size_t> position_;
};

// The chromatogram as JSON for the page; the run is stored as its position in `runs`. With
// `is_compact`, intensities are base64 of bytes on a square-root scale (values of 1 % of the
// maximum are accurate to 4 %); otherwise they are numbers.
[[nodiscard]] PageJson chromatogram_json(const Chromatogram& trace,
                                         const std::vector<std::string>& runs, bool is_compact);

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace overland::report
