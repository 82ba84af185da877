#include "stages/score.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "io/mapped_columns.h"
#include "io/table.h"
#include "scoring/false_discovery.h"
#include "scoring/rescore.h"
#include "stages/psm_table.h"

namespace overland {
namespace {

struct CohortRows {
  FeatureMatrix matrix;
  std::vector<std::uint32_t> run;      // per row
  std::vector<std::size_t> first_row;  // per run, and the end
  std::vector<PsmColumns> columns;     // per run, features moved out
};

Result<CohortRows> load_rows(const std::vector<std::filesystem::path>& files,
                             const LibraryView& library) {
  CohortRows rows;
  for (const PsmFeature& feature : psm_features()) {
    rows.matrix.names.emplace_back(feature.name);
    rows.matrix.is_core.push_back(feature.is_core ? 1 : 0);
  }
  const std::vector<std::uint8_t> fold = folds_of_pairs(library);
  std::uint32_t candidate = 0;
  for (std::size_t run = 0; run < files.size(); ++run) {
    auto columns = read_psms(files[run]);
    if (!columns) return std::unexpected(columns.error());
    rows.first_row.push_back(rows.run.size());
    for (std::size_t i = 0; i < columns->precursor.size(); ++i) {
      const std::uint32_t p = columns->precursor[i];
      if (i == 0 || columns->precursor[i - 1] != p) ++candidate;
      rows.matrix.candidate.push_back(candidate);
      rows.matrix.pair.push_back(library.pair[p]);
      rows.matrix.is_decoy.push_back(library.is_decoy[p]);
      rows.matrix.fold.push_back(fold[library.pair[p]]);
      rows.run.push_back(static_cast<std::uint32_t>(run));
    }
    rows.matrix.values.insert(rows.matrix.values.end(), columns->features.begin(),
                              columns->features.end());
    columns->features = {};
    rows.columns.push_back(std::move(*columns));
  }
  rows.first_row.push_back(rows.run.size());
  return rows;
}

// The first score: agreement with the library and over time, before anything is learned.
std::vector<float> initial_score(const FeatureMatrix& matrix) {
  const auto index_of = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(matrix.names.begin(), matrix.names.end(), name) -
                                    matrix.names.begin());
  };
  const std::size_t evidence = index_of("evidence");
  const std::size_t coelution = index_of("coelution");
  std::vector<float> score;
  score.reserve(matrix.row_count());
  for (std::size_t r = 0; r < matrix.row_count(); ++r) {
    score.push_back(matrix.row(r)[evidence] * (1 + std::max(0.0F, matrix.row(r)[coelution])));
  }
  return score;
}

RescoreSettings rescore_settings(const SearchConfig& config, double decoys) {
  RescoreSettings settings;
  settings.model = config.score.model;
  settings.train_q = config.score.train_q_value;
  settings.decoys_per_target = decoys;
  settings.seed = static_cast<std::uint32_t>(config.seed);
  settings.trees.seed = static_cast<std::uint32_t>(config.seed);
  settings.trees.rounds = static_cast<int>(config.score.tree_rounds);
  settings.trees.max_depth = static_cast<int>(config.score.tree_depth);
  settings.trees.learning_rate = config.score.learning_rate;
  return settings;
}

struct Chosen {  // the best rows of a set, as columns for the error rates
  std::vector<std::uint32_t> row;
  std::vector<float> score;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> is_decoy;
  void add(const FeatureMatrix& matrix, const Rescored& rescored, std::uint32_t r) {
    row.push_back(r);
    score.push_back(rescored.score[r]);
    pair.push_back(matrix.pair[r]);
    is_decoy.push_back(matrix.is_decoy[r]);
  }
};

// Global q-value of each precursor: its best score over the runs competes once.
std::vector<double> global_q_values(const CohortRows& rows, const Rescored& rescored,
                                    std::size_t precursors, double decoys) {
  std::vector<std::uint32_t> best(precursors, std::numeric_limits<std::uint32_t>::max());
  for (const std::uint32_t r : rescored.best_row) {
    const std::size_t run = rows.run[r];
    const std::uint32_t p = rows.columns[run].precursor[r - rows.first_row[run]];
    const bool is_better = best[p] == std::numeric_limits<std::uint32_t>::max() ||
                           rescored.score[r] > rescored.score[best[p]];
    if (is_better) best[p] = r;
  }
  Chosen chosen;
  std::vector<std::uint32_t> owner;
  for (std::uint32_t p = 0; p < precursors; ++p) {
    if (best[p] == std::numeric_limits<std::uint32_t>::max()) continue;
    chosen.add(rows.matrix, rescored, best[p]);
    owner.push_back(p);
  }
  const ErrorRates rates = error_rates(chosen.score, chosen.pair, chosen.is_decoy, decoys);
  std::vector<double> q(precursors, 1.0);
  for (std::size_t i = 0; i < owner.size(); ++i) q[owner[i]] = rates.q_value[i];
  return q;
}

RunScores scores_of_run(const CohortRows& rows, const Rescored& rescored, std::size_t run,
                        std::span<const double> global_q, double decoys, double q_limit) {
  Chosen chosen;
  for (const std::uint32_t r : rescored.best_row) {
    if (rows.run[r] == run) chosen.add(rows.matrix, rescored, r);
  }
  const ErrorRates rates = error_rates(chosen.score, chosen.pair, chosen.is_decoy, decoys);
  const double kept = std::max(kKeptQValue, q_limit);
  RunScores scores;
  const PsmColumns& columns = rows.columns[run];
  for (std::size_t i = 0; i < chosen.row.size(); ++i) {
    if (rates.q_value[i] <= q_limit)
      (chosen.is_decoy[i] != 0 ? scores.decoys : scores.targets) += 1;
    if (rates.q_value[i] > kept) continue;
    const std::size_t k = chosen.row[i] - rows.first_row[run];
    ScoredRow row;
    row.precursor = columns.precursor[k];
    row.window = columns.window[k];
    row.apex_scan = columns.apex_scan[k];
    row.rt_minutes = columns.rt_minutes[k];
    row.rt_start = columns.rt_start[k];
    row.rt_stop = columns.rt_stop[k];
    row.irt_observed = columns.irt_observed[k];
    row.score = chosen.score[i];
    row.q_value = rates.q_value[i];
    row.pep = rates.pep[i];
    row.global_q_value = global_q[row.precursor];
    scores.rows.push_back(row);
  }
  return scores;
}

}  // namespace

std::vector<std::uint8_t> folds_of_pairs(const LibraryView& library) {
  std::uint32_t pairs = 0;
  for (const std::uint32_t pair : library.pair) pairs = std::max(pairs, pair + 1);
  std::vector<std::uint8_t> fold(pairs, 0);
  std::string residues;
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    if (library.is_decoy[p] != 0) continue;
    residues.clear();
    int depth = 0;
    for (const char c : library.modified_sequence[p]) {
      if (c == '(' || c == '[') ++depth;
      if (depth == 0 && c >= 'A' && c <= 'Z') residues += c;
      if (c == ')' || c == ']') --depth;
    }
    fold[library.pair[p]] = static_cast<std::uint8_t>(hash_seed(residues) % kFolds);
  }
  return fold;
}

double decoys_per_target(const LibraryView& library) {
  double decoys = 0;
  for (const std::uint8_t d : library.is_decoy) decoys += d;
  const double targets = static_cast<double>(library.precursor_count()) - decoys;
  return targets > 0 && decoys > 0 ? decoys / targets : 1;
}

Result<ScoreResult> score_runs(const std::vector<std::filesystem::path>& psm_files,
                               const LibraryView& library, const SearchConfig& config,
                               int threads) {
  const auto rows = load_rows(psm_files, library);
  if (!rows) return std::unexpected(rows.error());
  const double decoys = decoys_per_target(library);
  const auto rescored =
      rescore(rows->matrix, initial_score(rows->matrix), rescore_settings(config, decoys), threads);
  if (!rescored) return std::unexpected(rescored.error());
  const std::vector<double> global_q =
      global_q_values(*rows, *rescored, library.precursor_count(), decoys);
  ScoreResult result;
  result.model = rescored->model;
  result.targets_linear = rescored->targets_linear;
  result.targets_trees = rescored->targets_trees;
  for (std::size_t run = 0; run < psm_files.size(); ++run) {
    result.runs.push_back(
        scores_of_run(*rows, *rescored, run, global_q, decoys, config.report.q_value));
  }
  return result;
}

}  // namespace overland
