#include "identify/score.h"

#include <algorithm>
#include <limits>
#include <string>

#include "identify/importance.h"
#include "identify/run_candidates.h"
#include "identify/score_levels.h"
#include "identify/train_rescorer.h"
#include "scoring/rescore.h"
#include "search/psm_table.h"

namespace overland::identify {
namespace {

// Maximum number of rows in memory for training: with 48 features of 4 bytes about 77 MB.
constexpr std::size_t kSampleRows = 400'000;

scoring::RescoreSettings rescore_settings(const params::ScoreParameters& config, double decoys) {
  scoring::RescoreSettings settings;
  settings.model = config.score.model;
  settings.train_q = config.score.train_q_value;
  settings.decoys_per_target = decoys;
  settings.seed = static_cast<std::uint64_t>(config.seed);
  settings.trees.seed = settings.seed;
  settings.trees.rounds = static_cast<int>(config.score.tree_rounds);
  settings.trees.max_depth = static_cast<int>(config.score.tree_depth);
  settings.trees.learning_rate = config.score.learning_rate;
  return settings;
}

struct GlobalRates {
  std::vector<std::uint32_t> place_of;  // per precursor: its row in `rates`
  scoring::LevelRates rates;
};

void set_rates(const scoring::LevelRates& run, std::size_t i, const scoring::LevelRates& global,
               std::size_t g, ScoredRow& row) {
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

// Names, protein groups and global error rates, which are common to all runs.
struct SearchLevels {
  const library::LibraryView& library;
  const ErrorLevels& levels;
  const ProteinGrouping& grouping;
  const IonNames& names;
  const GlobalRates& global;
};

RunScores scores_of_run(const search::PsmIdentity& psms, const RunCandidates& run,
                        const scoring::LevelRates& rates, const SearchLevels& search,
                        double q_limit) {
  const double kept = std::max(kKeptQValue, q_limit);
  RunScores scores;
  for (std::size_t i = 0; i < run.place.size(); ++i) {
    const std::uint32_t p = run.best.precursor[i];
    const double q = rates.precursor[i].q_value;
    const double global_q = search.global.rates.precursor[search.global.place_of[p]].q_value;
    if (q > kept && global_q > kDonorQValue) continue;
    ScoredRow row;
    copy_peak(psms, run.place[i], row);
    row.score = run.best.score[i];
    set_rates(rates, i, search.global.rates, search.global.place_of[p], row);
    const PairId pair = search.library.pair_of(PrecursorId(p));
    row.protein_group = search.grouping.group_of_pair[pair];
    row.precursor = p;
    row.il_twin = search.names.il_twin[p];
    row.is_razor = search.grouping.is_razor[pair];
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

void copy_peak(const search::PsmIdentity& psms, std::size_t place, ScoredRow& row) {
  row.window = psms.window[place];
  row.apex_scan = psms.apex_scan[place];
  row.rt_minutes = psms.rt_minutes[place];
  row.rt_start = psms.rt_start[place];
  row.rt_stop = psms.rt_stop[place];
  row.irt_observed = psms.irt_observed[place];
}

namespace {

// Processes one run after another; only one score per library precursor is kept between runs.
class Scoring {
 public:
  Scoring(const std::vector<ScoreInput>& runs, const library::LibraryView& library,
          const params::ScoreParameters& config, const Machine& machine)
      : runs_(runs),
        library_(library),
        config_(config),
        machine_(machine),
        competition_(competition_groups(library, machine)),
        k_(library::decoys_per_target(library)),
        levels_(library, competition_, k_) {}

  Result<ScoreSummary> run(const std::filesystem::path& folder) {
    auto summary = score_all(folder);
    if (!summary) return summary;
    BestOfRuns best(library_.precursor_count());
    for (const ScoreInput& input : runs_) {
      if (auto done = add_candidates(input, best); !done) return std::unexpected(done.error());
    }
    const Candidates unnamed = best.result();
    ProteinGrouping grouping = levels_.group_proteins(unnamed);
    const IonNames names = name_ions(unnamed, library_, competition_, grouping);
    const GlobalRates global =
        global_rates(best.collapsed(names).result(), levels_, grouping, library_.precursor_count());
    const SearchLevels search{library_, levels_, grouping, names, global};
    for (const ScoreInput& input : runs_) {
      if (auto done = write_run(input, search); !done) return std::unexpected(done.error());
    }
    const ProteinGroupNames groups{std::move(grouping.protein_ids), std::move(grouping.genes)};
    if (auto done = write_protein_groups(groups, folder / kProteinGroupsFile); !done)
      return std::unexpected(done.error());
    return summary;
  }

 private:
  // Trains the models and writes the row scores of each run.
  Result<ScoreSummary> score_all(const std::filesystem::path& folder) const {
    std::vector<RunPsms> psms;
    for (const ScoreInput& input : runs_) psms.push_back({input.name, input.psms});
    const scoring::RescoreSettings settings = rescore_settings(config_, k_);
    const RescoringJob job{psms, library_, competition_, settings, kSampleRows, machine_};
    const auto trained = train_rescorer(job);
    if (!trained) return std::unexpected(trained.error());
    if (auto done = write_importance(trained->rescorer, folder / kImportanceFile); !done)
      return std::unexpected(done.error());
    for (const ScoreInput& input : runs_) {
      const auto file =
          search::PsmFile::open(input.psms, {.precursors = library_.precursor_count()});
      if (!file) return std::unexpected(file.error());
      RowScores rows{score_rows(*file, trained->rescorer, job), {}};
      const RunCandidates chosen =
          choose_peak_groups(file->identity(), rows.score, library_, competition_);
      rows.is_chosen.assign(rows.score.size(), 0);
      for (const std::uint32_t place : chosen.place) rows.is_chosen[place] = 1;
      if (auto done = write_row_scores(rows, input.rows); !done)
        return std::unexpected(done.error());
    }
    return ScoreSummary{trained->model, trained->targets_linear, trained->targets_trees,
                        trained->linear_share, trained->tree_share};
  }

  struct OpenRun {
    search::PsmFile psms;
    RunCandidates candidates;
  };
  Result<OpenRun> open(const ScoreInput& input) const {
    auto psms = search::PsmFile::open(input.psms, {.precursors = library_.precursor_count()});
    if (!psms) return std::unexpected(psms.error());
    const auto rows = read_row_scores(input.rows, psms->size());
    if (!rows) return std::unexpected(rows.error());
    RunCandidates run;
    for (std::uint32_t r = 0; r < rows->is_chosen.size(); ++r) {
      if (rows->is_chosen[r] == 0) continue;
      run.best.precursor.push_back(psms->identity().precursor[r]);
      run.best.score.push_back(rows->score[r]);
      run.place.push_back(r);
    }
    return OpenRun{std::move(*psms), std::move(run)};
  }

  Result<void> add_candidates(const ScoreInput& input, BestOfRuns& best) const {
    const auto run = open(input);
    if (!run) return std::unexpected(run.error());
    best.add(run->candidates.best);
    return {};
  }

  Result<void> write_run(const ScoreInput& input, const SearchLevels& search) const {
    const auto opened = open(input);
    if (!opened) return std::unexpected(opened.error());
    const RunCandidates run = collapse_ions(opened->candidates, search.names);
    // If there is one run, its rates are the global rates.
    const scoring::LevelRates rates =
        runs_.size() == 1 ? search.global.rates : levels_.rates(run.best, search.grouping);
    return write_scores(
        scores_of_run(opened->psms.identity(), run, rates, search, config_.report_q_value),
        input.scores);
  }

  const std::vector<ScoreInput>& runs_;
  const library::LibraryView& library_;
  const params::ScoreParameters& config_;
  Machine machine_;
  CompetitionGroups competition_;
  double k_;
  ErrorLevels levels_;
};

}  // namespace

Result<ScoreSummary> score_runs(const std::vector<ScoreInput>& runs,
                                const std::filesystem::path& folder,
                                const library::LibraryView& library,
                                const params::ScoreParameters& config, const Machine& machine) {
  return Scoring(runs, library, config, machine).run(folder);
}

}  // namespace overland::identify
