#include "stages/refine.h"

#include <algorithm>
#include <tuple>

#include "base/files/hash.h"
#include "base/progress.h"
#include "io/table/table.h"
#include "library_build/repredict.h"
#include "params/build_config.h"
#include "predict/network_predictor.h"
#include "predict/train_spectra.h"
#include "stages/stage_work.h"
#include "train/observed_spectra.h"

namespace overland::stages {
namespace {

void log_tuning(const Machine& machine, const train::TuningReport& report,
                const library_build::RepredictCounts& counts) {
  machine.info(
      "refine: tuned on {} spectra of {} peptides, each judged by a model that did not see it; "
      "collision energy {:.0f}; spectral angle similarity {:.3f}, with that energy {:.3f}, tuned "
      "{:.3f}; retention error {:.3g}, tuned {:.3g} iRT (medians)",
      grouped(report.spectra), grouped(report.peptides), report.nce[2], report.similarity_before,
      report.similarity_energy, report.similarity_tuned, report.retention_error_before,
      report.retention_error_tuned);
  machine.info("refine: {} precursors predicted anew, {} kept as they were",
               grouped(counts.predicted), grouped(counts.kept));
}

// A table for `overland train-predictor` (docs/formats/training-tables.md).
Result<void> write_examples(const std::vector<train::TuningExample>& examples,
                            const std::array<float, 9>& nce, const std::filesystem::path& file) {
  std::vector<std::string> sequence, intensity;
  std::vector<std::uint8_t> charge;
  std::vector<float> energy, irt, score;
  for (const train::TuningExample& e : examples) {
    sequence.push_back(to_unimod_notation(e.peptide));
    charge.push_back(e.charge);
    energy.push_back(nce[std::min<std::size_t>(e.charge, nce.size() - 1)]);
    irt.push_back(e.irt);
    score.push_back(e.score);
    std::string& list = intensity.emplace_back();
    for (const std::uint16_t root : e.roots)
      list += (list.empty() ? "" : ";") +
              (root == predict::kNotMeasured ? std::string("-1") : std::to_string(root));
  }
  io::Table table;
  table.add("modified_sequence", std::move(sequence), "", "UniMod notation");
  table.add("charge", std::move(charge));
  table.add("nce", std::move(energy), "%", "collision energy that fits best, of the charge");
  table.add("irt", std::move(irt), "", "observed, on the library's scale");
  table.add("score", std::move(score));
  table.add("intensity", std::move(intensity), "",
            "b+, y+, b2+, y2+ by ordinal: 10000 sqrt(I / I_max), -1 not measured");
  return io::write_parquet(table, file);
}

Result<void> write_refined(const library::Library& library, const train::TunedPredictor& tuned,
                           const library_build::FragmentRules& fragments, const Machine& machine,
                           const std::filesystem::path& folder) {
  library::LibraryProvenance provenance = library.provenance();
  provenance.predictor = tuned.predictor->identity();
  library_build::RepredictOptions options{.nce = tuned.nce,
                                          .irt_offset = tuned.irt_offset,
                                          .irt_slope = tuned.irt_slope,
                                          .fragments = fragments,
                                          .machine = machine};
  const auto counts = library_build::repredict_library(library.view(), *tuned.predictor, options,
                                                       provenance, folder);
  if (!counts) return std::unexpected(counts.error());
  log_tuning(machine, tuned.report, *counts);
  return {};
}

// Spectra and times of the run's confident targets.
Result<void> observe_run(const StageJob& job, const library::LibraryView& library,
                         const RunInput& run, double q_value,
                         std::vector<train::TuningExample>& examples) {
  const auto raw = run::open_run(job.peaks_file(run), job.machine());
  if (!raw) return std::unexpected(raw.error());
  const auto models = search::read_run_models(job.input(params::kModels, run.name));
  if (!models) return std::unexpected(models.error());
  const search::RunView run_view = search::view_of(*raw, library);
  const auto scores =
      identify::read_scores(job.input(params::kScores, run.name), search::bounds_of(run_view));
  if (!scores) return std::unexpected(scores.error());
  std::vector<identify::ScoredRow> confident;
  for (const identify::ScoredRow& row : scores->rows)
    if (row.q_value <= q_value && library.is_decoy[row.precursor] == 0) confident.push_back(row);
  for (train::ObservedSpectrum& spectrum :
       train::observe_spectra(run_view, *models, confident, job.machine())) {
    auto peptide = parse_peptide(library.modified_sequence[spectrum.precursor]);
    if (!peptide) return std::unexpected(peptide.error());
    examples.push_back({.peptide = std::move(*peptide),
                        .charge = library.charge[spectrum.precursor],
                        .score = spectrum.score,
                        .irt = spectrum.irt,
                        .roots = std::move(spectrum.roots)});
  }
  return {};
}

Result<std::vector<train::TuningExample>> observe_all(const StageJob& job,
                                                      const library::LibraryView& library,
                                                      double q_value) {
  std::vector<train::TuningExample> examples;
  for (const RunInput& run : job.runs()) {
    if (auto done = observe_run(job, library, run, q_value, examples); !done)
      return std::unexpected(done.error());
  }
  return examples;
}

train::TuningSettings settings_of(const params::RefineParameters& parameters,
                                  const Machine& machine) {
  const params::RefineConfig& refine = parameters.refine;
  return {.passes = static_cast<int>(refine.passes),
          .retention_passes = static_cast<int>(refine.retention_passes),
          .peak_rate = refine.rate,
          .least_peptides = static_cast<std::size_t>(refine.least_peptides),
          .seed = static_cast<std::uint64_t>(parameters.seed),
          .machine = machine};
}

}  // namespace

std::vector<train::TuningExample> best_examples(std::vector<train::TuningExample> all) {
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t i = 0; i < all.size(); ++i)
    order.emplace_back(to_unimod_notation(all[i].peptide), i);
  std::ranges::sort(order, [&all](const auto& a, const auto& b) {
    const train::TuningExample &x = all[a.second], &y = all[b.second];
    return std::tie(a.first, x.charge, y.score, x.roots) <
           std::tie(b.first, y.charge, x.score, y.roots);
  });
  std::vector<train::TuningExample> best;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool is_first = k == 0 || order[k].first != order[k - 1].first ||
                          all[order[k].second].charge != all[order[k - 1].second].charge;
    if (is_first) best.push_back(all[order[k].second]);
  }
  return best;
}

Result<InputHashes> predictor_hash(const train::PredictorChoice& choice) {
  const auto base = train::tunable_model(choice);
  if (!base) return std::unexpected(base.error());
  return InputHashes{{"predictor", predict::NetworkPredictor(*base).identity()}};
}

StageResult refine_library(const StageJob& job, const params::RefineParameters& parameters,
                           const train::PredictorChoice& predictor, bool shares_times) {
  const auto base = train::tunable_model(predictor);
  if (!base) return std::unexpected(base.error());
  const auto library = job.libraries().open(job.input(params::kLibraryRecord));
  if (!library) return std::unexpected(library.error());
  auto examples = observe_all(job, (*library)->view(), parameters.refine.q_value);
  if (!examples) return std::unexpected(examples.error());
  const std::vector<train::TuningExample> best = best_examples(std::move(*examples));
  const auto built_with = params::build_settings((*library)->provenance());
  if (!built_with) return std::unexpected(built_with.error());
  const auto tuned =
      train::tune_predictor(*base, best, static_cast<float>(built_with->prediction.nce),
                            settings_of(parameters, job.machine()));
  if (!tuned) return std::unexpected(tuned.error());
  const std::filesystem::path made = job.own_folder() / "library.lib";
  auto done = write_refined(**library, *tuned, params::fragment_rules(built_with->fragments),
                            job.machine(), made);
  if (done) done = write_examples(best, tuned->nce, job.output(params::kObservedSpectra));
  if (!done) return std::unexpected(done.error());
  auto outputs = record_library(job, params::kRefinedLibraryRecord, made, shares_times);
  if (!outputs) return outputs;
  outputs->files.push_back(job.output(params::kObservedSpectra));
  return outputs;
}

}  // namespace overland::stages
