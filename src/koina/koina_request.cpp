#include "koina/koina_request.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace overland::koina {
namespace {

using Json = nlohmann::ordered_json;

Json input_of(std::string_view name, std::string_view datatype, Json data) {
  const std::size_t rows = data.size();
  return {{"name", name}, {"shape", {rows, 1}}, {"datatype", datatype}, {"data", std::move(data)}};
}

}  // namespace

std::string request_body(const Model& model, std::string_view instrument,
                         std::span<const Query> queries) {
  Json sequences = Json::array(), charges = Json::array(), energies = Json::array();
  for (const Query& query : queries) {
    sequences.push_back(query.sequence);
    charges.push_back(query.charge);
    energies.push_back(query.energy);
  }
  Json inputs = Json::array();
  inputs.push_back(input_of("peptide_sequences", "BYTES", std::move(sequences)));
  if (model.kind != Kind::retention)
    inputs.push_back(input_of("precursor_charges", "INT32", std::move(charges)));
  if (model.takes_energy)
    inputs.push_back(input_of("collision_energies", "FP32", std::move(energies)));
  if (!model.instruments.empty())
    inputs.push_back(
        input_of("instrument_types", "BYTES", Json(queries.size(), std::string(instrument))));
  if (model.takes_fragmentation)
    inputs.push_back(input_of("fragmentation_types", "BYTES", Json(queries.size(), "HCD")));
  Json body = {{"id", "0"}};
  body["inputs"] = std::move(inputs);
  return body.dump();
}

std::string query_identity(const Model& model, std::string_view instrument, const Query& query) {
  std::string text = fmt::format("{}\n{}\n", model.name, query.sequence);
  if (model.kind != Kind::retention) text += fmt::format("{}\n", query.charge);
  if (model.takes_energy) text += fmt::format("{}\n", query.energy);
  if (!model.instruments.empty()) text += instrument;
  return text;
}

}  // namespace overland::koina
