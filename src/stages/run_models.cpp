#include "stages/run_models.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace overland {
namespace {

using Json = nlohmann::json;

Json curve(const PiecewiseLinear& f) {
  return {{"x", std::vector<double>(f.knots_x().begin(), f.knots_x().end())},
          {"y", std::vector<double>(f.knots_y().begin(), f.knots_y().end())}};
}

PiecewiseLinear curve(const Json& json) {
  return {json.at("x").get<std::vector<double>>(), json.at("y").get<std::vector<double>>()};
}

Json edge_json(const QuadrupoleEdge& edge) {
  return {{"offset_mz", edge.offset_mz}, {"width_mz", edge.width_mz}};
}

Json quad_json(const QuadrupoleModel& quad) {
  return {{"method", quad.method},
          {"low_edge", edge_json(quad.low)},
          {"high_edge", edge_json(quad.high)},
          {"residual_sd", quad.residual_sd},
          {"rows", quad.rows}};
}

QuadrupoleModel quad_model(const Json& json) {
  const auto edge = [&](const char* name) -> QuadrupoleEdge {
    return {json.at(name).at("offset_mz"), json.at(name).at("width_mz")};
  };
  QuadrupoleModel quad;
  quad.method = json.at("method");
  quad.low = edge("low_edge");
  quad.high = edge("high_edge");
  quad.residual_sd = json.at("residual_sd");
  quad.rows = json.at("rows");
  return quad;
}

}  // namespace

std::string to_json(const RunModels& m) {
  const Json json{{"mass",
                   {{"method", m.mass.method},
                    {"offset_ppm_of_rt", curve(m.mass.offset_ppm_of_rt)},
                    {"tolerance_low_ppm", m.mass.tolerance.low},
                    {"tolerance_high_ppm", m.mass.tolerance.high},
                    {"sd_ppm", m.mass.sd_ppm},
                    {"points", m.mass.points}}},
                  {"rt",
                   {{"method", m.rt.method},
                    {"irt_of_rt", curve(m.rt.irt_of_rt)},
                    {"tolerance_irt", m.rt.tolerance},
                    {"residual_sd_irt", m.rt.residual_sd},
                    {"points", m.rt.points}}},
                  {"quad", quad_json(m.quad)},
                  {"nce", m.nce},
                  {"median_peak_intensity", m.median_peak_intensity},
                  {"cycle_minutes", m.cycle_minutes},
                  {"confident", m.confident}};
  return json.dump(2) + "\n";
}

Result<RunModels> read_run_models(const std::filesystem::path& file) {
  std::ifstream in(file);
  const Json json = Json::parse(in, nullptr, false);
  try {
    RunModels m;
    const Json& mass = json.at("mass");
    m.mass.method = mass.at("method");
    m.mass.offset_ppm_of_rt = curve(mass.at("offset_ppm_of_rt"));
    m.mass.tolerance = {mass.at("tolerance_low_ppm"), mass.at("tolerance_high_ppm")};
    m.mass.sd_ppm = mass.at("sd_ppm");
    m.mass.points = mass.at("points");
    const Json& rt = json.at("rt");
    m.rt.method = rt.at("method");
    m.rt.irt_of_rt = curve(rt.at("irt_of_rt"));
    m.rt.tolerance = rt.at("tolerance_irt");
    m.rt.residual_sd = rt.at("residual_sd_irt");
    m.rt.points = rt.at("points");
    m.quad = quad_model(json.at("quad"));
    m.nce = json.at("nce");
    m.median_peak_intensity = json.at("median_peak_intensity");
    m.cycle_minutes = json.at("cycle_minutes");
    m.confident = json.at("confident");
    return m;
  } catch (const Json::exception& e) {
    return fail("OVL-IO-003", std::string("calibration models cannot be read: ") + e.what(),
                file.string(), "Delete the file; the same command makes it again.");
  }
}

}  // namespace overland
