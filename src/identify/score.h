// Stage `score`: rescores the peak groups of all runs together and computes q-values per run and
// over the cohort.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "scoring/error_levels.h"
#include "scoring/rescore.h"
#include "search/psm_table.h"
#include "search/row_bounds.h"

namespace overland::identify {

// One row per run and precursor: its best peak group.
struct ScoredRow {
  std::uint32_t precursor = 0;
  WindowId window{};
  RunScan apex_scan{};
  float rt_minutes = 0, rt_start = 0, rt_stop = 0, irt_observed = 0;
  float score = 0;
  double q_value = 1, global_q_value = 1, pep = 1;
  double global_pep = 1;
  double peptide_q_value = 1, global_peptide_q_value = 1, peptide_pep = 1;
  double protein_q_value = 1, global_protein_q_value = 1, protein_pep = 1;
  float protein_score = 0, global_protein_score = 0;  // in this run; best of all runs
  std::uint32_t protein_group = scoring::kNoGroup;    // row of kProteinGroupsFile
  std::uint32_t il_twin = scoring::kNoGroup;          // a precursor that differs by I and L only
  std::uint8_t is_razor = 0;    // 1: another group also contains proteins of the peptide
  std::uint8_t is_matched = 0;  // 1: not accepted in this run; transferred to it
  double transfer_q_value = std::numeric_limits<double>::quiet_NaN();  // NaN: no transfer
};

struct RunScores {
  // Ascending by precursor. Rows with a q-value up to kKeptQValue or report.q_value in this run, or
  // up to kDonorQValue over all runs.
  std::vector<ScoredRow> rows;
};

struct ProteinGroupNames {
  std::vector<std::string> protein_ids, genes;  // per group
};

// Scores of all peak groups of a run, parallel to the rows of psms.arrow.
struct RowScores {
  std::vector<float> score;
  std::vector<std::uint8_t> is_chosen;  // 1: the chosen peak group of its precursor in the run
};

struct ScoreInput {
  std::string name;
  std::filesystem::path psms;    // psms.arrow
  std::filesystem::path scores;  // output file: RunScores
  std::filesystem::path rows;    // output file: RowScores
};

struct ScoreSummary {
  scoring::RescoreModel model = scoring::RescoreModel::linear;  // the model that was used
  std::size_t targets_linear = 0, targets_trees = 0;
  double linear_share = 1, tree_share = 1;  // share of the rows from which each model was trained
};

inline constexpr double kKeptQValue = 0.2;  // rows with higher q-values are kept only if reported
// Maximum run-specific and global q-value of precursors that may be transferred to other runs.
inline constexpr double kDonorQValue = 0.01;

// Copies the peak group in row `place` of psms.arrow to `row`.
void copy_peak(const search::PsmIdentity& psms, std::size_t place, ScoredRow& row);

// Writes the output files of each run, and kProteinGroupsFile in `folder`. Memory does not grow
// with the number of runs, because runs are opened one after another.
[[nodiscard]] Result<ScoreSummary> score_runs(const std::vector<ScoreInput>& runs,
                                              const std::filesystem::path& folder,
                                              const library::LibraryView& library,
                                              const params::ScoreParameters& config,
                                              const Machine& machine);

[[nodiscard]] Result<void> write_scores(const RunScores& scores, const std::filesystem::path& file);
// Errors OVL-IO-001..021, OVL-IO-061 (a number in a row exceeds `bounds`, or rows are not in
// order). Reads only the rows for which `is_wanted` is true; of the row that it is called with,
// only the precursor, q_value, global_q_value and is_matched are set.
using WantedRow = std::function<bool(const ScoredRow&)>;
[[nodiscard]] Result<RunScores> read_scores(const std::filesystem::path& file,
                                            const search::RowBounds& bounds,
                                            const WantedRow& is_wanted = {});
[[nodiscard]] Result<void> write_row_scores(const RowScores& rows,
                                            const std::filesystem::path& file);
// `rows`: number of rows of the run's psms.arrow. Errors OVL-IO-001..021, OVL-IO-061.
[[nodiscard]] Result<RowScores> read_row_scores(const std::filesystem::path& file,
                                                std::size_t rows);
// In the folder of the runs' score files.
inline constexpr const char* kProteinGroupsFile = "protein_groups.arrow";
[[nodiscard]] Result<void> write_protein_groups(const ProteinGroupNames& groups,
                                                const std::filesystem::path& file);
[[nodiscard]] Result<ProteinGroupNames> read_protein_groups(const std::filesystem::path& file);

}  // namespace overland::identify
