#include "search/isotope_templates.h"

#include <gtest/gtest.h>

#include <numeric>

#include "chemistry/constants.h"
#include "support/view_example.h"

namespace overland::search {
namespace {

using support::example_targets;
using support::hand_run;
using support::ViewExample;

// One precursor, and windows that lie around it as a test wants.
class Templates : public ::testing::Test {
 protected:
  Templates() : example_(example_targets(1), hand_run({})) {}
  [[nodiscard]] float mz() const { return example_.view().library.precursor_mz[0]; }
  [[nodiscard]] double spacing() const {
    return kCarbon13Spacing / example_.view().library.charge[0];
  }
  [[nodiscard]] IsotopeTemplates templates(float low, float high) const {
    return {example_.view(), models_, config_, {.low_mz = low, .high_mz = high, .scans = {}}};
  }
  [[nodiscard]] std::vector<float> library_intensities() const {
    std::vector<float> intensity(kernel::kTraceFragments);
    intensity.resize(example_.view().library.intensities(PrecursorId(0), {}, intensity));
    return intensity;
  }
  ViewExample example_;
  RunModels models_;
  params::SecondPassParameters config_;
};

TEST_F(Templates, see_a_precursor_within_the_nominal_limits) {
  EXPECT_TRUE(templates(mz() - 5, mz() + 5).is_visible(PrecursorId(0)));
  config_.second_pass.min_transmitted = 1;
  EXPECT_TRUE(templates(mz(), mz() + 5).is_visible(PrecursorId(0))) << "at the lower limit";
  EXPECT_FALSE(templates(mz() - 5, mz()).is_visible(PrecursorId(0))) << "at the upper limit";
}

TEST_F(Templates, see_a_precursor_of_which_heavier_isotopes_are_let_through) {
  const auto first = static_cast<float>(static_cast<double>(mz()) + 0.6 * spacing());
  EXPECT_TRUE(templates(first, first + 20).is_visible(PrecursorId(0))) << "M+1 and heavier";
  const auto far = static_cast<float>(static_cast<double>(mz()) + 3.6 * spacing());
  EXPECT_FALSE(templates(far, far + 20).is_visible(PrecursorId(0)))
      << "M+4 and heavier are too few";
  EXPECT_FALSE(templates(mz() - 30, mz() - 10).is_visible(PrecursorId(0)))
      << "far above the window";
  config_.second_pass.min_transmitted = 0.99;
  EXPECT_FALSE(templates(first, first + 20).is_visible(PrecursorId(0)));
}

TEST_F(Templates, look_beyond_the_limits_for_heavier_isotopes_only_where_wanted) {
  const auto wide = templates(500, 520).precursor_range();
  EXPECT_LT(wide.low, Mz{498.5}) << "M+2 of singly charged precursors";
  EXPECT_GT(wide.high, Mz{520});
  config_.second_pass.min_transmitted = 1;
  const auto nominal = templates(500, 520).precursor_range();
  EXPECT_EQ(nominal.low, Mz{500});
  EXPECT_EQ(nominal.high, Mz{520});
  config_.second_pass.min_transmitted = 0.25;
  config_.second_pass.isotopes = false;
  EXPECT_EQ(templates(500, 520).precursor_range().low, Mz{500});
}

TEST_F(Templates, of_a_precursor_far_from_the_limits_keep_the_library_spectrum) {
  const std::vector<float> before = library_intensities();
  std::vector<float> after = before;
  const auto isotopes = templates(mz() - 10, mz() + 10).shape(PrecursorId(0), after);
  for (std::size_t f = 0; f < before.size(); ++f) EXPECT_NEAR(after[f], before[f], 1e-3F);
  const float total = std::accumulate(after.begin(), after.end(), 0.0F);
  ASSERT_GT(isotopes.count, 0);
  const library::LibraryView& library = example_.view().library;
  for (std::size_t i = 0; i < isotopes.count; ++i) {
    const std::size_t f = isotopes.fragment[i];
    const int charge = library::kind_charge(library.fragment_kind[f]);
    EXPECT_NEAR(static_cast<double>(isotopes.mz[i]),
                static_cast<double>(library.fragment_mz[f]) + kCarbon13Spacing / charge, 1e-3);
    EXPECT_GE(isotopes.intensity[i], 0.03F * total);
    EXPECT_LT(isotopes.intensity[i], 1.5F * after[f]);
    if (i > 0) {
      EXPECT_GT(f, isotopes.fragment[i - 1]);
    }
  }
}

TEST_F(Templates, of_heavier_isotopes_only_hold_less_and_have_heavier_fragments) {
  const std::vector<float> before = library_intensities();
  std::vector<float> after = before;
  const auto first = static_cast<float>(static_cast<double>(mz()) + 0.6 * spacing());
  const auto isotopes = templates(first, first + 20).shape(PrecursorId(0), after);
  std::vector<float> whole = before;
  const auto of_whole = templates(mz() - 10, mz() + 10).shape(PrecursorId(0), whole);
  for (std::size_t f = 0; f < before.size(); ++f) EXPECT_LT(after[f], before[f]);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < isotopes.count; ++i)
    for (std::size_t k = 0; k < of_whole.count; ++k) {
      const std::size_t f = isotopes.fragment[i];
      if (of_whole.fragment[k] != f) continue;
      ++compared;
      EXPECT_GT(isotopes.intensity[i] / after[f], of_whole.intensity[k] / whole[f])
          << "without M+0 the extra neutron is in the fragment more often";
    }
  EXPECT_GT(compared, 0U);
}

TEST_F(Templates, leave_spectra_alone_where_isotopes_are_off) {
  config_.second_pass.isotopes = false;
  const std::vector<float> before = library_intensities();
  std::vector<float> after = before;
  const auto first = static_cast<float>(static_cast<double>(mz()) + 0.6 * spacing());
  EXPECT_EQ(templates(first, first + 20).shape(PrecursorId(0), after).count, 0);
  EXPECT_EQ(after, before);
}

TEST_F(Templates, of_no_fragments_are_empty) {
  EXPECT_EQ(templates(mz() - 10, mz() + 10).shape(PrecursorId(0), {}).count, 0);
}

}  // namespace
}  // namespace overland::search
