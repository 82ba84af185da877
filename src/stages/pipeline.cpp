#include "stages/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/summary.h"
#include "interop/exports.h"
#include "report/report_page.h"
#include "stages/borrow_models.h"
#include "stages/evidence.h"
#include "stages/importance.h"
#include "stages/integrate_runs.h"
#include "stages/output_guard.h"
#include "stages/refine.h"
#include "stages/results.h"
#include "stages/runs_table.h"
#include "stages/scoring_units.h"
#include "stages/search_audit.h"
#include "stages/search_library.h"
#include "stages/search_run.h"
#include "stages/transfer.h"

namespace overland {
namespace {

// The file name without .mzML, .mzML.gz or .arrow; dots elsewhere stay.
std::string run_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  for (const std::string_view ending : {".gz", ".mzML", ".mzml", ".arrow"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
    }
  }
  return name;
}

Result<std::vector<SearchRun>> check_inputs(const SearchOptions& options) {
  if (options.runs.empty()) {
    return fail("OVL-USE-014", "no run was given", "",
                "Name one or more .mzML, .mzML.gz or .arrow files.");
  }
  std::vector<SearchRun> runs;
  std::set<std::string> names;
  if (options.library.empty() == options.build.fasta.empty())
    return fail("OVL-USE-015", "give either a library or one or more FASTA files", "",
                "Use --library, or --fasta.");
  std::vector<std::filesystem::path> inputs = options.runs;
  if (!options.library.empty()) inputs.push_back(options.library);
  inputs.insert(inputs.end(), options.build.fasta.begin(), options.build.fasta.end());
  if (auto checked = check_output_folder(options.out, inputs); !checked)
    return std::unexpected(checked.error());
  for (const auto& file : options.runs) {
    SearchRun run;
    run.file = file;
    run.name = run_name(file);
    if (!names.insert(run.name).second) {
      return fail("OVL-USE-013", "two runs have the name '" + run.name + "'", file.string(),
                  "Rename one: results are told apart by the file name.");
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

Result<void> copy_output(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failed;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, failed);
  if (!failed) return {};
  return fail("OVL-IO-002", "cannot copy " + from.string() + ": " + failed.message(), to.string(),
              "Check that the place is writable.");
}

class Search {
 public:
  Search(const SearchOptions& options, std::vector<SearchRun> runs)
      : options_(options), store_(options.out), runs_(std::move(runs)) {}

  Result<void> run() {
    RunStages stages(store_, options_.config, options_.threads);
    summary_.start("read");
    for (SearchRun& run : runs_) {
      stages.read(run);
      if (auto ok = note_failure(run); !ok) return ok;
    }
    if (auto ok = check_any_left(); !ok) return ok;
    auto library = open_library();
    if (!library) return std::unexpected(library.error());
    if (options_.refine) {
      auto refined = refine(*library, stages);
      if (!refined) return std::unexpected(refined.error());
      library = std::move(refined);
      if (shares_times()) library->share_times();
    }
    if (auto done = search_and_score(*library, stages, ""); !done) return done;
    if (auto done = transfer(library->view(), library->content_hash()); !done) return done;
    summary_.start("integrate");
    const IntegrationJob job{*library, store_, options_.config, options_.threads, options_.max_ram};
    if (auto done = IntegrationStages(job).run(runs_); !done) return done;
    for (const SearchRun& run : runs_) {
      if (auto ok = note_failure(run); !ok) return ok;
    }
    return write_results(*library);
  }

 private:
  // Match between runs asks donors and their decoys for a peak at one and the same time.
  [[nodiscard]] bool shares_times() const {
    return options_.config.transfer.enabled && runs_.size() > 1;
  }

  Result<Library> open_library() {
    std::filesystem::path source = options_.library;
    if (source.empty()) {
      summary_.start("build library");
      const SearchLibraryBuild build = build_for_runs();
      auto built = built_library(build, options_.out, store_, options_.threads);
      if (!built) return std::unexpected(built.error());
      source = std::move(*built);
    }
    summary_.start("library");
    auto library = open_search_library(source, options_.config, fewest_scans(), store_);
    if (!library) return library;
    if (shares_times()) library->share_times();
    summary_.finish(fmt::format("{} precursors", library->view().precursor_count()));
    return library;
  }

  // With as many decoys as runs of this size need.
  [[nodiscard]] SearchLibraryBuild build_for_runs() const {
    SearchLibraryBuild build = options_.build;
    const int wanted = choose_decoys_per_target(options_.config, fewest_scans());
    if (wanted <= build.config.counterparts.decoys) return build;
    build.config.counterparts.decoys = wanted;
    log_info(
        "few scans: each target gets {} decoys, which take longer to predict "
        "(search.decoys_per_target sets another number)",
        wanted);
    return build;
  }

  // A first round with the library as it is, and a library tuned on what it found.
  Result<Library> refine(const Library& library, RunStages& stages) {
    const auto base = tunable_model(options_.build.predictor);
    if (!base) return std::unexpected(base.error());
    if (auto done = search_and_score(library, stages, "first_"); !done)
      return std::unexpected(done.error());
    summary_.start("refine");
    return refine_library({.library = library,
                           .base = *base,
                           .runs = runs_,
                           .stages = stages,
                           .config = options_.config,
                           .threads = options_.threads},
                          store_);
  }

  Result<void> search_and_score(const Library& library, RunStages& stages,
                                const std::string& round) {
    stages.set_round(round);
    summary_.start(round + "tune");
    const std::vector<std::uint8_t> folds = folds_of_pairs(library.view(), options_.threads);
    std::vector<RunModels*> models;
    for (SearchRun& run : runs_) {
      stages.tune_run(run, library, folds);
      if (auto ok = note_failure(run); !ok) return ok;
      if (!run.error) models.push_back(&run.models);
    }
    if (options_.config.calibration.borrow) borrow_models(models);
    summary_.start(round + "second pass");
    for (SearchRun& run : runs_) {
      stages.second_pass_run(run, library, folds);
      if (auto ok = note_failure(run); !ok) return ok;
    }
    if (auto ok = check_any_left(); !ok) return ok;
    summary_.start(round + "score");
    return score(library.view(), library.content_hash(), round);
  }

  Result<void> note_failure(const SearchRun& run) {
    if (!run.error || !reported_.insert(run.name).second) return {};
    log_warning("run {} failed and is left out: {}", run.name, run.error->message());
    if (options_.is_strict) return std::unexpected(*run.error);
    return {};
  }

  // When no run is left there is nothing to go on with: the first cause is the error.
  Result<void> check_any_left() const {
    for (const SearchRun& run : runs_) {
      if (!run.error) return {};
    }
    return std::unexpected(*runs_.front().error);
  }

  std::size_t fewest_scans() const {
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (const SearchRun& run : runs_) {
      if (!run.error) fewest = std::min(fewest, run.ms2_scans);
    }
    return fewest;
  }

  Result<void> score(const LibraryView& library, const std::string& library_hash,
                     const std::string& round) {
    std::vector<ScoreInput> inputs;
    StageKey key{.stage = round + "score",
                 .run = "",
                 .inputs = {{"library", library_hash}},
                 .parameters_hash =
                     parameters_hash(options_.config, {"search.", "score.", "report.q_value"})};
    for (SearchRun& run : runs_) {
      if (run.error) continue;
      const auto hash = hash_file(run.psms);
      if (!hash) return std::unexpected(hash.error());
      key.inputs["psms:" + run.name] = *hash;
      run.scores = store_.folder(key) / (run.name + ".arrow");
      run.row_scores = store_.folder(key) / (run.name + ".rows.arrow");
      inputs.push_back({run.name, run.psms, run.scores, run.row_scores});
    }
    if (!store_.is_current(key)) {
      if (auto done = score_anew(library, inputs, key); !done) return done;
    }
    std::size_t targets = 0;
    for (SearchRun& run : runs_) {
      if (run.error) continue;
      const auto scores = read_scores(run.scores);
      if (!scores) return std::unexpected(scores.error());
      const PassingCounts passing = count_passing(*scores, library, options_.config.report.q_value);
      run.targets = passing.targets;
      run.decoys = passing.decoys;
      targets += run.targets;
      log_info("{}: {} precursors at q <= {}, {} decoys above the same score", run.name,
               run.targets, options_.config.report.q_value, run.decoys);
    }
    summary_.finish(fmt::format("{} precursors in {} runs", targets, inputs.size()));
    return {};
  }

  Result<void> score_anew(const LibraryView& library, const std::vector<ScoreInput>& inputs,
                          const StageKey& key) {
    const auto folder = store_.begin(key);
    if (!folder) return std::unexpected(folder.error());
    const auto scored = score_runs(inputs, *folder, library, options_.config, options_.threads);
    if (!scored) return std::unexpected(scored.error());
    log_info("rescoring: {} model; {} precursors by the linear one{}", scored->model,
             scored->targets_linear,
             scored->model == "trees" ? fmt::format(", {} by trees", scored->targets_trees) : "");
    if (scored->linear_share < 1 || scored->tree_share < 1) {
      log_info("rescoring: trained on {:.3g} % of the peak groups (linear), {:.3g} % (trees)",
               100 * scored->linear_share, 100 * scored->tree_share);
    }
    std::vector<std::filesystem::path> outputs{*folder / kProteinGroupsFile,
                                               *folder / kImportanceFile};
    for (const ScoreInput& input : inputs) {
      outputs.push_back(input.scores);
      outputs.push_back(input.rows);
    }
    return store_.commit(key, outputs);
  }

  // Match between runs; sets run.scores to tables that hold the transfers, too.
  Result<void> transfer(const LibraryView& library, const std::string& library_hash) {
    std::vector<TransferInput> inputs;
    StageKey key{.stage = "transfer",
                 .run = "",
                 .inputs = {{"library", library_hash}},
                 .parameters_hash = parameters_hash(options_.config, {"search.seed", "transfer."})};
    for (SearchRun& run : runs_) {
      if (run.error) continue;
      for (const auto& file : {run.psms, run.scores}) {
        const auto hash = hash_file(file);
        if (!hash) return std::unexpected(hash.error());
        key.inputs[file.parent_path().filename().string() + ":" + run.name] = *hash;
      }
      inputs.push_back({run.name, run.psms, run.row_scores, run.scores,
                        store_.folder(key) / (run.name + ".arrow")});
    }
    if (!options_.config.transfer.enabled || inputs.size() < 2) return {};
    summary_.start("transfer");
    if (!store_.is_current(key)) {
      if (auto done = transfer_anew(library, inputs, key); !done) return done;
    }
    std::size_t matched = 0;
    std::size_t next = 0;
    for (SearchRun& run : runs_) {
      if (run.error) continue;
      run.scores = inputs[next++].matched;
      const auto scores = read_scores(run.scores);
      if (!scores) return std::unexpected(scores.error());
      for (const ScoredRow& row : scores->rows)
        run.matched += row.is_matched != 0 && library.is_decoy[row.precursor] == 0 &&
                               library.entrapment[row.precursor] == 0
                           ? 1U
                           : 0U;
      matched += run.matched;
      log_info("{}: {} precursors matched between runs", run.name, run.matched);
    }
    summary_.finish(fmt::format("{} precursors matched", matched));
    return {};
  }

  Result<void> transfer_anew(const LibraryView& library, const std::vector<TransferInput>& inputs,
                             const StageKey& key) {
    const auto folder = store_.begin(key);
    if (!folder) return std::unexpected(folder.error());
    const auto done = transfer_runs(inputs, library, options_.config, options_.threads);
    if (!done) return std::unexpected(done.error());
    std::vector<std::filesystem::path> outputs;
    for (std::size_t r = 0; r < inputs.size(); ++r) {
      log_info(
          "{}: {} transfers at q <= {}, {} decoys above the same score; times agree with other "
          "runs to {:.3g} iRT",
          inputs[r].name, done->targets[r], options_.config.transfer.q_value, done->decoys[r],
          done->irt_sd[r]);
      outputs.push_back(inputs[r].matched);
    }
    const auto groups = inputs.front().scores.parent_path() / kProteinGroupsFile;
    outputs.push_back(*folder / kProteinGroupsFile);
    if (auto copied = copy_output(groups, outputs.back()); !copied) return copied;
    return store_.commit(key, outputs);
  }

  Result<void> write_results(const Library& library) {
    summary_.start("report");
    const std::filesystem::path& out = options_.out;
    const auto counts = write_report(runs_, library.view(), options_.config, out, options_.threads);
    if (!counts) return std::unexpected(counts.error());
    SearchConfig config = options_.config;
    auto done = write_text_atomically(out / "config.json", search_schema(config).to_json());
    std::error_code ignored;
    std::filesystem::remove(out / "xic.parquet", ignored);  // of an earlier search
    if (done && config.report.xic) {
      done = write_evidence({runs_, library.view(), config, options_.threads}, out / "xic.parquet");
    }
    if (done) done = write_runs_table(runs_, out / "runs.parquet");
    if (done) done = write_plots(runs_, out / "plots");
    if (done) done = write_search_audit(runs_, library.view(), out, options_.threads);
    if (done)
      done = copy_output(options_.out / "work" / "score" / kImportanceFile,
                         out / "feature_importance.parquet");
    if (done && config.report.tsv) done = write_small_tables_as_tsv(out);
    if (done) done = write_results_manifest(runs_, library, options_.config, out);
    if (done && options_.pioneer_tables) done = write_pioneer_tables();
    if (!done) return done;
    summary_.finish(fmt::format("{} rows, {} precursors", counts->rows, counts->precursors));
    if (done = write_page(); !done) return done;
    log_info("overland {} | {}\n{}", OVERLAND_VERSION, options_.command_line, summary_.table());
    if (counts->rows == 0) diagnose();
    log_info("results: {}", out.string());
    const auto failed = std::count_if(runs_.begin(), runs_.end(),
                                      [](const SearchRun& run) { return run.error.has_value(); });
    if (failed == 0) return {};
    return fail("OVL-COH-001",
                fmt::format("{} of {} runs failed; the others are done", failed, runs_.size()),
                (out / "runs.parquet").string(), "The column Error there, and the log, say why.");
  }

  Result<void> write_pioneer_tables() const {
    const auto results = open_search_results(options_.out, {});
    if (!results) return std::unexpected(results.error());
    return export_pioneer(*results, options_.out / "pioneer");
  }

  // report.html, and what it and `overland explain` want to know of this search. A page that cannot
  // be drawn fails no search.
  Result<void> write_page() {
    auto done = write_input_paths(options_, runs_, options_.out / "work" / "inputs.json");
    if (done)
      done = write_resources(summary_, options_.threads, options_.out / "work" / "resources.json");
    if (!done || !options_.config.report.html) return done;
    summary_.start("page");
    PageOptions page;
    page.results = options_.out;
    if (const auto drawn = write_report_page(page); !drawn)
      log_warning("report.html was not written: {}", drawn.error().message());
    summary_.finish();
    return {};
  }

  // Nothing was identified: what was tried, what the data look like, what to change.
  void diagnose() const {
    for (const SearchRun& run : runs_) {
      if (run.error) continue;
      log_warning(
          "{}: no precursor at q <= {}. {} MS2 scans in {} windows, {:.0f} peaks a scan; {} sure "
          "precursors for calibration, fragment tolerance {:.1f} ppm, retention-time model '{}'. "
          "Check that the library's peptides, m/z range and modifications fit the sample; try "
          "--set first_pass.tolerance_ppm=40 if the instrument is off calibration.",
          run.name, options_.config.report.q_value, run.ms2_scans, run.windows,
          static_cast<double>(run.peaks) /
              static_cast<double>(std::max<std::size_t>(run.ms2_scans, 1)),
          run.models.confident, run.models.mass.tolerance.high, to_text(run.models.rt.method));
    }
  }

  const SearchOptions& options_;
  StageStore store_;
  std::vector<SearchRun> runs_;
  std::set<std::string> reported_;
  RunSummary summary_;
};

}  // namespace

Result<void> run_search(const SearchOptions& options) {
  auto runs = check_inputs(options);
  if (!runs) return std::unexpected(runs.error());
  std::error_code failed;
  std::filesystem::create_directories(options.out, failed);
  if (failed) {
    return fail("OVL-IO-002", "cannot make the results folder: " + failed.message(),
                options.out.string(), "Check that the place is writable.");
  }
  log_to_file(options.out / "log.txt");
  log_info("overland {} | {}", OVERLAND_VERSION, options.command_line);
  return Search(options, std::move(*runs)).run();
}

}  // namespace overland
