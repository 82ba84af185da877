#include "stages/refine.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "base/log.h"
#include "base/progress.h"
#include "io/table.h"
#include "library/repredict.h"
#include "predict/network_predictor.h"
#include "predict/train_spectra.h"
#include "stages/build_config.h"
#include "stages/observed_spectra.h"
#include "stages/stage_work.h"

namespace overland {
namespace {

void log_tuning(const TuningReport& report, const RepredictCounts& counts) {
  log_info(
      "refine: tuned on {} spectra of {} peptides, each judged by a model that did not see it; "
      "collision energy {:.0f}; spectral angle similarity {:.3f}, with that energy {:.3f}, tuned "
      "{:.3f}; retention error {:.3g}, tuned {:.3g} iRT (medians)",
      grouped(report.spectra), grouped(report.peptides), report.nce[2], report.similarity_before,
      report.similarity_energy, report.similarity_tuned, report.retention_error_before,
      report.retention_error_tuned);
  log_info("refine: {} precursors predicted anew, {} kept as they were", grouped(counts.predicted),
           grouped(counts.kept));
}

// A table for `overland train-predictor` (docs/formats/training-tables.md).
Result<void> write_examples(const std::vector<TuningExample>& examples,
                            const std::array<float, 9>& nce, const std::filesystem::path& file) {
  std::vector<std::string> sequence, intensity;
  std::vector<std::uint8_t> charge;
  std::vector<float> energy, irt, score;
  for (const TuningExample& e : examples) {
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

Result<void> write_refined(const Library& library, const TunedPredictor& tuned,
                           const FragmentRules& fragments, int threads,
                           const std::filesystem::path& folder) {
  LibraryProvenance provenance = library.provenance();
  provenance.predictor = tuned.predictor->identity();
  RepredictOptions options{.nce = tuned.nce,
                           .irt_offset = tuned.irt_offset,
                           .irt_slope = tuned.irt_slope,
                           .fragments = fragments,
                           .threads = threads};
  const auto counts =
      repredict_library(library.view(), *tuned.predictor, options, provenance, folder);
  if (!counts) return std::unexpected(counts.error());
  log_tuning(tuned.report, *counts);
  return {};
}

// Spectra and times of the run's confident targets.
Result<void> observe_run(const StageJob& job, const LibraryView& library, const RunInput& run,
                         double q_value, std::vector<TuningExample>& examples) {
  const auto raw = open_run(job.peaks_file(run), job.threads());
  if (!raw) return std::unexpected(raw.error());
  const auto models = read_run_models(job.input(kModels, run.name));
  if (!models) return std::unexpected(models.error());
  const RunContext context = make_context(*raw, library, {}, job.threads());
  const auto scores = read_scores(job.input(kScores, run.name), bounds_of(context));
  if (!scores) return std::unexpected(scores.error());
  std::vector<ScoredRow> confident;
  for (const ScoredRow& row : scores->rows)
    if (row.q_value <= q_value && library.is_decoy[row.precursor] == 0) confident.push_back(row);
  for (ObservedSpectrum& spectrum : observe_spectra(context, *models, confident)) {
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

Result<std::vector<TuningExample>> observe_all(const StageJob& job, const LibraryView& library,
                                               double q_value) {
  std::vector<TuningExample> examples;
  for (const RunInput& run : job.runs()) {
    if (auto done = observe_run(job, library, run, q_value, examples); !done)
      return std::unexpected(done.error());
  }
  return examples;
}

TuningSettings settings_of(const RefineParameters& parameters, int threads) {
  const RefineConfig& refine = parameters.refine;
  return {.passes = static_cast<int>(refine.passes),
          .retention_passes = static_cast<int>(refine.retention_passes),
          .peak_rate = refine.rate,
          .least_peptides = static_cast<std::size_t>(refine.least_peptides),
          .seed = static_cast<std::uint64_t>(parameters.seed),
          .threads = threads};
}

}  // namespace

std::vector<TuningExample> best_examples(std::vector<TuningExample> all) {
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t i = 0; i < all.size(); ++i)
    order.emplace_back(to_unimod_notation(all[i].peptide), i);
  std::ranges::sort(order, [&all](const auto& a, const auto& b) {
    const TuningExample &x = all[a.second], &y = all[b.second];
    return std::tie(a.first, x.charge, y.score, x.roots) <
           std::tie(b.first, y.charge, x.score, y.roots);
  });
  std::vector<TuningExample> best;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool is_first = k == 0 || order[k].first != order[k - 1].first ||
                          all[order[k].second].charge != all[order[k - 1].second].charge;
    if (is_first) best.push_back(all[order[k].second]);
  }
  return best;
}

Result<InputHashes> predictor_hash(const PredictorChoice& choice) {
  const auto base = tunable_model(choice);
  if (!base) return std::unexpected(base.error());
  return InputHashes{{"predictor", predict::NetworkPredictor(*base).identity()}};
}

StageResult refine_library(const StageJob& job, const RefineParameters& parameters,
                           const PredictorChoice& predictor, bool shares_times) {
  const auto base = tunable_model(predictor);
  if (!base) return std::unexpected(base.error());
  const auto library = job.libraries().open(job.input(kLibraryRecord));
  if (!library) return std::unexpected(library.error());
  auto examples = observe_all(job, (*library)->view(), parameters.refine.q_value);
  if (!examples) return std::unexpected(examples.error());
  const std::vector<TuningExample> best = best_examples(std::move(*examples));
  const auto built_with = build_settings((*library)->provenance());
  if (!built_with) return std::unexpected(built_with.error());
  const auto tuned = tune_predictor(*base, best, static_cast<float>(built_with->prediction.nce),
                                    settings_of(parameters, job.threads()));
  if (!tuned) return std::unexpected(tuned.error());
  const std::filesystem::path made = job.own_folder() / "library.lib";
  auto done =
      write_refined(**library, *tuned, fragment_rules(built_with->fragments), job.threads(), made);
  if (done) done = write_examples(best, tuned->nce, job.output(kObservedSpectra));
  if (!done) return std::unexpected(done.error());
  auto outputs = record_library(job, kRefinedLibraryRecord, made, shares_times);
  if (!outputs) return outputs;
  outputs->files.push_back(job.output(kObservedSpectra));
  return outputs;
}

}  // namespace overland
