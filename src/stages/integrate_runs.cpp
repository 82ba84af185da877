#include "stages/integrate_runs.h"

#include <fmt/format.h>

#include <chrono>

#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/summary.h"
#include "io/mapped_columns.h"

namespace overland {
namespace {

// Quantities may take what is free, less a reserve for what else the machine does.
constexpr double kShareOfFree = 0.8;
constexpr const char* kQuantitiesFile = "quantities.arrow";
constexpr const char* kLimitsFile = "limits.arrow";

// Bytes that this stage may take beside what the process holds already.
std::uint64_t budget(std::uint64_t max_ram) {
  if (max_ram == 0) {
    return static_cast<std::uint64_t>(kShareOfFree * static_cast<double>(available_memory()));
  }
  const std::uint64_t held = own_memory();
  return max_ram > held ? max_ram - held : 0;
}

// Rows that do not pass but elute near those that do.
std::vector<ScoredRow> competitor_rows(const RunScores& scores,
                                       const std::vector<ScoredRow>& passing,
                                       const SearchConfig& config) {
  std::vector<ScoredRow> rows;
  if (config.integrate.competitor_q_value <= 0) return rows;
  std::size_t next = 0;  // both by precursor
  for (const ScoredRow& row : scores.rows) {
    while (next < passing.size() && passing[next].precursor < row.precursor) ++next;
    const bool passes = next < passing.size() && passing[next].precursor == row.precursor;
    if (!passes && row.q_value <= config.integrate.competitor_q_value) rows.push_back(row);
  }
  return rows;
}

Result<void> count_chromatograms(SearchRun& run) {
  const auto traces = io::MappedColumns::open(run.chromatograms / kTracesFile);
  if (!traces) return std::unexpected(traces.error());
  const auto points = io::MappedColumns::open(run.chromatograms / kPointsFile);
  if (!points) return std::unexpected(points.error());
  run.traces = traces->row_count();
  run.trace_points = points->row_count();
  return {};
}

template <class Step>
void timed(SearchRun& run, const Step& step) {
  if (run.error) return;
  const auto start = std::chrono::steady_clock::now();
  if (auto done = step(); !done) run.error = done.error();
  run.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

struct IntegrationStages::OpenRun {
  RunScores scores;
  std::vector<ScoredRow> passing;
  RawRun raw;
  [[nodiscard]] static Result<OpenRun> open(const SearchRun& run, const IntegrationJob& job) {
    auto scores = read_scores(run.scores);
    if (!scores) return std::unexpected(scores.error());
    auto raw = open_run(run.arrow, job.threads);
    if (!raw) return std::unexpected(raw.error());
    auto passing = passing_rows(*scores, job.library.view(), job.config);
    return OpenRun{std::move(*scores), std::move(passing), std::move(*raw)};
  }
  [[nodiscard]] RunContext context(const IntegrationJob& job) const {
    return {.run = raw,
            .windows = searched_windows(raw),
            .ms1 = survey_scans(raw),
            .library = job.library.view(),
            .fold_of_pair = {},
            .decoys_per_target = 1,
            .threads = job.threads};
  }
};

StageKey IntegrationStages::chromatogram_key(const SearchRun& run) const {
  return {.stage = "chromatograms",
          .run = run.name,
          .inputs = {{"run", run.content_hash},
                     {"library", job_.library.content_hash()},
                     {"models", hash_text(to_json(run.models))}},
          .parameters_hash = parameters_hash(
              job_.config, {"second_pass.", "integrate.competitor", "integrate.combine",
                            "integrate.ms1", "integrate.loss", "integrate.huber", "report.q_value",
                            "report.decoys", "report.entrapments"})};
}

Result<void> IntegrationStages::make_chromatograms(SearchRun& run) const {
  const auto scores_hash = hash_file(run.scores);
  if (!scores_hash) return std::unexpected(scores_hash.error());
  StageKey key = chromatogram_key(run);
  key.inputs["scores"] = *scores_hash;
  run.chromatograms = job_.store.folder(key);
  if (!job_.store.is_current(key)) {
    const AllocationSpan span;
    if (auto done = write_chromatograms(run, key); !done) return done;
    run.chromatogram_allocations = span.use();
  }
  if (auto done = count_chromatograms(run); !done) return done;
  const auto points = job_.store.output_hash(key, kPointsFile);
  if (!points) return std::unexpected(points.error());
  const auto traces = job_.store.output_hash(key, kTracesFile);
  if (!traces) return std::unexpected(traces.error());
  run.chromatograms_hash = hash_text(*traces + *points + *scores_hash);
  return {};
}

Result<void> IntegrationStages::write_chromatograms(const SearchRun& run,
                                                    const StageKey& key) const {
  const auto open = OpenRun::open(run, job_);
  if (!open) return std::unexpected(open.error());
  const RunContext context = open->context(job_);
  const std::vector<ScoredRow> competitors =
      competitor_rows(open->scores, open->passing, job_.config);
  const TracePlanInput input{
      .context = context,
      .cycle_minutes = run.models.cycle_minutes,
      .peak_width_minutes = run_peak_width(open->passing, run.models),
      .passing = open->passing,
      .competitors = competitors,
      .combine_windows = job_.config.integrate.combine_windows,
      .follow_ms1 = job_.config.integrate.ms1,
  };
  const auto plan = TracePlan::make(input, job_.threads, budget(job_.max_ram));
  if (!plan) return std::unexpected(plan.error());
  const MemoryPlan& memory = plan->memory();
  log_info(
      "{}: chromatograms of {} precursors ({} competitors): {} traces, {} points; memory {} = "
      "layout {} + slab {} + {} x {} scratch, {} slab(s)",
      run.name, open->passing.size(), competitors.size(), plan->order().size(), plan->point_count(),
      memory_text(memory.total()), memory_text(memory.layout), memory_text(memory.slab),
      memory.workers, memory_text(memory.per_worker), plan->slabs().size());
  const auto folder = job_.store.begin(key);
  if (!folder) return std::unexpected(folder.error());
  auto writer = TraceFileWriter::create(*folder);
  if (!writer) return std::unexpected(writer.error());
  const ChromatogramBuilder builder(context, run.models, job_.config);
  const auto counts = builder.run(*plan, [&](const SlabPoints& slab) -> Result<void> {
    writer->append(*plan, slab);
    return {};
  });
  if (!counts) return std::unexpected(counts.error());
  if (auto done = writer->finish(); !done) return done;
  return job_.store.commit(key, {*folder / kTracesFile, *folder / kPointsFile});
}

StageKey IntegrationStages::quantity_key(const SearchRun& run, const std::string& stage) const {
  return {.stage = stage,
          .run = run.name,
          .inputs = {{"run", run.content_hash},
                     {"library", job_.library.content_hash()},
                     {"chromatograms", run.chromatograms_hash}},
          .parameters_hash = parameters_hash(job_.config, {"integrate."})};
}

Result<void> IntegrationStages::make_quantities(SearchRun& run, const StageKey& key,
                                                const ConsensusLimits* limits,
                                                double width_minutes) const {
  run.quantities = job_.store.folder(key) / kQuantitiesFile;
  if (job_.store.is_current(key)) return {};
  const AllocationSpan span;
  const auto open = OpenRun::open(run, job_);
  if (!open) return std::unexpected(open.error());
  const auto traces = TraceFile::open(run.chromatograms, open->passing.size());
  if (!traces) return std::unexpected(traces.error());
  const RunContext context = open->context(job_);
  const Integration result = integrate({.context = context,
                                        .models = run.models,
                                        .config = job_.config,
                                        .passing = open->passing,
                                        .traces = *traces,
                                        .limits = limits,
                                        .width_minutes = width_minutes});
  log_info("{}: noise of a point: gain {:.3g}, {:.1f} % of its height", run.name, result.noise.gain,
           100 * result.noise.cv);
  if (const auto folder = job_.store.begin(key); !folder) return std::unexpected(folder.error());
  auto done = write_quantities(result.rows, run.quantities);
  if (done) done = job_.store.commit(key, {run.quantities});
  run.integration_allocations = span.use();
  return done;
}

// Each run by itself, then the medians.
Result<ConsensusLimits> IntegrationStages::agree(std::vector<SearchRun>& runs,
                                                 std::string& limits_hash) const {
  StageKey key{.stage = "limits", .run = "", .inputs = {}, .parameters_hash = ""};
  std::vector<std::vector<Quantity>> all;
  for (SearchRun& run : runs) {
    timed(run, [&]() -> Result<void> {
      if (auto done = make_quantities(run, quantity_key(run, "own_limits"), nullptr, 0); !done)
        return done;
      const auto hash = hash_file(run.quantities);
      if (!hash) return std::unexpected(hash.error());
      auto rows = read_quantities(run.quantities);
      if (!rows) return std::unexpected(rows.error());
      key.inputs[run.name] = *hash;
      run.peak_width = median_width(*rows);
      all.push_back(std::move(*rows));
      return {};
    });
  }
  const auto file = job_.store.folder(key) / kLimitsFile;
  if (!job_.store.is_current(key)) {
    if (const auto folder = job_.store.begin(key); !folder) return std::unexpected(folder.error());
    auto done = write_limits(consensus_limits(all), file);
    if (done) done = job_.store.commit(key, {file});
    if (!done) return std::unexpected(done.error());
  }
  const auto hash = job_.store.output_hash(key, kLimitsFile);
  if (!hash) return std::unexpected(hash.error());
  limits_hash = *hash;
  return read_limits(file);
}

Result<void> IntegrationStages::finish(SearchRun& run, const ConsensusLimits* limits,
                                       const std::string& limits_hash) const {
  StageKey key = quantity_key(run, "integrate");
  key.inputs["limits"] = limits_hash;
  return make_quantities(run, key, limits, run.peak_width);
}

Result<void> IntegrationStages::run(std::vector<SearchRun>& runs) const {
  give_back_arrays_from(kPlannedStageArraysMb);
  std::size_t alive = 0;
  for (SearchRun& run : runs) {
    timed(run, [&] { return make_chromatograms(run); });
    alive += run.error ? 0U : 1U;
  }
  ConsensusLimits limits;
  std::string limits_hash = "own";
  const bool is_common = alive > 1 && job_.config.integrate.consensus_limits;
  if (is_common) {
    auto agreed = agree(runs, limits_hash);
    if (!agreed) return std::unexpected(agreed.error());
    limits = std::move(*agreed);
  }
  for (SearchRun& run : runs) {
    timed(run, [&] { return finish(run, is_common ? &limits : nullptr, limits_hash); });
  }
  return {};
}

}  // namespace overland
