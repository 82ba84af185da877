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

constexpr std::size_t kPlottedPoints = 2000;  // of each kind

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void count_scans(const RawRun& raw, SearchRun& run) {
  const std::vector<IsolationWindow> windows = searched_windows(raw);
  run.windows = windows.size();
  run.ms1_scans = survey_scans(raw).size();
  run.ms2_scans = 0;
  for (const IsolationWindow& window : windows) run.ms2_scans += window.scans.size();
  run.scans_outside = raw.scan_count() - run.ms1_scans - run.ms2_scans;
  run.peaks = 0;
  for (std::size_t i = 0; i < raw.scan_count(); ++i) run.peaks += raw.peaks(i).size();
}

// Window numbers are stored in 16 bits. A scheme has hundreds of windows; data-dependent runs have
// about as many as scans.
Result<void> check_scheme(const RawRun& raw, const SearchRun& run) {
  constexpr std::size_t kMostWindows = 60'000;
  constexpr float kLongestRun = 600;  // minutes
  if (run.windows > kMostWindows) {
    return fail(
        "OVL-RUN-009",
        fmt::format("{} MS2 scans in {} different isolation windows", run.ms2_scans, run.windows),
        run.file.string(),
        "The run looks data-dependent (DDA); Overland searches runs whose windows repeat.");
  }
  if (run.windows > 0 && run.ms2_scans < 3 * run.windows) {
    log_warning(
        "{}: {} MS2 scans in {} windows: a window is hardly ever visited again, so nothing is "
        "known "
        "of how its precursors elute. Is the run DIA?",
        run.name, run.ms2_scans, run.windows);
  }
  if (run.scans_outside > 0) {
    log_warning(
        "{}: {} scans are left out as no part of the scheme: windows visited less than a "
        "twentieth as often as others (data-dependent?), or MS1 scans of a narrow range",
        run.name, run.scans_outside);
  }
  if (raw.scan_count() > 0 && raw.headers().rt_minutes.back() > kLongestRun) {
    log_warning(
        "{}: the last scan is at {:.0f} minutes. Retention times in seconds? Times of the results "
        "are in the unit of the file.",
        run.name, raw.headers().rt_minutes.back());
  }
  return {};
}

RunContext make_context(const RawRun& raw, const LibraryView& library,
                        std::span<const std::uint8_t> folds, int threads) {
  return {
      raw,    searched_windows(raw), survey_scans(raw), library, folds, decoys_per_target(library),
      threads};
}

void log_models(const SearchRun& run) {
  const RunModels& m = run.models;
  const auto borrowed = [](ModelSource source) {
    return source == ModelSource::other_runs ? " (of other runs)" : "";
  };
  log_info(
      "{}: {} sure precursors, {} before calibration; mass error {}{} {:+.2f} ppm, SD {:.2f}, "
      "tolerance {:+.1f} to {:+.1f} ppm; MS1 {:+.2f} ppm; retention time {}{}, tolerance {:.2f} "
      "iRT",
      run.name, m.confident, m.confident_wide, to_text(m.mass.method), borrowed(m.mass.source),
      m.mass.offset_at(m.first_minute), m.mass.sd_ppm, m.mass.tolerance.low, m.mass.tolerance.high,
      m.ms1_mass.offset_at(m.first_minute), to_text(m.rt.method), borrowed(m.rt.source),
      m.rt.tolerance);
  if (m.energy.points > 0 || m.energy.method != EnergyMethod::none) {
    log_info("{}: collision energy {}{}, {:.1f} at 500 m/z and 2+ from {} spectra", run.name,
             to_text(m.energy.method), borrowed(m.energy.source), m.nce_of(500, 2),
             m.energy.points);
  }
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
    const bool passes =
        row.q_value <= config.report.q_value && row.global_q_value <= config.report.q_value;
    if (!passes && row.is_matched == 0) continue;
    if (library.is_decoy[row.precursor] != 0 && !config.report.decoys) continue;
    if (library.entrapment[row.precursor] != 0 && !config.report.entrapments) continue;
    rows.push_back(row);
  }
  return rows;
}

PassingCounts count_passing(const RunScores& scores, const LibraryView& library, double q_value) {
  PassingCounts counts;
  for (const ScoredRow& row : scores.rows) {
    if (row.q_value > q_value) continue;
    const bool is_decoy = library.is_decoy[row.precursor] != 0;
    const bool is_entrapment = library.entrapment[row.precursor] != 0;
    (is_decoy ? counts.decoys : is_entrapment ? counts.entrapments : counts.targets) += 1;
  }
  return counts;
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
  if (auto checked = check_scheme(*raw, run); !checked) return checked;
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

Result<void> RunStages::tune_file(SearchRun& run, const Library& library,
                                  std::span<const std::uint8_t> folds) const {
  const StageKey key{
      .stage = prefix_ + "tune",
      .run = run.name,
      .inputs = {{"run", run.content_hash}, {"library", library.content_hash()}},
      .parameters_hash = parameters_hash(config_, {"search.", "first_pass.", "calibration."})};
  const std::filesystem::path models_file = store_.folder(key) / "models.json";
  run.points = store_.folder(key) / "points.parquet";
  if (!store_.is_current(key)) {
    const auto raw = open_run(run.arrow);
    if (!raw) return std::unexpected(raw.error());
    const RunContext context = make_context(*raw, library.view(), folds, threads_);
    const auto tuned = tune(context, config_);
    if (!tuned) return std::unexpected(tuned.error());
    if (const auto folder = store_.begin(key); !folder) return std::unexpected(folder.error());
    auto done = write_text_atomically(models_file, to_json(tuned->models));
    if (done) done = write_points(tuned->points, kPlottedPoints, run.points);
    if (done) done = store_.commit(key, {models_file, run.points});
    if (!done) return done;
  }
  auto models = read_run_models(models_file);
  if (!models) return std::unexpected(models.error());
  run.models = std::move(*models);
  return {};
}

// What was borrowed from other runs is not in this run's files: the models themselves are an input.
Result<void> RunStages::second_pass_file(SearchRun& run, const Library& library,
                                         std::span<const std::uint8_t> folds) const {
  const StageKey key{.stage = prefix_ + "second_pass",
                     .run = run.name,
                     .inputs = {{"run", run.content_hash},
                                {"library", library.content_hash()},
                                {"models", hash_text(to_json(run.models))}},
                     .parameters_hash = parameters_hash(
                         config_, {"search.", "first_pass.", "calibration.", "second_pass."})};
  run.psms = store_.folder(key) / "psms.arrow";
  log_models(run);
  if (store_.is_current(key)) return {};
  const auto raw = open_run(run.arrow);
  if (!raw) return std::unexpected(raw.error());
  const RunContext context = make_context(*raw, library.view(), folds, threads_);
  const PsmTable table = second_pass(context, run.models, config_);
  log_info("{}: {} peak groups of {} windows", run.name, table.rows.size(), context.windows.size());
  if (const auto folder = store_.begin(key); !folder) return std::unexpected(folder.error());
  auto done = write_psms(table, run.psms);
  if (done) done = store_.commit(key, {run.psms});
  return done;
}

void RunStages::tune_run(SearchRun& run, const Library& library,
                         std::span<const std::uint8_t> folds) const {
  if (run.error) return;
  const auto start = std::chrono::steady_clock::now();
  if (auto done = tune_file(run, library, folds); !done) run.error = done.error();
  run.seconds += seconds_since(start);
}

void RunStages::second_pass_run(SearchRun& run, const Library& library,
                                std::span<const std::uint8_t> folds) const {
  if (run.error) return;
  const auto start = std::chrono::steady_clock::now();
  if (auto done = second_pass_file(run, library, folds); !done) run.error = done.error();
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
