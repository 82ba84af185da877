#include "simulate/world/settings.h"

#include <gtest/gtest.h>

#include "simulate/world/cohort.h"

namespace overland::simulate {
namespace {

TEST(SimulationSettings, each_key_has_a_meaning_and_each_number_a_range) {
  SimulationConfig config;
  const ConfigSchema schema = simulation_schema(config);
  EXPECT_GT(schema.fields().size(), 90U);
  for (const ConfigSchema::Field& field : schema.fields()) {
    EXPECT_FALSE(field.doc.description.empty()) << field.key;
    const bool is_number = std::holds_alternative<double>(field.default_value) ||
                           std::holds_alternative<std::int64_t>(field.default_value);
    EXPECT_EQ(is_number, field.doc.min.has_value() && field.doc.max.has_value()) << field.key;
    if (const double* value = std::get_if<double>(&field.default_value)) {
      EXPECT_GE(*value, *field.doc.min) << field.key;
      EXPECT_LE(*value, *field.doc.max) << field.key;
    }
  }
}

TEST(SimulationSettings, defaults_are_accepted_and_survive_json) {
  SimulationConfig config;
  EXPECT_TRUE(check_simulation(config));
  config.noise.background_density = 3.25;
  const std::string json = simulation_schema(config).to_json();
  SimulationConfig other;
  ASSERT_TRUE(simulation_schema(other).apply_json(json, "test"));
  EXPECT_EQ(simulation_schema(other).to_json(), json);
}

TEST(SimulationSettings, impossible_combinations_are_named) {
  const auto code_of = [](auto change) {
    SimulationConfig config;
    change(config);
    const Result<void> done = check_simulation(config);
    return done ? std::string("accepted") : done.error().code;
  };
  using C = SimulationConfig;
  EXPECT_EQ(code_of([](C& c) { c.acquisition.overlap_mz = 10; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.acquisition.width_mz = 500; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) {
              c.retention.curvature = 0.8;
              c.retention.skew = 0.3;
            }),
            "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.library.min_charge = 4; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.spectrum.fragment_yield = 0.9; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.library.low_mz = 900; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.retention.first_minute = 24; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.acquisition.scan_low_mz = 2000; }), "OVL-CFG-101");
  EXPECT_EQ(code_of([](C& c) { c.formats = "raw"; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.formats = " , "; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.cohort.conditions = "A,A"; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.cohort.conditions = ""; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.proteome.species = "HUMAN"; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.proteome.species = "HUMAN x"; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.proteome.species = "HUMAN 1 -2"; }), "OVL-CFG-102");
  EXPECT_EQ(code_of([](C& c) { c.proteome.species = "HUMAN 0"; }), "OVL-CFG-102");
}

TEST(SimulationSettings, species_get_a_ratio_for_each_condition) {
  SimulationConfig config;
  config.cohort.conditions = "A, B";
  config.proteome.species = "HUMAN 6; YEAST 3 1 2;ECOLI 1 1 0.25";
  const auto species = read_species(config);
  ASSERT_TRUE(species);
  ASSERT_EQ(species->size(), 3U);
  EXPECT_NEAR((*species)[0].share, 0.6, 1e-12);
  EXPECT_EQ((*species)[0].condition_ratio, (std::vector<double>{1, 1}));
  EXPECT_EQ((*species)[2].condition_ratio, (std::vector<double>{1, 0.25}));
}

}  // namespace
}  // namespace overland::simulate
