#include "stages/score.h"

#include <algorithm>
#include <limits>
#include <string>

#include "scoring/rescore.h"
#include "stages/psm_table.h"
#include "stages/run_candidates.h"
#include "stages/score_levels.h"

namespace overland {
namespace {

struct CohortRows {
  FeatureMatrix matrix;
  std::vector<std::uint32_t> run;      // per row
  std::vector<std::size_t> first_row;  // per run, and the end
  std::vector<PsmColumns> columns;     // per run, features moved out
};

Result<CohortRows> load_rows(const std::vector<std::filesystem::path>& files,
                             const LibraryView& library, const ScoringUnits& units) {
  CohortRows rows;
  for (const PsmFeature& feature : psm_features()) {
    rows.matrix.names.emplace_back(feature.name);
    rows.matrix.is_core.push_back(feature.is_core ? 1 : 0);
  }
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
      rows.matrix.fold.push_back(units.fold[library.pair[p]]);
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

struct GlobalRates {
  std::vector<std::uint32_t> place_of;  // per precursor, in the columns of rates
  LevelRates rates;
};

ScoredRow scored_row(const PsmColumns& columns, std::size_t place) {
  ScoredRow row;
  row.precursor = columns.precursor[place];
  row.window = columns.window[place];
  row.apex_scan = columns.apex_scan[place];
  row.rt_minutes = columns.rt_minutes[place];
  row.rt_start = columns.rt_start[place];
  row.rt_stop = columns.rt_stop[place];
  row.irt_observed = columns.irt_observed[place];
  return row;
}

void set_rates(const LevelRates& run, std::size_t i, const LevelRates& global, std::size_t g,
               ScoredRow& row) {
  row.q_value = run.precursor[i].q_value;
  row.pep = run.precursor[i].pep;
  row.peptide_q_value = run.peptide[i].q_value;
  row.peptide_pep = run.peptide[i].pep;
  row.protein_q_value = run.protein[i].q_value;
  row.protein_pep = run.protein[i].pep;
  row.protein_score = run.protein_score[i];
  row.global_protein_score = global.protein_score[g];
  row.global_q_value = global.precursor[g].q_value;
  row.global_pep = global.precursor[g].pep;
  row.global_peptide_q_value = global.peptide[g].q_value;
  row.global_protein_q_value = global.protein[g].q_value;
}

// The part of the search that is common to its runs.
struct SearchLevels {
  const LibraryView& library;
  const ErrorLevels& levels;
  const ProteinGrouping& grouping;
  const IonNames& names;
  const GlobalRates& global;
};

RunScores scores_of_run(const PsmColumns& columns, const RunCandidates& run,
                        const SearchLevels& search, double q_limit) {
  const LevelRates rates = search.levels.rates(run.best, search.grouping);
  const double kept = std::max(kKeptQValue, q_limit);
  RunScores scores;
  for (std::size_t i = 0; i < run.place.size(); ++i) {
    const std::uint32_t p = run.best.precursor[i];
    const double q = rates.precursor[i].q_value;
    if (q > kept) continue;
    ScoredRow row = scored_row(columns, run.place[i]);
    row.score = run.best.score[i];
    set_rates(rates, i, search.global.rates, search.global.place_of[p], row);
    row.protein_group = search.grouping.group_of_pair[search.library.pair[p]];
    row.precursor = p;
    row.twin = search.names.twin[p];
    row.is_razor = search.grouping.is_razor[search.library.pair[p]];
    scores.rows.push_back(row);
  }
  return scores;
}

GlobalRates global_rates(const Candidates& best, const ErrorLevels& levels,
                         const ProteinGrouping& grouping, std::size_t precursors) {
  GlobalRates global{std::vector<std::uint32_t>(precursors, 0), levels.rates(best, grouping)};
  for (std::uint32_t i = 0; i < best.precursor.size(); ++i) global.place_of[best.precursor[i]] = i;
  return global;
}

}  // namespace

std::vector<std::uint8_t> folds_of_pairs(const LibraryView& library) {
  return scoring_units(library).fold;
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
  const ScoringUnits units = scoring_units(library);
  const auto rows = load_rows(psm_files, library, units);
  if (!rows) return std::unexpected(rows.error());
  const double decoys = decoys_per_target(library);
  const auto rescored =
      rescore(rows->matrix, initial_score(rows->matrix), rescore_settings(config, decoys), threads);
  if (!rescored) return std::unexpected(rescored.error());
  std::vector<RunCandidates> runs;
  for (std::size_t run = 0; run < rows->columns.size(); ++run) {
    const std::span scores =
        std::span(rescored->score)
            .subspan(rows->first_row[run], rows->first_row[run + 1] - rows->first_row[run]);
    runs.push_back(choose_peak_groups(rows->columns[run], scores, library, units));
  }
  Candidates best = best_of_runs(runs, library.precursor_count());
  const ErrorLevels levels(library, units, decoys);
  ProteinGrouping grouping = levels.group_proteins(best);
  const IonNames names = name_ions(best, library, units, grouping);
  for (RunCandidates& run : runs) run = collapse_ions(run, names);
  best = best_of_runs(runs, library.precursor_count());
  const GlobalRates global = global_rates(best, levels, grouping, library.precursor_count());
  ScoreResult result;
  result.model = rescored->model;
  result.targets_linear = rescored->targets_linear;
  result.targets_trees = rescored->targets_trees;
  const SearchLevels search{library, levels, grouping, names, global};
  for (std::size_t run = 0; run < runs.size(); ++run) {
    result.runs.push_back(
        scores_of_run(rows->columns[run], runs[run], search, config.report.q_value));
  }
  result.groups = {std::move(grouping.protein_ids), std::move(grouping.genes)};
  return result;
}

}  // namespace overland
