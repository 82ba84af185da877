// chromatograms, own_limits, limits, integrate.
#include <fmt/format.h>

#include "base/resources.h"
#include "base/summary.h"
#include "identify/accepted.h"
#include "quantify/consensus_limits.h"
#include "quantify/integrate.h"
#include "stages/stage_work.h"

namespace overland::stages {
namespace {

// Quantities may take what is free, less a reserve for what else the machine does.
constexpr double kShareOfFree = 0.8;

// Bytes that the chromatograms may take beside what the process holds already.
std::uint64_t memory_budget(std::uint64_t max_ram) {
  if (max_ram == 0) {
    return static_cast<std::uint64_t>(kShareOfFree * static_cast<double>(available_memory()));
  }
  const std::uint64_t held = own_memory();
  return max_ram > held ? max_ram - held : 0;
}

// Rows that do not pass but elute near those that do. Both lists are sorted by precursor.
std::vector<identify::ScoredRow> competitor_rows(const identify::RunScores& scores,
                                                 const std::vector<identify::ScoredRow>& accepted,
                                                 double competitor_q_value) {
  std::vector<identify::ScoredRow> rows;
  if (competitor_q_value <= 0) return rows;
  std::size_t next = 0;
  for (const identify::ScoredRow& row : scores.rows) {
    while (next < accepted.size() && accepted[next].precursor < row.precursor) ++next;
    const bool passes = next < accepted.size() && accepted[next].precursor == row.precursor;
    if (!passes && row.q_value <= competitor_q_value) rows.push_back(row);
  }
  return rows;
}

// What the stages of quantities read of one run.
struct AcceptedRun {
  identify::RunScores scores;
  std::vector<identify::ScoredRow> accepted;
  run::RawRun raw;
  search::RunModels models;
  library::LibraryView library;

  [[nodiscard]] static Result<AcceptedRun> open(const StageJob& job,
                                                const params::ReportFilter& filter) {
    auto raw = job.open_raw_run();
    if (!raw) return std::unexpected(raw.error());
    auto models = search::read_run_models(job.input(params::kModels));
    if (!models) return std::unexpected(models.error());
    const auto library = job.library();
    if (!library) return std::unexpected(library.error());
    const library::LibraryView view = (*library)->view();
    auto scores =
        identify::read_scores(job.accepted_scores(), {.precursors = view.precursor_count()});
    if (!scores) return std::unexpected(scores.error());
    auto accepted = identify::accepted_rows(*scores, view, filter);
    return AcceptedRun{std::move(*scores), std::move(accepted), std::move(*raw), std::move(*models),
                       view};
  }
};

void log_plan(const StageJob& job, const quantify::TracePlan& plan, std::size_t accepted,
              std::size_t competitors) {
  const quantify::MemoryPlan& memory = plan.memory();
  job.machine().info(
      "{}: chromatograms of {} precursors ({} competitors): {} traces, {} points; memory {} = "
      "layout {} + batch {} + {} x {} scratch, {} batch(s)",
      job.run().name, accepted, competitors, plan.order().size(), plan.point_count(),
      memory_text(memory.total()), memory_text(memory.layout), memory_text(memory.batch),
      memory.workers, memory_text(memory.per_worker), plan.batches().size());
}

StageResult integrate_with(const StageJob& job, const params::IntegrateParameters& parameters,
                           const quantify::ConsensusLimits* limits, double width_minutes,
                           const std::filesystem::path& file) {
  give_back_arrays_from(kPlannedStageArraysMb);
  const auto run = AcceptedRun::open(job, parameters.report);
  if (!run) return std::unexpected(run.error());
  const search::RunView run_view = search::view_of(run->raw, run->library);
  const auto traces =
      quantify::TraceFile::open(job.input(params::kTraces).parent_path(), run->accepted, run_view);
  if (!traces) return std::unexpected(traces.error());
  const quantify::Integration result = quantify::integrate({.view = run_view,
                                                            .models = run->models,
                                                            .config = parameters.integrate,
                                                            .accepted = run->accepted,
                                                            .traces = *traces,
                                                            .limits = limits,
                                                            .width_minutes = width_minutes,
                                                            .machine = job.machine()});
  job.machine().info("{}: noise of a point: gain {:.3g}, {:.1f} % of its height", job.run().name,
                     result.noise.gain, 100 * result.noise.cv);
  if (auto done = quantify::write_quantities(result.rows, file); !done)
    return std::unexpected(done.error());
  return StageOutputs{{file}};
}

}  // namespace

StageResult extract_chromatograms(const StageJob& job,
                                  const params::IntegrateParameters& parameters) {
  give_back_arrays_from(kPlannedStageArraysMb);
  const auto run = AcceptedRun::open(job, parameters.report);
  if (!run) return std::unexpected(run.error());
  const params::IntegrateConfig& config = parameters.integrate;
  const std::vector<identify::ScoredRow> competitors =
      competitor_rows(run->scores, run->accepted, config.competitor_q_value);
  const search::RunView run_view = search::view_of(run->raw, run->library);
  const quantify::TracePlanInput input{
      .view = run_view,
      .cycle_minutes = run->models.cycle_minutes,
      .peak_width_minutes = quantify::run_peak_width(run->accepted, run->models),
      .accepted = run->accepted,
      .competitors = competitors,
      .combine_windows = config.combine_windows,
      .follow_ms1 = config.ms1,
  };
  const auto plan =
      quantify::TracePlan::make(input, job.machine().threads, memory_budget(job.machine().max_ram));
  if (!plan) return std::unexpected(plan.error());
  log_plan(job, *plan, run->accepted.size(), competitors.size());
  auto writer = quantify::TraceFileWriter::create(job.output(params::kTraces).parent_path());
  if (!writer) return std::unexpected(writer.error());
  const quantify::ChromatogramBuilder builder(run_view, run->models, config, job.machine());
  const auto counts = builder.run(*plan, [&](const quantify::BatchPoints& batch) -> Result<void> {
    writer->append(*plan, batch);
    return {};
  });
  if (!counts) return std::unexpected(counts.error());
  if (auto done = writer->finish(); !done) return std::unexpected(done.error());
  return StageOutputs{{job.output(params::kTraces), job.output(params::kTracePoints)},
                      fmt::format("{} traces", plan->order().size())};
}

StageResult integrate_own_limits(const StageJob& job,
                                 const params::IntegrateParameters& parameters) {
  return integrate_with(job, parameters, nullptr, 0, job.output(params::kOwnQuantities));
}

StageResult agree_on_limits(const StageJob& job) {
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const search::RowBounds bounds{.precursors = (*library)->view().precursor_count()};
  std::vector<std::filesystem::path> files;
  std::vector<double> widths;
  for (const RunInput& run : job.runs()) {
    const auto rows =
        quantify::read_quantities(job.input(params::kOwnQuantities, run.name), bounds);
    if (!rows) return std::unexpected(rows.error());
    files.push_back(job.input(params::kOwnQuantities, run.name));
    widths.push_back(quantify::median_width(*rows));
  }
  const auto limits = quantify::consensus_limits({files, widths, job.own_folder()});
  if (!limits) return std::unexpected(limits.error());
  if (auto done = quantify::write_limits(*limits, job.output(params::kLimits)); !done)
    return std::unexpected(done.error());
  return StageOutputs{{job.output(params::kLimits)},
                      fmt::format("{} precursors", limits->precursor.size())};
}

StageResult integrate_run(const StageJob& job, const params::IntegrateParameters& parameters) {
  if (!job.reads(params::kLimits))
    return integrate_with(job, parameters, nullptr, 0, job.output(params::kQuantities));
  const auto limits = quantify::read_limits(job.input(params::kLimits));
  if (!limits) return std::unexpected(limits.error());
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const auto own = quantify::read_quantities(job.input(params::kOwnQuantities),
                                             {.precursors = (*library)->view().precursor_count()});
  if (!own) return std::unexpected(own.error());
  return integrate_with(job, parameters, &*limits, quantify::median_width(*own),
                        job.output(params::kQuantities));
}

}  // namespace overland::stages
