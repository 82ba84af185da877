// score, transfer.
#include <fmt/format.h>

#include "identify/accepted.h"
#include "identify/score.h"
#include "identify/transfer.h"
#include "stages/stage_work.h"

namespace overland::stages {
namespace {

void log_scores(const StageJob& job, const identify::ScoreSummary& scored) {
  const bool has_trees = scored.model == scoring::RescoreModel::trees;
  job.machine().info("rescoring: {} model; {} precursors by the linear one{}",
                     to_text(scored.model), scored.targets_linear,
                     has_trees ? fmt::format(", {} by trees", scored.targets_trees) : "");
  if (scored.linear_share < 1 || scored.tree_share < 1) {
    job.machine().info(
        "rescoring: trained on {:.3g} % of the peak groups (linear), {:.3g} % (trees)",
        100 * scored.linear_share, 100 * scored.tree_share);
  }
}

// What a file of scores holds, summed over the runs.
Result<identify::AcceptedCounts> count_runs(const StageJob& job, const params::Artefact& scores,
                                            const library::LibraryView& library, double q_value) {
  identify::AcceptedCounts all;
  for (const RunInput& run : job.runs()) {
    const auto read = identify::read_scores(job.output(scores, run.name),
                                            {.precursors = library.precursor_count()});
    if (!read) return std::unexpected(read.error());
    const identify::AcceptedCounts counts = identify::count_accepted(*read, library, q_value);
    if (scores == params::kScores) {
      job.machine().info("{}: {} precursors at q <= {}, {} decoys above the same score", run.name,
                         counts.targets, q_value, counts.decoys);
    } else {
      job.machine().info("{}: {} precursors matched between runs", run.name, counts.matched);
    }
    all.targets += counts.targets;
    all.matched += counts.matched;
  }
  return all;
}

// A run that is alone, for the others failed, has no donors.
StageResult copy_scores(const std::vector<identify::TransferInput>& runs,
                        const library::LibraryView& library, StageOutputs outputs) {
  for (const identify::TransferInput& run : runs) {
    const auto scores =
        identify::read_scores(run.scores, {.precursors = library.precursor_count()});
    if (!scores) return std::unexpected(scores.error());
    if (auto done = identify::write_scores(*scores, run.matched); !done)
      return std::unexpected(done.error());
  }
  return outputs;
}

}  // namespace

StageResult score_cohort(const StageJob& job, const params::ScoreParameters& parameters) {
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const library::LibraryView view = (*library)->view();
  StageOutputs outputs{
      {job.output(params::kProteinGroups), job.output(params::kFeatureImportance)}};
  std::vector<identify::ScoreInput> inputs;
  for (const RunInput& run : job.runs()) {
    inputs.push_back({run.name, job.input(params::kPeakGroups, run.name),
                      job.output(params::kScores, run.name),
                      job.output(params::kRowScores, run.name)});
    outputs.files.push_back(inputs.back().scores);
    outputs.files.push_back(inputs.back().rows);
  }
  const auto scored =
      identify::score_runs(inputs, job.own_folder(), view, parameters, job.machine());
  if (!scored) return std::unexpected(scored.error());
  log_scores(job, *scored);
  const auto counts = count_runs(job, params::kScores, view, parameters.report_q_value);
  if (!counts) return std::unexpected(counts.error());
  outputs.note = fmt::format("{} precursors in {} runs", counts->targets, inputs.size());
  return outputs;
}

StageResult match_between_runs(const StageJob& job, const params::TransferParameters& parameters) {
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const library::LibraryView view = (*library)->view();
  std::vector<identify::TransferInput> inputs;
  StageOutputs outputs;
  for (const RunInput& run : job.runs()) {
    inputs.push_back({run.name, job.input(params::kPeakGroups, run.name),
                      job.input(params::kRowScores, run.name), job.input(params::kScores, run.name),
                      job.output(params::kMatchedScores, run.name)});
    outputs.files.push_back(inputs.back().matched);
  }
  if (inputs.size() < 2) return copy_scores(inputs, view, std::move(outputs));
  const auto done = identify::transfer_runs(inputs, view, parameters, job.machine());
  if (!done) return std::unexpected(done.error());
  for (std::size_t r = 0; r < inputs.size(); ++r) {
    job.machine().info(
        "{}: {} transfers at q <= {}, {} decoys above the same score; times agree with other "
        "runs to {:.3g} iRT",
        inputs[r].name, done->targets[r], parameters.transfer.q_value, done->decoys[r],
        done->irt_sd[r]);
  }
  const auto counts = count_runs(job, params::kMatchedScores, view, 0);
  if (!counts) return std::unexpected(counts.error());
  outputs.note = fmt::format("{} precursors matched", counts->matched);
  return outputs;
}

}  // namespace overland::stages
