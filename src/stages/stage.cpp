#include "stages/stage.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files/atomic_file.h"
#include "base/json_text.h"
#include "identify/competition_groups.h"
#include "run/raw_run.h"
#include "run/run_record.h"

namespace overland::stages {

namespace fs = std::filesystem;

Result<void> write_library_record(const LibraryRecord& record, const fs::path& file) {
  const nlohmann::ordered_json json = {{"path", record.path},
                                       {"hash", record.hash},
                                       {"shares_times", record.shares_times},
                                       {"precursors", record.precursors}};
  return write_text_atomically(file, json.dump(1) + "\n");
}

Result<LibraryRecord> read_library_record(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Give the search command again; it makes what is missing.");
  try {
    const auto json = parse_json(in);
    return LibraryRecord{.path = json.at("path").get<std::string>(),
                         .hash = json.at("hash").get<std::string>(),
                         .shares_times = json.at("shares_times").get<bool>(),
                         .precursors = json.at("precursors").get<std::uint64_t>()};
  } catch (const nlohmann::json::exception&) {
    return fail("OVL-IO-003", "not the record of a library", file.string(),
                "Delete the file; the stage will be done again.");
  }
}

fs::path OpenLibraries::path_of(const LibraryRecord& record) const {
  if (record.path.empty()) return given_;
  return root_ / record.path;  // an absolute path stays as it is
}

Result<const library::Library*> OpenLibraries::open(const fs::path& record_file) {
  const auto record = read_library_record(record_file);
  if (!record) return std::unexpected(record.error());
  if (const auto known = by_hash_.find(record->hash); known != by_hash_.end())
    return known->second.library.get();
  const fs::path folder = path_of(*record);
  auto library = library::Library::open(folder, machine_);
  if (!library) return std::unexpected(library.error());
  if (record->shares_times) library->share_times();
  if (library->content_hash() != record->hash)
    return fail("OVL-LIB-040", "the library changed since the search used it", folder.string(),
                "Give the search command again: it searches with the library as it is now.");
  Entry& entry = by_hash_[record->hash];
  entry.library = std::make_unique<library::Library>(std::move(*library));
  return entry.library.get();
}

std::span<const std::uint8_t> OpenLibraries::folds(const library::Library& library,
                                                   const Machine& machine) {
  Entry& entry = by_hash_.at(library.content_hash());
  if (entry.folds.empty()) entry.folds = identify::folds_of_pairs(library.view(), machine);
  return entry.folds;
}

std::string_view StageJob::own_run(std::string_view run) const {
  return run.empty() && parts_.run != nullptr ? std::string_view(parts_.run->name) : run;
}

fs::path StageJob::own_folder() const {
  const fs::path folder = parts_.folder.work() / stage_.full_name();
  return parts_.run == nullptr ? folder : folder / parts_.run->name;
}

bool StageJob::reads(const params::Artefact& artefact) const {
  return std::ranges::find(stage_.reads, artefact, &StageInput::artefact) != stage_.reads.end();
}

fs::path StageJob::input(const params::Artefact& artefact, std::string_view run) const {
  const auto use = std::ranges::find(stage_.reads, artefact, &StageInput::artefact);
  check(use != stage_.reads.end(), "a stage opens only the inputs that it declares");
  return parts_.folder.path_of(artefact, own_run(run), use->round);
}

fs::path StageJob::output(const params::Artefact& artefact, std::string_view run) const {
  check(std::ranges::find(stage_.writes, artefact) != stage_.writes.end(),
        "a stage writes only the outputs that it declares");
  return parts_.folder.path_of(artefact, own_run(run), stage_.round);
}

fs::path StageJob::peaks_file(const RunInput& run) const {
  const fs::path converted = parts_.folder.path_of(params::kConvertedRun, run.name);
  return run::is_converted(run.file) ? converted : run.file;
}

Result<run::RawRun> StageJob::open_raw_run() const {
  return run::open_run(peaks_file(run()), machine());
}

fs::path StageJob::accepted_scores(std::string_view run) const {
  return input(reads(params::kMatchedScores) ? params::kMatchedScores : params::kScores, run);
}

Result<const library::Library*> StageJob::library() const {
  return parts_.libraries.open(input(reads(params::kRefinedLibraryRecord)
                                         ? params::kRefinedLibraryRecord
                                         : params::kLibraryRecord));
}

Result<std::span<const std::uint8_t>> StageJob::folds() const {
  const auto opened = library();
  if (!opened) return std::unexpected(opened.error());
  return parts_.libraries.folds(**opened, machine());
}

}  // namespace overland::stages
