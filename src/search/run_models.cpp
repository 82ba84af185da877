#include "search/run_models.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace overland::search {
namespace {

using ModelJson = nlohmann::json;

ModelJson curve(const calibrate::PiecewiseLinear& f) {
  return {{"x", std::vector<double>(f.knots_x().begin(), f.knots_x().end())},
          {"y", std::vector<double>(f.knots_y().begin(), f.knots_y().end())}};
}

calibrate::PiecewiseLinear curve(const ModelJson& json) {
  auto x = json.at("x").get<std::vector<double>>();
  auto y = json.at("y").get<std::vector<double>>();
  if (x.size() != y.size())
    throw ModelJson::other_error::create(501, "a curve's x and y differ in length", &json);
  return {std::move(x), std::move(y)};
}

template <class Enum>
Enum word(const ModelJson& json, const char* key) {
  const auto text = json.at(key).get<std::string>();
  if (const std::optional<Enum> value = from_text<Enum>(text)) return *value;
  throw ModelJson::other_error::create(501, fmt::format("{} is \"{}\"", key, text), &json);
}

ModelJson mass_json(const calibrate::MassErrorModel& m) {
  return {{"method", to_text(m.method)},
          {"source", to_text(m.source)},
          {"offset_ppm_of_rt", curve(m.offset_ppm_of_rt)},
          {"offset_ppm_of_mz", curve(m.offset_ppm_of_mz)},
          {"tolerance_low_ppm", m.tolerance.low},
          {"tolerance_high_ppm", m.tolerance.high},
          {"sd_ppm", m.sd_ppm},
          {"quality", m.quality},
          {"points", m.points}};
}

calibrate::MassErrorModel mass_model(const ModelJson& json) {
  calibrate::MassErrorModel m;
  m.method = word<calibrate::MassMethod>(json, "method");
  m.source = word<calibrate::ModelSource>(json, "source");
  m.offset_ppm_of_rt = curve(json.at("offset_ppm_of_rt"));
  m.offset_ppm_of_mz = curve(json.at("offset_ppm_of_mz"));
  m.tolerance = {json.at("tolerance_low_ppm"), json.at("tolerance_high_ppm")};
  m.sd_ppm = json.at("sd_ppm");
  m.quality = json.at("quality");
  m.points = json.at("points");
  return m;
}

ModelJson rt_json(const calibrate::RtModel& m) {
  return {{"method", to_text(m.method)},
          {"source", to_text(m.source)},
          {"irt_of_rt", curve(m.irt_of_rt)},
          {"tolerance_of_rt", curve(m.tolerance_of_rt)},
          {"tolerance_irt", m.tolerance},
          {"residual_sd_irt", m.residual_sd},
          {"quality", m.quality},
          {"points", m.points}};
}

calibrate::RtModel rt_model(const ModelJson& json) {
  calibrate::RtModel m;
  m.method = word<calibrate::RtMethod>(json, "method");
  m.source = word<calibrate::ModelSource>(json, "source");
  m.irt_of_rt = curve(json.at("irt_of_rt"));
  m.tolerance_of_rt = curve(json.at("tolerance_of_rt"));
  m.tolerance = json.at("tolerance_irt");
  m.residual_sd = json.at("residual_sd_irt");
  m.quality = json.at("quality");
  m.points = json.at("points");
  return m;
}

ModelJson energy_json(const calibrate::EnergyModel& m) {
  return {{"method", to_text(m.method)},
          {"source", to_text(m.source)},
          {"slope", m.slope},
          {"per_charge", m.per_charge},
          {"constant", m.constant},
          {"low", m.low},
          {"high", m.high},
          {"quality", m.quality},
          {"points", m.points}};
}

calibrate::EnergyModel energy_model(const ModelJson& json) {
  calibrate::EnergyModel m;
  m.method = word<calibrate::EnergyMethod>(json, "method");
  m.source = word<calibrate::ModelSource>(json, "source");
  m.slope = json.at("slope");
  m.per_charge = json.at("per_charge");
  m.constant = json.at("constant");
  m.low = json.at("low");
  m.high = json.at("high");
  m.quality = json.at("quality");
  m.points = json.at("points");
  return m;
}

ModelJson edge_json(const calibrate::QuadrupoleEdge& edge) {
  return {{"offset_mz", edge.offset_mz}, {"width_mz", edge.width_mz}};
}

ModelJson quad_json(const calibrate::QuadrupoleModel& quad) {
  return {{"method", to_text(quad.method)},
          {"low_edge", edge_json(quad.low)},
          {"high_edge", edge_json(quad.high)},
          {"residual_sd", quad.residual_sd},
          {"rows", quad.rows}};
}

calibrate::QuadrupoleModel quad_model(const ModelJson& json) {
  const auto edge = [&](const char* name) -> calibrate::QuadrupoleEdge {
    return {json.at(name).at("offset_mz"), json.at(name).at("width_mz")};
  };
  calibrate::QuadrupoleModel quad;
  quad.method = word<calibrate::QuadrupoleMethod>(json, "method");
  quad.low = edge("low_edge");
  quad.high = edge("high_edge");
  quad.residual_sd = json.at("residual_sd");
  quad.rows = json.at("rows");
  return quad;
}

}  // namespace

std::string to_json(const RunModels& m) {
  const ModelJson json{{"mass", mass_json(m.mass)},
                       {"ms1_mass", mass_json(m.ms1_mass)},
                       {"rt", rt_json(m.rt)},
                       {"quad", quad_json(m.quad)},
                       {"energy", energy_json(m.energy)},
                       {"nce", m.nce},
                       {"median_peak_intensity", m.median_peak_intensity},
                       {"cycle_minutes", m.cycle_minutes},
                       {"confident", m.confident},
                       {"confident_wide", m.confident_wide},
                       {"scheme", m.scheme},
                       {"first_minute", m.first_minute},
                       {"last_minute", m.last_minute}};
  return json.dump(2) + "\n";
}

Result<RunModels> read_run_models(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Run the same search command again; it makes the missing file.");
  const ModelJson json = parse_json<ModelJson>(in);
  try {
    RunModels m;
    m.mass = mass_model(json.at("mass"));
    m.ms1_mass = mass_model(json.at("ms1_mass"));
    m.rt = rt_model(json.at("rt"));
    m.quad = quad_model(json.at("quad"));
    m.energy = energy_model(json.at("energy"));
    m.nce = json.at("nce");
    m.median_peak_intensity = json.at("median_peak_intensity");
    m.cycle_minutes = json.at("cycle_minutes");
    m.confident = json.at("confident");
    m.confident_wide = json.at("confident_wide");
    m.scheme = json.at("scheme");
    m.first_minute = json.at("first_minute");
    m.last_minute = json.at("last_minute");
    return m;
  } catch (const ModelJson::exception& e) {
    return fail("OVL-IO-003", std::string("calibration models cannot be read: ") + e.what(),
                file.string(), "Delete the file; the same command makes it again.");
  }
}

}  // namespace overland::search
