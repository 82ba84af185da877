#include "io/store/staging_record.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"
#include "base/json_text.h"

namespace overland::io {

StagingRecord read_record(const std::filesystem::path& file) {
  StagingRecord record;
  std::ifstream in(file, std::ios::binary);
  if (!in) return record;
  const auto json = parse_json(in);
  try {
    for (const nlohmann::json& each : json.at("objects")) {
      const auto name = each.at("name").get<std::string>();
      record[name] = {.name = name,
                      .size = each.at("size").get<std::uint64_t>(),
                      .version = each.at("version").get<std::string>()};
    }
  } catch (const nlohmann::json::exception&) {
    record.clear();
  }
  return record;
}

Result<void> write_record(const StagingRecord& record, const std::string& shown_uri,
                          const std::filesystem::path& file) {
  nlohmann::ordered_json json = {{"uri", shown_uri}, {"objects", nlohmann::ordered_json::array()}};
  for (const auto& [name, object] : record)
    json["objects"].push_back({{"name", name}, {"size", object.size}, {"version", object.version}});
  using Handler = nlohmann::ordered_json::error_handler_t;
  return write_text_atomically(file, json.dump(1, ' ', false, Handler::replace) + "\n");
}

}  // namespace overland::io
