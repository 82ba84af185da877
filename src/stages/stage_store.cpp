#include "stages/stage_store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/build_id.h"
#include "base/files/atomic_file.h"
#include "base/files/file_lock.h"
#include "base/files/hash.h"
#include "base/json_text.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

// A file changed within its clock's last tick may change again without a new time stamp.
constexpr std::int64_t kSettledNanoseconds = 2'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

bool is_settled(std::int64_t modified_ns) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(now).count() - modified_ns > kSettledNanoseconds;
}

// The first name whose hash differs between the two, or that only one of them has.
std::optional<std::string> changed_input(const std::map<std::string, std::string>& before,
                                         const std::map<std::string, std::string>& now) {
  for (const auto& [name, hash] : now) {
    const auto old = before.find(name);
    if (old == before.end()) return fmt::format("the input '{}' is new", name);
    if (old->second != hash) return fmt::format("the input '{}' changed", name);
  }
  for (const auto& [name, hash] : before)
    if (!now.contains(name)) return fmt::format("the input '{}' is gone", name);
  return std::nullopt;
}

std::optional<std::string> damaged_among(const fs::path& results,
                                         const std::vector<ManifestOutput>& outputs,
                                         const Machine& machine) {
  for (const ManifestOutput& output : outputs) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(results / output.file, error);
    if (error) return fmt::format("the output {} is missing", output.file);
    if (size != output.size)
      return fmt::format("the output {} has {} bytes instead of {}", output.file, size,
                         output.size);
    const Result<std::string> hash = hash_file(results / output.file, machine);
    if (!hash || *hash != output.hash) return fmt::format("the output {} was changed", output.file);
  }
  return std::nullopt;
}

Result<ManifestOutput> describe(const fs::path& results, const fs::path& file,
                                const Machine& machine) {
  const fs::path relative = fs::absolute(file).lexically_normal().lexically_relative(results);
  if (relative.empty() || *relative.begin() == "..")
    return fail("OVL-INT-010", "a stage output lies outside the results folder", file.string(),
                "Please report this as a defect of Overland.");
  Result<std::string> hash = hash_file(file, machine);
  if (!hash) return std::unexpected(hash.error());
  std::error_code error;
  const std::uint64_t size = fs::file_size(file, error);
  if (error)
    return fail("OVL-IO-001", "cannot read the size of a stage output: " + error.message(),
                file.string(), "Check that it exists and can be read.");
  return ManifestOutput{.file = relative.generic_string(), .size = size, .hash = std::move(*hash)};
}

}  // namespace

StageStore::StageStore(const fs::path& results, const Machine& machine, StoreAccess access)
    : results_((fs::absolute(results) / "").lexically_normal()),
      machine_(machine),
      access_(access) {
  load_hashes();
}

fs::path StageStore::folder(const StageKey& key) const {
  const fs::path stage = params::ResultsFolder(results_).work() / key.stage;
  return key.run.empty() ? stage : stage / key.run;
}

fs::path StageStore::manifest_file(const StageKey& key) const {
  return folder(key) / "manifest.json";
}

fs::path StageStore::failure_file(const StageKey& key) const {
  return folder(key) / "failed.json";
}

std::optional<std::string> StageStore::stale_reason(const StageKey& key) const {
  if (auto outdated = outdated_reason(key)) return outdated;
  return damaged_output(key);
}

std::optional<std::string> StageStore::damaged_output(const StageKey& key) const {
  const Result<StageManifest> done = manifest(key);
  if (!done) return "its manifest is damaged";
  return damaged_among(results_, done->outputs, machine_);
}

std::optional<std::string> StageStore::damage_of(const StageKey& key,
                                                 const fs::path& output) const {
  const Result<std::string> recorded = output_hash(key, output);
  if (!recorded) return recorded.error().what;
  const Result<std::string> hash = hash_file(output, machine_);
  if (hash && *hash == *recorded) return std::nullopt;
  return fmt::format("the output {} is missing or was changed", output.filename().string());
}

std::optional<std::string> StageStore::outdated_reason(const StageKey& key) const {
  std::error_code ignored;
  if (!fs::exists(manifest_file(key), ignored)) return "it has not been done";
  const Result<StageManifest> manifest = read_manifest(manifest_file(key));
  if (!manifest) return "its manifest is damaged";
  if (manifest->stage != key.stage || manifest->run != key.run) return "its manifest is another's";
  if (manifest->build != program_build()) return "it was done by another build of the program";
  if (manifest->parameters_hash != key.parameters_hash) return "its parameters changed";
  return changed_input(manifest->inputs, key.inputs);
}

Result<FileLock> StageStore::lock(const StageKey& key) const {
  fs::path file = folder(key);
  file += ".lock";
  return FileLock::wait_for(file, machine_, "another process that does the stage " + key.stage);
}

Result<fs::path> StageStore::begin(const StageKey& key) const {
  fs::path place = folder(key);
  std::error_code error;
  fs::create_directories(place, error);
  if (!error) fs::remove(manifest_file(key), error);
  if (!error) fs::remove(failure_file(key), error);
  if (error)
    return fail("OVL-IO-002", "cannot prepare the folder of a stage: " + error.message(),
                place.string(), "Check that the folder is writable and the disk has room.");
  return place;
}

Result<void> StageStore::commit(const StageKey& key, const std::vector<fs::path>& outputs,
                                const StageCost& cost, const std::string& note) const {
  StageManifest manifest{.stage = key.stage,
                         .run = key.run,
                         .build = program_build(),
                         .inputs = key.inputs,
                         .parameters_hash = key.parameters_hash,
                         .outputs = {},
                         .note = note,
                         .cost = cost};
  for (const fs::path& file : outputs) {
    Result<ManifestOutput> output = describe(results_, file, machine_);
    if (!output) return std::unexpected(output.error());
    manifest.outputs.push_back(std::move(*output));
  }
  return write_manifest(manifest, manifest_file(key));
}

Result<void> StageStore::record_failure(const StageKey& key, const Error& error) const {
  std::error_code ignored;
  fs::remove(manifest_file(key), ignored);
  const nlohmann::ordered_json json = {
      {"code", error.code}, {"what", error.what}, {"where", error.where}, {"advice", error.advice}};
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return write_text_atomically(failure_file(key), json.dump(1, ' ', false, kReplace) + "\n");
}

std::optional<Error> StageStore::failure(const StageKey& key) const {
  std::ifstream in(failure_file(key), std::ios::binary);
  if (!in) return std::nullopt;
  const auto json = parse_json(in);
  const auto text = [&json](const char* name) {
    return json.is_object() ? json.value(name, std::string()) : std::string();
  };
  return Error{
      .code = text("code"), .what = text("what"), .where = text("where"), .advice = text("advice")};
}

Result<StageManifest> StageStore::manifest(const StageKey& key) const {
  return read_manifest(manifest_file(key));
}

Result<StageStore::Hashes> StageStore::read_outputs(const StageKey& key) const {
  const auto read = manifest(key);
  if (!read) return std::unexpected(read.error());
  Hashes hashes;
  for (const ManifestOutput& output : read->outputs) hashes[output.file] = output.hash;
  return hashes;
}

Result<std::string> StageStore::output_hash(const StageKey& key, const fs::path& output) const {
  const std::string wanted =
      fs::absolute(output).lexically_normal().lexically_relative(results_).generic_string();
  const auto found_in = [&](const Hashes& hashes) -> Result<std::string> {
    if (const auto found = hashes.find(wanted); found != hashes.end()) return found->second;
    return fail("OVL-INT-011", "a stage has no output " + wanted, key.stage,
                "Please report this as a defect of Overland.");
  };
  struct stat status{};
  if (!key.run.empty() || ::stat(manifest_file(key).c_str(), &status) != 0) {
    const auto hashes = read_outputs(key);
    return hashes ? found_in(*hashes) : std::unexpected(hashes.error());
  }
  const std::scoped_lock lock(reading_);
  KnownOutputs& known = outputs_[key.stage];
  const std::int64_t modified_ns = nanoseconds(status.st_mtim);
  if (known.file_number != status.st_ino || known.modified_ns != modified_ns) {
    auto hashes = read_outputs(key);
    if (!hashes) return std::unexpected(hashes.error());
    known = {status.st_ino, modified_ns, std::move(*hashes)};
  }
  return found_in(known.hashes);
}

Result<std::string> StageStore::input_hash(const fs::path& file) {
  struct stat status{};
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  if (error || ::stat(real.c_str(), &status) != 0)
    return hash_file(file, machine_);  // tells what is wrong
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::int64_t modified_ns = nanoseconds(status.st_mtim);
  {
    const std::scoped_lock lock(hashing_);
    const auto known = known_.find(real.string());
    if (known != known_.end() && known->second.size == size &&
        known->second.modified_ns == modified_ns)
      return known->second.hash;
  }
  Result<std::string> hash = hash_file(real, machine_);
  if (hash && is_settled(modified_ns)) {
    const std::scoped_lock lock(hashing_);
    save_hash(real.string(), {.size = size, .modified_ns = modified_ns, .hash = *hash});
  }
  return hash;
}

void StageStore::load_hashes() {
  std::ifstream in(params::ResultsFolder(results_).known_hashes(), std::ios::binary);
  if (!in) return;
  try {
    const nlohmann::json json = parse_json(in);
    for (const auto& [path, entry] : json.items())
      known_[path] = {.size = entry.at("size").get<std::uint64_t>(),
                      .modified_ns = entry.at("modified_ns").get<std::int64_t>(),
                      .hash = entry.at("hash").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    known_.clear();  // it only saves time
  }
}

// Other processes may have added to the file meanwhile.
void StageStore::save_hash(const std::string& path, const KnownHash& hash) {
  if (access_ == StoreAccess::read_only) {
    known_[path] = hash;
    return;
  }
  const fs::path file = params::ResultsFolder(results_).known_hashes();
  const auto lock = FileLock::wait_for(file.string() + ".lock", machine_, "");
  load_hashes();
  known_[path] = hash;
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, known] : known_)
    json[name] = {{"size", known.size}, {"modified_ns", known.modified_ns}, {"hash", known.hash}};
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  // Not being able to remember a hash is no reason to stop: it is computed again next time.
  (void)write_text_atomically(file, json.dump(1, ' ', false, kReplace) + "\n");
}

}  // namespace overland::stages
