// Paths in the results folder of a search. This is the only place that names the files that stages
// write under work/.
//
// With ResultsFolder folder("out") these are, below out/:
//   folder.path_of(kModels, "run1")               work/borrow/run1.json
//   folder.path_of(kPeakGroups, "run1", "first_") work/first_second_pass/run1/psms.arrow
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace overland::params {

// A file that a stage writes and other stages read. If `file` contains "{run}", there is one file
// per run, and "{run}" is replaced by the run's name.
struct Artefact {
  std::string_view name;   // for messages, manifests and graphs
  std::string_view stage;  // stage that writes it, and name of the stage's folder under work/
  std::string_view file;   // path in the stage's folder
  [[nodiscard]] constexpr bool is_per_run() const {
    return file.find("{run}") != std::string_view::npos;
  }
  bool operator==(const Artefact&) const = default;
};

inline constexpr Artefact kRunRecord{"run record", "read", "{run}/record.json"};
inline constexpr Artefact kLibraryRecord{"library", "library", "library.json"};
inline constexpr Artefact kBuiltLibraryRecord{"built library", "build_library", "library.json"};
inline constexpr Artefact kRefinedLibraryRecord{"refined library", "refine", "library.json"};
inline constexpr Artefact kObservedSpectra{"observed spectra", "refine",
                                           "observed_spectra.parquet"};
inline constexpr Artefact kOwnModels{"own models", "tune", "{run}/models.json"};
inline constexpr Artefact kCalibrationPoints{"calibration points", "tune", "{run}/points.parquet"};
inline constexpr Artefact kModels{"models", "borrow", "{run}.json"};
inline constexpr Artefact kPeakGroups{"peak groups", "second_pass", "{run}/psms.arrow"};
inline constexpr Artefact kScores{"scores", "score", "{run}.arrow"};
inline constexpr Artefact kRowScores{"peak group scores", "score", "{run}.rows.arrow"};
inline constexpr Artefact kProteinGroups{"protein groups", "score", "protein_groups.arrow"};
inline constexpr Artefact kFeatureImportance{"feature importance", "score", "importance.parquet"};
inline constexpr Artefact kMatchedScores{"matched scores", "transfer", "{run}.arrow"};
inline constexpr Artefact kTraces{"traces", "chromatograms", "{run}/traces.arrow"};
inline constexpr Artefact kTracePoints{"trace points", "chromatograms", "{run}/points.arrow"};
inline constexpr Artefact kOwnQuantities{"own quantities", "own_limits", "{run}/quantities.arrow"};
inline constexpr Artefact kLimits{"limits", "limits", "limits.arrow"};
inline constexpr Artefact kQuantities{"quantities", "integrate", "{run}/quantities.arrow"};
inline constexpr Artefact kReportRecord{"report", "report", "report.json"};
// Not read by other stages: the run as stages map it into memory; what `overland audit` resamples.
inline constexpr Artefact kAuditEntries{"audit entries", "audit", "entries.parquet"};
inline constexpr Artefact kConvertedRun{"converted run", "read", "{run}/run.arrow"};

class ResultsFolder {
 public:
  explicit ResultsFolder(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path work() const { return root_ / "work"; }
  // `round` is a prefix of the stage's folder, for the first round of a search with refinement.
  [[nodiscard]] std::filesystem::path path_of(const Artefact& artefact, std::string_view run = {},
                                              std::string_view round = {}) const;

  // All options and parameters of the search, from which it can be repeated.
  [[nodiscard]] std::filesystem::path config() const { return root_ / "config.json"; }
  [[nodiscard]] std::filesystem::path log() const { return root_ / "log.txt"; }
  // Cached hashes of input files, identified by size and modification time.
  [[nodiscard]] std::filesystem::path known_hashes() const { return work() / "hashes.json"; }
  // Lock file held by a search while it writes into the folder.
  [[nodiscard]] std::filesystem::path lock() const { return work() / "search.lock"; }
  [[nodiscard]] std::filesystem::path koina_cache() const { return work() / "koina.cache"; }
  // The library that the search built from FASTA.
  [[nodiscard]] std::filesystem::path built_library() const { return root_ / "library.lib"; }

 private:
  std::filesystem::path root_;
};

}  // namespace overland::params
