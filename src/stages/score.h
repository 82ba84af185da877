// Score: all runs together are rescored; q-values per run and over the cohort.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "library/library.h"
#include "scoring/error_levels.h"
#include "stages/search_config.h"

namespace overland {

// One row per (run, precursor): its best peak group. Written per run as scored.arrow.
struct ScoredRow {
  std::uint32_t precursor = 0;
  std::uint16_t window = 0;
  std::uint32_t apex_scan = 0;
  float rt_minutes = 0, rt_start = 0, rt_stop = 0, irt_observed = 0;
  float score = 0;
  double q_value = 1, global_q_value = 1, pep = 1;
  double global_pep = 1;
  double peptide_q_value = 1, global_peptide_q_value = 1, peptide_pep = 1;
  double protein_q_value = 1, global_protein_q_value = 1, protein_pep = 1;
  float protein_score = 0, global_protein_score = 0;  // in this run, in the best of all runs
  std::uint32_t protein_group = kNoGroup;             // row of ScoreResult::groups
  std::uint32_t twin = kNoGroup;  // a precursor that differs from it by I and L alone
  std::uint8_t is_razor = 0;      // its peptide is in another group's proteins, too
};

struct RunScores {
  std::vector<ScoredRow> rows;  // by precursor; q-value up to kKeptQValue or report.q_value
};

struct ProteinGroupNames {
  std::vector<std::string> protein_ids, genes;  // per group
};

struct ScoreResult {
  std::vector<RunScores> runs;
  ProteinGroupNames groups;
  std::string model;
  std::size_t targets_linear = 0, targets_trees = 0;
};

inline constexpr double kKeptQValue = 0.2;  // rows beyond it are of no use, unless reported

// Which fold a target/decoy pair belongs to: by the residues of the target's peptide (I = L), so
// that all its forms and charges and their decoys stand on one side of every training.
[[nodiscard]] std::vector<std::uint8_t> folds_of_pairs(const LibraryView& library);
// Decoys per target of the library: the k of the error rates.
[[nodiscard]] double decoys_per_target(const LibraryView& library);

// `psm_files`: psms.arrow of each run.
[[nodiscard]] Result<ScoreResult> score_runs(const std::vector<std::filesystem::path>& psm_files,
                                             const LibraryView& library, const SearchConfig& config,
                                             int threads);

[[nodiscard]] Result<void> write_scores(const RunScores& scores, const std::filesystem::path& file);
[[nodiscard]] Result<RunScores> read_scores(const std::filesystem::path& file);
// Beside the runs' files.
inline constexpr const char* kProteinGroupsFile = "protein_groups.arrow";
[[nodiscard]] Result<void> write_protein_groups(const ProteinGroupNames& groups,
                                                const std::filesystem::path& file);
[[nodiscard]] Result<ProteinGroupNames> read_protein_groups(const std::filesystem::path& file);

}  // namespace overland
