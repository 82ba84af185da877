#include "search/run_models.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/table_checks.h"

namespace overland::search {
namespace {

using nlohmann::json;
using support::TestFolder;

calibrate::MassErrorModel mass_model(double offset) {
  calibrate::MassErrorModel mass;
  mass.method = calibrate::MassMethod::drift_and_mz;
  mass.source = calibrate::ModelSource::run;
  mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({0, 10.25, 30}, {offset, offset + 0.1, -1});
  mass.offset_ppm_of_mz = calibrate::PiecewiseLinear({200, 1200}, {-0.75, 1.0 / 3});
  mass.tolerance = {-6.5F, 7.25F};
  mass.sd_ppm = 1.1;
  mass.quality = 0.9;
  mass.points = 4711;
  return mass;
}

// Every number of the models differs from its default.
RunModels full_models() {
  RunModels m;
  m.mass = mass_model(2);
  m.ms1_mass = mass_model(-3);
  m.ms1_mass.source = calibrate::ModelSource::ms2;
  m.rt.method = calibrate::RtMethod::spline;
  m.rt.source = calibrate::ModelSource::other_runs;
  m.rt.irt_of_rt = calibrate::PiecewiseLinear({1, 2, 4}, {-10, 0.1, 90});
  m.rt.tolerance_of_rt = calibrate::PiecewiseLinear({1, 4}, {2, 3});
  m.rt.tolerance = 2.5;
  m.rt.residual_sd = 0.6;
  m.rt.quality = 0.97;
  m.rt.points = 812;
  m.quad.method = calibrate::QuadrupoleMethod::fitted;
  m.quad.low = {.offset_mz = 0.05, .width_mz = 0.3};
  m.quad.high = {.offset_mz = -0.02, .width_mz = 0.6};
  m.quad.rows = 333;
  m.quad.residual_sd = 0.21;
  m.nce = 28;
  m.energy = {.slope = 0.01,
              .per_charge = -0.5,
              .constant = 25,
              .low = 20,
              .high = 40,
              .quality = 1.5,
              .points = 600,
              .method = calibrate::EnergyMethod::plane,
              .source = calibrate::ModelSource::configured};
  m.median_peak_intensity = 1234.5;
  m.cycle_minutes = 0.031;
  m.confident = 900;
  m.confident_wide = 700;
  m.scheme = "a scheme with \"quotes\" and ü";
  m.first_minute = 0.5;
  m.last_minute = 29.5;
  return m;
}

class RunModelsFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "models.json"; }
  Result<RunModels> read(const std::string& text) const {
    support::write_text(file(), text);
    return read_run_models(file());
  }
  std::string code(const json& changed) const {
    const auto models = read(changed.dump());
    return models ? "" : models.error().code;
  }
  TestFolder folder_;
};

TEST_F(RunModelsFile, gives_back_every_number) {
  const RunModels models = full_models();
  const auto back = read(to_json(models));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(to_json(*back), to_json(models));
  EXPECT_EQ(back->scheme, models.scheme);
  EXPECT_EQ(back->mass.tolerance.low, -6.5F);
  EXPECT_EQ(back->ms1_mass.source, calibrate::ModelSource::ms2);
  EXPECT_EQ(back->quad.high.offset_mz, -0.02);
  EXPECT_EQ(back->energy.method, calibrate::EnergyMethod::plane);
  for (const double t : {-5.0, 1.0, 1.7, 3.3, 40.0}) {
    EXPECT_EQ(back->rt.irt_of_rt(t), models.rt.irt_of_rt(t));
    EXPECT_EQ(back->rt.tolerance_at(t), models.rt.tolerance_at(t));
    EXPECT_EQ(back->mass.offset_at(t, 777), models.mass.offset_at(t, 777));
  }
}

TEST_F(RunModelsFile, of_a_run_without_any_fit_comes_back) {
  const auto back = read(to_json({}));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(to_json(*back), to_json({}));
  EXPECT_EQ(back->mass.method, calibrate::MassMethod::none);
  EXPECT_TRUE(back->rt.irt_of_rt.knots_x().empty());
}

TEST_F(RunModelsFile, that_lacks_a_value_is_refused) {
  const json whole = json::parse(to_json(full_models()));
  for (const auto& [key, value] : whole.items()) {
    json changed = whole;
    changed.erase(key);
    EXPECT_EQ(code(changed), "OVL-IO-003") << key;
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      changed = whole;
      changed[key].erase(inner);
      EXPECT_EQ(code(changed), "OVL-IO-003") << key << "." << inner;
    }
  }
}

TEST_F(RunModelsFile, with_values_of_another_type_is_refused) {
  const json whole = json::parse(to_json(full_models()));
  for (const auto& [key, value] : whole.items()) {
    json changed = whole;
    changed[key] = json::array({1});
    EXPECT_EQ(code(changed), "OVL-IO-003") << key;
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      changed = whole;
      changed[key][inner] = nullptr;
      EXPECT_EQ(code(changed), "OVL-IO-003") << key << "." << inner;
    }
  }
}

TEST_F(RunModelsFile, with_unknown_words_or_uneven_curves_is_refused) {
  const json whole = json::parse(to_json(full_models()));
  json changed = whole;
  changed["rt"]["method"] = "cubic";
  EXPECT_EQ(code(changed), "OVL-IO-003");
  changed = whole;
  changed["energy"]["source"] = "";
  EXPECT_EQ(code(changed), "OVL-IO-003");
  changed = whole;
  changed["mass"]["offset_ppm_of_rt"]["y"].push_back(5);
  EXPECT_EQ(code(changed), "OVL-IO-003");
}

TEST_F(RunModelsFile, missing_or_cut_is_told) {
  const auto none = read_run_models(folder_ / "none.json");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "OVL-IO-001");
  const std::string text = to_json(full_models());
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, text.size() / 2}) {
    const auto cut = read(text.substr(0, length));
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().code, "OVL-IO-003");
  }
}

TEST(RunModels, the_energy_is_the_fitted_one_where_there_is_a_fit) {
  RunModels models = full_models();
  EXPECT_DOUBLE_EQ(models.nce_of(400, 2), 0.01 * 400 - 0.5 * 2 + 25);
  EXPECT_DOUBLE_EQ(models.nce_of(900, 2), models.nce_of(500, 2)) << "constant above 500 Th";
  models.energy.constant = 500;
  EXPECT_EQ(models.nce_of(400, 2), 40) << "within the library's range";
  models.energy.method = calibrate::EnergyMethod::none;
  EXPECT_EQ(models.nce_of(400, 2), 28);
}

}  // namespace
}  // namespace overland::search
