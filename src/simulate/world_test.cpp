#include "simulate/world/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "simulate/instrument/ion_sources.h"
#include "simulate/truth/searched_library.h"
#include "support/small_simulation.h"

namespace overland::simulate {
namespace {

World world_of(const SimulationConfig& config) {
  Result<World> world = make_world(config, 2);
  EXPECT_TRUE(world) << world.error().message();
  return std::move(*world);
}

SimulationConfig larger() {
  SimulationConfig config;
  config.library.precursor_limit = 6000;
  return config;
}

TEST(World, library_has_about_the_wanted_size) {
  const World world = world_of(larger());
  const auto listed = std::ranges::count_if(world.precursors, &Precursor::is_listed);
  EXPECT_NEAR(static_cast<double>(listed), 6000, 500);
}

TEST(World, half_of_the_listed_precursors_are_absent_each_for_a_reason) {
  const World world = world_of(larger());
  double listed = 0;
  double absent = 0;
  std::array<int, 4> reasons{};
  for (const Precursor& precursor : world.precursors) {
    const Form& form = world.forms[precursor.form];
    EXPECT_EQ(form.is_in_sample, form.absence == Absence::none);
    if (!precursor.is_listed) continue;
    ++listed;
    absent += form.is_in_sample ? 0 : 1;
    ++reasons[static_cast<std::size_t>(form.absence)];
  }
  EXPECT_NEAR(absent / listed, 0.53, 0.07);
  for (const int count : reasons) EXPECT_GT(count, 50);
}

TEST(World, sample_holds_what_the_library_does_not_list) {
  const World world = world_of(larger());
  std::array<int, 6> unlisted{};
  for (const Form& form : world.forms) {
    if (form.is_in_sample && !form.is_listed) ++unlisted[static_cast<std::size_t>(form.kind)];
  }
  EXPECT_GT(unlisted[static_cast<std::size_t>(FormKind::base)], 100);
  EXPECT_GT(unlisted[static_cast<std::size_t>(FormKind::oxidised)], 20);
  EXPECT_GT(unlisted[static_cast<std::size_t>(FormKind::deamidated)], 50);
  EXPECT_GT(unlisted[static_cast<std::size_t>(FormKind::truncated)], 50);
}

TEST(World, abundances_span_the_configured_orders) {
  const World world = world_of(larger());
  std::vector<double> log10_abundance;
  for (const Protein& protein : world.proteins) {
    log10_abundance.push_back(protein.ln_abundance / std::log(10.0));
  }
  std::ranges::sort(log10_abundance);
  const auto n = static_cast<double>(log10_abundance.size());
  const auto at = [&](double q) { return log10_abundance[static_cast<std::size_t>(q * n)]; };
  // The central 90 % of a normal whose central 99 % spans five orders.
  EXPECT_NEAR(at(0.95) - at(0.05), 5 * 3.2897 / 5.1517, 0.5);
}

TEST(World, absent_forms_give_no_ions) {
  const SimulationConfig config = larger();
  const World world = world_of(config);
  const RunModel run = make_run(config, world, 0, 0);
  std::size_t from_sample = 0;
  for (const IonSource& source : make_ion_sources(config, world, run, {Mz{400}, Mz{800}})) {
    if (source.is_background) continue;
    ++from_sample;
    EXPECT_TRUE(world.forms[world.precursors[source.row].form].is_in_sample);
  }
  EXPECT_GT(from_sample, 1000U);
}

TEST(World, library_errors_have_the_configured_size) {
  SimulationConfig config = larger();
  config.library.worse_share = 0;
  const World world = world_of(config);
  const ResidueIsotopes isotopes;
  double squares = 0;
  double pairs = 0;
  double extra = 0;
  double fragments = 0;
  for (const ListedPrecursor& listed : make_searched_library(config, world, isotopes, 2)) {
    // Differences of neighbours cancel the unknown scale; the top of the list is little selected.
    const auto true_count = std::ranges::count_if(
        listed.fragments, [](const ListedFragment& f) { return f.true_share > 0; });
    fragments += static_cast<double>(listed.fragments.size());
    extra += static_cast<double>(listed.fragments.size()) - static_cast<double>(true_count);
    std::vector<double> errors;
    for (const ListedFragment& f : listed.fragments) {
      if (f.true_share > 0) {
        errors.push_back(std::log(static_cast<double>(f.intensity / f.true_share)));
      }
    }
    double mean = 0;
    for (const double e : errors) mean += e / static_cast<double>(errors.size());
    for (const double e : errors) squares += (e - mean) * (e - mean);
    pairs += static_cast<double>(errors.size()) - 1;
  }
  EXPECT_NEAR(std::sqrt(squares / pairs), 0.35, 0.03);
  // Drawn at 5 %; most draws hit an ion that is listed or made anyway, and are left out.
  EXPECT_NEAR(extra / fragments, 0.0125, 0.006);
}

TEST(World, library_fragments_are_sorted_distinct_and_in_range) {
  const SimulationConfig config = larger();
  const World world = world_of(config);
  const ResidueIsotopes isotopes;
  for (const ListedPrecursor& listed : make_searched_library(config, world, isotopes, 1)) {
    EXPECT_FLOAT_EQ(listed.fragments.front().intensity, 1);
    EXPECT_LE(listed.fragments.size(), 12U);
    for (std::size_t i = 0; i < listed.fragments.size(); ++i) {
      const ListedFragment& f = listed.fragments[i];
      EXPECT_GE(f.mz, 150);
      EXPECT_GE(f.ion.ordinal, 2);
      if (i > 0) {
        EXPECT_LE(f.intensity, listed.fragments[i - 1].intensity);
      }
      for (std::size_t k = 0; k < i; ++k) EXPECT_NE(f.ion, listed.fragments[k].ion);
    }
  }
}

TEST(World, empty_library_is_an_error) {
  SimulationConfig config;
  config.proteome.proteins = 1;
  config.library.low_mz = 4990;
  config.library.high_mz = 5000;
  const Result<World> world = make_world(config, 1);
  ASSERT_FALSE(world);
  EXPECT_EQ(world.error().code, "OVL-CFG-103");
}

}  // namespace
}  // namespace overland::simulate
