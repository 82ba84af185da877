#include "stages/manifest.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"
#include "base/json_text.h"

namespace overland::stages {
namespace {

constexpr int kManifestFormat = 2;

nlohmann::ordered_json to_json(const StageManifest& manifest) {
  nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
  for (const ManifestOutput& output : manifest.outputs)
    outputs.push_back({{"file", output.file}, {"size", output.size}, {"hash", output.hash}});
  return {{"format", kManifestFormat},
          {"stage", manifest.stage},
          {"run", manifest.run},
          {"build", manifest.build},
          {"inputs", manifest.inputs},
          {"parameters", manifest.parameters_hash},
          {"outputs", std::move(outputs)},
          {"note", manifest.note},
          {"wall_seconds", manifest.cost.wall_seconds},
          {"cpu_seconds", manifest.cost.cpu_seconds},
          {"peak_bytes", manifest.cost.peak_bytes},
          {"allocations", manifest.cost.allocations},
          {"allocated_bytes", manifest.cost.allocated_bytes}};
}

// Throws nlohmann::json::exception where a key is missing or of another type.
StageManifest from_json(const nlohmann::json& json) {
  StageManifest manifest{
      .stage = json.at("stage").get<std::string>(),
      .run = json.at("run").get<std::string>(),
      .build = json.at("build").get<std::string>(),
      .inputs = json.at("inputs").get<std::map<std::string, std::string>>(),
      .parameters_hash = json.at("parameters").get<std::string>(),
      .outputs = {},
      .note = json.at("note").get<std::string>(),
      .cost = {.wall_seconds = json.at("wall_seconds").get<double>(),
               .cpu_seconds = json.at("cpu_seconds").get<double>(),
               .peak_bytes = json.at("peak_bytes").get<std::uint64_t>(),
               .allocations = json.at("allocations").get<std::uint64_t>(),
               .allocated_bytes = json.at("allocated_bytes").get<std::uint64_t>()}};
  for (const nlohmann::json& output : json.at("outputs"))
    manifest.outputs.push_back({.file = output.at("file").get<std::string>(),
                                .size = output.at("size").get<std::uint64_t>(),
                                .hash = output.at("hash").get<std::string>()});
  return manifest;
}

}  // namespace

Result<void> write_manifest(const StageManifest& manifest, const std::filesystem::path& file) {
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return write_text_atomically(file, to_json(manifest).dump(2, ' ', false, kReplace) + "\n");
}

Result<StageManifest> read_manifest(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Check that it exists and can be read.");
  // Whatever is wrong with it, the stage is done again.
  const auto damaged = fail("OVL-IO-060", "not a valid stage manifest", file.string(),
                            "Delete it; the stage will be done again.");
  try {
    const nlohmann::json json = parse_json(in);
    if (json.at("format").get<int>() != kManifestFormat) return damaged;
    return from_json(json);
  } catch (const nlohmann::json::exception&) {
    return damaged;
  }
}

}  // namespace overland::stages
