#include "stages/search_run.h"

#include <fmt/format.h>

#include <chrono>
#include <variant>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/log.h"
#include "run/run_writer.h"
#include "stages/first_pass.h"
#include "stages/observed_spectra.h"
#include "stages/second_pass.h"
#include "stages/tune.h"

namespace overland {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void count_scans(const RawRun& raw, SearchRun& run) {
  run.ms1_scans = run.ms2_scans = 0;
  run.peaks = 0;
  for (std::size_t i = 0; i < raw.scan_count(); ++i) {
    (raw.headers().ms_order[i] == 1 ? run.ms1_scans : run.ms2_scans) += 1;
    run.peaks += raw.peaks(i).size();
  }
  run.windows = discover_windows(raw).size();
}

RunContext make_context(const RawRun& raw, const LibraryView& library,
                        std::span<const std::uint8_t> folds, int threads) {
  return {raw,   discover_windows(raw),      ms1_scans(raw), library,
          folds, decoys_per_target(library), threads};
}

void log_models(const SearchRun& run) {
  const RunModels& m = run.models;
  log_info(
      "{}: {} sure precursors; mass error {} {:+.2f} ppm, SD {:.2f}, tolerance {:.1f} ppm; "
      "retention time {}, tolerance {:.2f} iRT",
      run.name, m.confident, m.mass.method, m.mass.offset_at(0), m.mass.sd_ppm,
      m.mass.tolerance.high, m.rt.method, m.rt.tolerance);
}

}  // namespace

std::string parameters_hash(const SearchConfig& config, const std::vector<std::string>& sections) {
  SearchConfig copy = config;
  const ConfigSchema schema = search_schema(copy);
  std::string text;
  for (const ConfigSchema::Field& field : schema.fields()) {
    for (const std::string& section : sections) {
      if (!field.key.starts_with(section)) continue;
      std::visit([&](const auto* value) { text += fmt::format("{}={}\n", field.key, *value); },
                 field.target);
    }
  }
  return hash_text(text);
}

std::vector<ScoredRow> passing_rows(const RunScores& scores, const LibraryView& library,
                                    const SearchConfig& config) {
  std::vector<ScoredRow> rows;
  for (const ScoredRow& row : scores.rows) {
    if (row.q_value > config.report.q_value || row.global_q_value > config.report.q_value) continue;
    if (library.is_decoy[row.precursor] != 0 && !config.report.decoys) continue;
    rows.push_back(row);
  }
  return rows;
}

// mzML is converted once to the Arrow form, which later stages map into memory.
Result<void> RunStages::read_file(SearchRun& run) const {
  const auto hash = store_.input_hash(run.file);
  if (!hash) return std::unexpected(hash.error());
  run.content_hash = *hash;
  const StageKey key{
      .stage = "read", .run = run.name, .inputs = {{"run", *hash}}, .parameters_hash = ""};
  const std::filesystem::path converted = store_.folder(key) / "run.arrow";
  run.arrow = run.file;
  if (store_.is_current(key)) run.arrow = converted;
  const auto raw = open_run(run.arrow);
  if (!raw) return std::unexpected(raw.error());
  count_scans(*raw, run);
  run.read_report = raw->report();
  if (run.arrow == converted || run.file.extension() == ".arrow") return {};
  if (const auto folder = store_.begin(key); !folder) return std::unexpected(folder.error());
  if (auto done = write_run_arrow(*raw, converted); !done) return done;
  run.arrow = converted;
  return store_.commit(key, {converted});
}

void RunStages::read(SearchRun& run) const {
  if (auto done = read_file(run); !done) run.error = done.error();
}

Result<void> RunStages::search_file(SearchRun& run, const Library& library,
                                    std::span<const std::uint8_t> folds) const {
  const std::map<std::string, std::string> inputs{{"run", run.content_hash},
                                                  {"library", library.content_hash()}};
  const StageKey tune_key{
      .stage = prefix_ + "tune",
      .run = run.name,
      .inputs = inputs,
      .parameters_hash = parameters_hash(config_, {"search.", "first_pass.", "calibration."})};
  const StageKey pass_key{.stage = prefix_ + "second_pass",
                          .run = run.name,
                          .inputs = inputs,
                          .parameters_hash = parameters_hash(
                              config_, {"search.", "first_pass.", "calibration.", "second_pass."})};
  const std::filesystem::path models_file = store_.folder(tune_key) / "models.json";
  run.psms = store_.folder(pass_key) / "psms.arrow";
  const bool is_tuned = store_.is_current(tune_key);
  const bool is_searched = is_tuned && store_.is_current(pass_key);
  std::optional<RawRun> raw;
  if (!is_searched) {
    auto opened = open_run(run.arrow);
    if (!opened) return std::unexpected(opened.error());
    raw.emplace(std::move(*opened));
  }
  if (!is_tuned) {
    const RunContext context = make_context(*raw, library.view(), folds, threads_);
    const auto first = first_pass(context, config_);
    if (!first) return std::unexpected(first.error());
    if (const auto folder = store_.begin(tune_key); !folder) return std::unexpected(folder.error());
    auto done = write_text_atomically(models_file, to_json(tune(context, *first, config_)));
    if (done) done = store_.commit(tune_key, {models_file});
    if (!done) return done;
  }
  auto models = read_run_models(models_file);
  if (!models) return std::unexpected(models.error());
  run.models = std::move(*models);
  log_models(run);
  if (is_searched) return {};
  const RunContext context = make_context(*raw, library.view(), folds, threads_);
  const PsmTable table = second_pass(context, run.models, config_);
  log_info("{}: {} peak groups of {} windows", run.name, table.rows.size(), context.windows.size());
  if (const auto folder = store_.begin(pass_key); !folder) return std::unexpected(folder.error());
  auto done = write_psms(table, run.psms);
  if (done) done = store_.commit(pass_key, {run.psms});
  return done;
}

void RunStages::tune_and_second_pass(SearchRun& run, const Library& library,
                                     std::span<const std::uint8_t> folds) const {
  if (run.error) return;
  const auto start = std::chrono::steady_clock::now();
  if (auto done = search_file(run, library, folds); !done) run.error = done.error();
  run.seconds += seconds_since(start);
}

Result<std::vector<TuningExample>> RunStages::observe(const SearchRun& run,
                                                      const Library& library) const {
  const auto scores = read_scores(run.scores);
  if (!scores) return std::unexpected(scores.error());
  const auto raw = open_run(run.arrow);
  if (!raw) return std::unexpected(raw.error());
  const RunContext context = make_context(*raw, library.view(), {}, threads_);
  std::vector<ScoredRow> sure;
  for (const ScoredRow& row : scores->rows)
    if (row.q_value <= config_.refine.q_value && context.library.is_decoy[row.precursor] == 0)
      sure.push_back(row);
  std::vector<TuningExample> examples;
  for (ObservedSpectrum& spectrum : observe_spectra(context, run.models, sure)) {
    auto peptide = parse_peptide(context.library.modified_sequence[spectrum.precursor]);
    if (!peptide) return std::unexpected(peptide.error());
    examples.push_back({.peptide = std::move(*peptide),
                        .charge = context.library.charge[spectrum.precursor],
                        .score = spectrum.score,
                        .irt = spectrum.irt,
                        .roots = std::move(spectrum.roots)});
  }
  return examples;
}

}  // namespace overland
