#include "stages/catalogue.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "stages/stage_work.h"

namespace overland::stages {
namespace {

constexpr const char* kFirstRound = "first_";

Stage read_stage(const SearchPlan& plan) {
  const auto bind = [vendor = plan.options.vendor](auto function) {
    return [function, vendor](const StageJob& job) { return function(job, vendor); };
  };
  return {.name = "read",
          .scope = Scope::run,
          .purpose = "reads the run, counts its scans and windows, converts it for later stages",
          .writes = {params::kRunRecord},
          .outer_inputs = bind(run_file_hash),
          .work = bind(read_run)};
}

Stage build_library_stage(const SearchPlan& plan) {
  const BuildLibraryParameters parameters{
      .build = plan.options.build, .library = params::LibraryParameters::of(plan.options.config)};
  const auto bind = [&parameters](auto function) {
    return [function, parameters](const StageJob& job) { return function(job, parameters); };
  };
  return {.name = "build_library",
          .scope = Scope::cohort,
          .purpose = "predicts a library from the proteins of the FASTA",
          .reads = {{params::kRunRecord}},
          .writes = {params::kBuiltLibraryRecord},
          .parameters = build_parameters_text(parameters.build.config),
          .outer_inputs = bind(build_library_inputs),
          .inner_inputs = bind(decoys_wanted_by_build),
          .work = bind(build_search_library)};
}

Stage library_stage(const SearchPlan& plan) {
  const SearchLibraryParameters parameters{
      .library = params::LibraryParameters::of(plan.options.config),
      .given = plan.options.library,
      .shares_times = plan.matches_runs()};
  const auto bind = [&parameters](auto function) {
    return [function, parameters](const StageJob& job) { return function(job, parameters); };
  };
  std::vector<StageInput> reads{{params::kRunRecord}};
  if (plan.is_from_fasta()) reads.push_back({params::kBuiltLibraryRecord});
  return {.name = "library",
          .scope = Scope::cohort,
          .purpose = "the library that is searched: imported where needed, with decoys",
          .reads = reads,
          .writes = {params::kLibraryRecord},
          .parameters = params::parameters_text(parameters.library),
          .inner_inputs = bind(search_library_inputs),
          .work = bind(make_search_library)};
}

Stage refine_stage(const SearchPlan& plan) {
  const auto refine = [parameters = params::RefineParameters::of(plan.options.config),
                       predictor = plan.options.build.predictor,
                       shares_times = plan.matches_runs()](const StageJob& job) {
    return refine_library(job, parameters, predictor, shares_times);
  };
  return {
      .name = "refine",
      .scope = Scope::cohort,
      .purpose = "tunes the predictor on what the first round found; predicts the library again",
      .reads = {{params::kRunRecord},
                {params::kLibraryRecord},
                {params::kModels, kFirstRound},
                {params::kScores, kFirstRound}},
      .writes = {params::kRefinedLibraryRecord, params::kObservedSpectra},
      .parameters = params::parameters_text(params::RefineParameters::of(plan.options.config)),
      .outer_inputs = [predictor = plan.options.build.predictor](
                          const StageJob&) { return predictor_hash(predictor); },
      .work = refine};
}

// From calibration to scores; `library` is what the round searches with.
void add_round(const params::SearchConfig& config, const std::string& round,
               const params::Artefact& library, std::vector<Stage>& stages) {
  stages.push_back(with_parameters(
      {.name = "tune",
       .round = round,
       .scope = Scope::run,
       .purpose = "a first pass calibrates mass, retention time, collision energy, quadrupole",
       .reads = {{params::kRunRecord}, {library}},
       .writes = {params::kOwnModels, params::kCalibrationPoints}},
      params::TuneParameters::of(config), tune_run));
  stages.push_back(
      with_parameters({.name = "borrow",
                       .round = round,
                       .scope = Scope::cohort,
                       .purpose = "runs with too little data take models from the other runs",
                       .reads = {{params::kOwnModels, round}},
                       .writes = {params::kModels}},
                      params::BorrowParameters::of(config), borrow_models_of_runs));
  stages.push_back(with_parameters(
      {.name = "second_pass",
       .round = round,
       .scope = Scope::run,
       .purpose = "deconvolves all scans; peak groups of all precursors with their features",
       .reads = {{params::kRunRecord}, {library}, {params::kModels, round}},
       .writes = {params::kPeakGroups}},
      params::SecondPassParameters::of(config), find_peak_groups));
  stages.push_back(with_parameters(
      {.name = "score",
       .round = round,
       .scope = Scope::cohort,
       .purpose = "rescores all runs together; q-values of precursors, peptides, proteins",
       .reads = {{library}, {params::kPeakGroups, round}},
       .writes = {params::kScores, params::kRowScores, params::kProteinGroups,
                  params::kFeatureImportance}},
      params::ScoreParameters::of(config), score_cohort));
}

Stage transfer_stage(const params::SearchConfig& config, const params::Artefact& library) {
  return with_parameters(
      {.name = "transfer",
       .scope = Scope::cohort,
       .purpose = "match between runs, with a separate error rate",
       .reads = {{library}, {params::kPeakGroups}, {params::kRowScores}, {params::kScores}},
       .writes = {params::kMatchedScores}},
      params::TransferParameters::of(config), match_between_runs);
}

// From accepted precursors to areas.
void add_integration(const SearchPlan& plan, const params::Artefact& library,
                     const params::Artefact& scores, std::vector<Stage>& stages) {
  const params::IntegrateParameters parameters =
      params::IntegrateParameters::of(plan.options.config);
  stages.push_back(
      with_parameters({.name = "chromatograms",
                       .scope = Scope::run,
                       .purpose = "deconvolved chromatograms of the accepted precursors",
                       .reads = {{params::kRunRecord}, {library}, {params::kModels}, {scores}},
                       .writes = {params::kTraces, params::kTracePoints}},
                      parameters, extract_chromatograms));
  std::vector<StageInput> reads{{params::kRunRecord}, {library},
                                {params::kModels},    {scores},
                                {params::kTraces},    {params::kTracePoints}};
  if (plan.agrees_on_limits()) {
    stages.push_back(with_parameters({.name = "own_limits",
                                      .scope = Scope::run,
                                      .purpose = "areas with the limits of each peak alone",
                                      .reads = reads,
                                      .writes = {params::kOwnQuantities}},
                                     parameters, integrate_own_limits));
    stages.push_back({.name = "limits",
                      .scope = Scope::cohort,
                      .purpose = "limits of each precursor's peak that all runs agree on",
                      .reads = {{library}, {params::kOwnQuantities}},
                      .writes = {params::kLimits},
                      .work = agree_on_limits});
    reads.push_back({params::kOwnQuantities});
    reads.push_back({params::kLimits});
  }
  stages.push_back(with_parameters({.name = "integrate",
                                    .scope = Scope::run,
                                    .purpose = "areas, their errors and interference",
                                    .reads = reads,
                                    .writes = {params::kQuantities}},
                                   parameters, integrate_run));
}

Stage report_stage(const SearchPlan& plan, const params::Artefact& library,
                   const params::Artefact& scores) {
  const params::ReportParameters parameters = params::ReportParameters::of(plan.options.config);
  std::vector<StageInput> reads{{params::kRunRecord},
                                {library},
                                {params::kCalibrationPoints},
                                {params::kModels},
                                {scores},
                                {params::kProteinGroups},
                                {params::kTraces},
                                {params::kTracePoints},
                                {params::kQuantities},
                                {params::kFeatureImportance}};
  return {.name = "report",
          .scope = Scope::cohort,
          .purpose = "normalisation, protein quantities, all tables and plots",
          .reads = reads,
          .writes = {params::kReportRecord},
          .parameters = params::parameters_text(parameters),
          .outer_inputs = [pioneer = plan.options.pioneer_tables](
                              const StageJob& job) { return report_inputs(job, pioneer); },
          .work = [parameters, pioneer = plan.options.pioneer_tables](
                      const StageJob& job) { return write_tables(job, parameters, pioneer); }};
}

Stage page_stage() {
  return {.name = "page",
          .scope = Scope::cohort,
          .purpose = "report.html: the results as one page",
          .reads = {{params::kReportRecord}},
          .work = write_page};
}

}  // namespace

const params::Artefact& final_library(const SearchPlan& plan) {
  return plan.options.refine ? params::kRefinedLibraryRecord : params::kLibraryRecord;
}

const params::Artefact& final_scores(const SearchPlan& plan) {
  return plan.matches_runs() ? params::kMatchedScores : params::kScores;
}

std::vector<std::string> makers_of(const Stage& stage) {
  std::vector<std::string> makers;
  for (const StageInput& input : stage.reads) {
    const std::string maker = input.round + std::string(input.artefact.stage);
    if (std::ranges::find(makers, maker) == makers.end()) makers.push_back(maker);
  }
  return makers;
}

std::vector<Stage> search_stages(const SearchPlan& plan) {
  const params::SearchConfig& config = plan.options.config;
  std::vector<Stage> stages{read_stage(plan)};
  if (plan.is_from_fasta()) stages.push_back(build_library_stage(plan));
  stages.push_back(library_stage(plan));
  if (plan.options.refine) {
    add_round(config, kFirstRound, params::kLibraryRecord, stages);
    stages.push_back(refine_stage(plan));
  }
  const params::Artefact& library = final_library(plan);
  add_round(config, "", library, stages);
  if (plan.matches_runs()) stages.push_back(transfer_stage(config, library));
  add_integration(plan, library, final_scores(plan), stages);
  stages.push_back(report_stage(plan, library, final_scores(plan)));
  if (config.report.html) stages.push_back(page_stage());
  return stages;
}

std::string stages_json(const std::vector<Stage>& stages) {
  using Object = nlohmann::ordered_json;
  Object all = Object::array();
  for (const Stage& stage : stages) {
    Object entry = {
        {"stage", stage.full_name()}, {"scope", stage.scope == Scope::run ? "run" : "cohort"},
        {"purpose", stage.purpose},   {"after", makers_of(stage)},
        {"reads", Object::array()},   {"writes", Object::array()}};
    for (const StageInput& input : stage.reads)
      entry["reads"].push_back(
          fmt::format("work/{}{}/{}", input.round, input.artefact.stage, input.artefact.file));
    for (const params::Artefact& output : stage.writes)
      entry["writes"].push_back(
          fmt::format("work/{}{}/{}", stage.round, output.stage, output.file));
    entry["parameters"] =
        stage.parameters.empty() ? Object::object() : Object::parse(stage.parameters);
    all.push_back(std::move(entry));
  }
  return all.dump(2) + "\n";
}

std::string stages_dot(const std::vector<Stage>& stages) {
  std::string text = "digraph search {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const Stage& stage : stages) {
    text += fmt::format("  {} [label=\"{}\\n{}\"];\n", stage.full_name(), stage.full_name(),
                        stage.scope == Scope::run ? "each run" : "all runs");
    for (const std::string& maker : makers_of(stage))
      text += fmt::format("  {} -> {};\n", maker, stage.full_name());
  }
  return text + "}\n";
}

}  // namespace overland::stages
