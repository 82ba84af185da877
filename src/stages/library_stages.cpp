// build_library, library.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "run/run_record.h"
#include "stages/search_library.h"
#include "stages/stage_work.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

// The number of decoys suits the run with the fewest scans.
Result<std::uint64_t> fewest_scans(const StageJob& job) {
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (const RunInput& run : job.runs()) {
    const auto record = run::read_run_record(job.input(params::kRunRecord, run.name));
    if (!record) return std::unexpected(record.error());
    fewest = std::min(fewest, record->ms2_scans);
  }
  return fewest;
}

// The build as this search wants it.
Result<SearchLibraryBuild> wanted_build(const StageJob& job,
                                        const BuildLibraryParameters& parameters) {
  const auto scans = fewest_scans(job);
  if (!scans) return std::unexpected(scans.error());
  SearchLibraryBuild build = parameters.build;
  const int wanted = choose_decoys_per_target(parameters.library, *scans);
  build.config.counterparts.decoys =
      std::max<std::int64_t>(build.config.counterparts.decoys, wanted);
  if (build.predictor.koina_cache.empty()) build.predictor.koina_cache = job.folder().koina_cache();
  return build;
}

// The source of the library of a search, given or built.
Result<LibrarySource> source_of(const StageJob& job, const SearchLibraryParameters& parameters) {
  if (!job.reads(params::kBuiltLibraryRecord)) {
    auto hash = source_hash(parameters.given, job.store());
    if (!hash) return std::unexpected(hash.error());
    return LibrarySource{parameters.given, std::move(*hash)};
  }
  const auto record = read_library_record(job.input(params::kBuiltLibraryRecord));
  if (!record) return std::unexpected(record.error());
  return LibrarySource{job.libraries().path_of(*record), record->hash};
}

// Relative to the results folder where it lies there.
std::string recorded_path(const params::ResultsFolder& folder, const fs::path& library) {
  const fs::path root = fs::absolute(folder.root()).lexically_normal();
  const fs::path whole = fs::absolute(library).lexically_normal();
  const fs::path relative = whole.lexically_relative(root);
  return relative.empty() || *relative.begin() == ".." ? whole.string() : relative.string();
}

}  // namespace

StageResult record_library(const StageJob& job, const params::Artefact& artefact,
                           const fs::path& library, bool shares_times) {
  auto opened = library::Library::open(library, job.machine());
  if (!opened) return std::unexpected(opened.error());
  if (shares_times) opened->share_times();
  const std::uint64_t precursors = opened->view().precursor_count();
  const std::string path = recorded_path(job.folder(), library);
  const LibraryRecord record{.path = job.libraries().is_given(library) ? "" : path,
                             .hash = opened->content_hash(),
                             .shares_times = shares_times,
                             .precursors = precursors};
  if (auto done = write_library_record(record, job.output(artefact)); !done)
    return std::unexpected(done.error());
  StageOutputs outputs{{job.output(artefact)}, fmt::format("{} precursors", precursors)};
  const bool is_in_results = !record.path.empty() && fs::path(path).is_relative();
  if (is_in_results) std::ranges::copy(files_in(library), std::back_inserter(outputs.files));
  return outputs;
}

std::string build_parameters_text(params::BuildConfig config) {
  return params::build_schema(config).to_json();
}

Result<InputHashes> build_library_inputs(const StageJob& job,
                                         const BuildLibraryParameters& parameters) {
  const auto build = wanted_build(job, parameters);
  if (!build) return std::unexpected(build.error());
  auto inputs = build_inputs(*build, job.store(), job.machine());
  // A library that was taken out of the cache since is made again.
  const auto record = read_library_record(job.output(params::kBuiltLibraryRecord));
  if (inputs && record && !fs::exists(job.libraries().path_of(*record)))
    (*inputs)["cached library"] = "gone";
  return inputs;
}

Result<InputHashes> decoys_wanted_by_build(const StageJob& job,
                                           const BuildLibraryParameters& parameters) {
  const auto build = wanted_build(job, parameters);
  if (!build) return std::unexpected(build.error());
  return InputHashes{{"decoys", std::to_string(build->config.counterparts.decoys)}};
}

StageResult build_search_library(const StageJob& job, const BuildLibraryParameters& parameters) {
  const auto build = wanted_build(job, parameters);
  if (!build) return std::unexpected(build.error());
  if (build->config.counterparts.decoys > parameters.build.config.counterparts.decoys)
    job.machine().info(
        "few scans: each target gets {} decoys, which take longer to predict "
        "(search.decoys_per_target sets another number)",
        build->config.counterparts.decoys);
  fs::path library = job.folder().built_library();
  if (!build->cache.empty()) {
    const auto inputs = build_inputs(*build, job.store(), job.machine());
    if (!inputs) return std::unexpected(inputs.error());
    library = place_in_cache(*build, *inputs);
  }
  if (auto done = build_for_search(*build, library, job.machine()); !done)
    return std::unexpected(done.error());
  return record_library(job, params::kBuiltLibraryRecord, library, false);
}

Result<InputHashes> search_library_inputs(const StageJob& job,
                                          const SearchLibraryParameters& parameters) {
  const auto source = source_of(job, parameters);
  if (!source) return std::unexpected(source.error());
  const auto scans = fewest_scans(job);
  if (!scans) return std::unexpected(scans.error());
  const int decoys = choose_decoys_per_target(parameters.library, *scans);
  return InputHashes{{"library", source->hash},
                     {"decoys", std::to_string(decoys)},
                     {"decoy times", parameters.shares_times ? "of the targets" : "own"}};
}

StageResult make_search_library(const StageJob& job, const SearchLibraryParameters& parameters) {
  const auto source = source_of(job, parameters);
  if (!source) return std::unexpected(source.error());
  const auto scans = fewest_scans(job);
  if (!scans) return std::unexpected(scans.error());
  const int decoys = choose_decoys_per_target(parameters.library, *scans);
  const fs::path made = job.own_folder() / "library.lib";
  const auto is_made =
      make_library_for_search(*source, decoys, parameters.library, made, job.machine());
  if (!is_made) return std::unexpected(is_made.error());
  return record_library(job, params::kLibraryRecord, *is_made ? made : source->path,
                        parameters.shares_times);
}

}  // namespace overland::stages
