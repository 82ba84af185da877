#include "library/intensity_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "base/rng.h"
#include "exchange/libraries/expand_library.h"
#include "library_build/decoys.h"
#include "support/random_peptides.h"

namespace overland::library {
namespace {

namespace fs = std::filesystem;

constexpr kernel::SplineKnots kKnots{6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55};

class SplineLibrary : public testing::Test {
 protected:
  SplineLibrary() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_form_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    folder_ = root_ / "x.lib";
    form_.spline = SplineForm{.knots = kKnots};
  }
  ~SplineLibrary() override { fs::remove_all(root_); }

  // Splines in another order than the fragments that name them.
  static std::vector<LibraryPrecursor> precursors(std::size_t count, std::uint64_t seed) {
    std::vector<LibraryPrecursor> made = support::random_precursors(count, seed);
    Rng random(seed, 1);
    for (LibraryPrecursor& p : made) {
      const std::size_t n = p.fragments.size();
      p.splines.resize(n);
      for (std::size_t f = 0; f < n; ++f) {
        p.fragments[f].spline = static_cast<std::uint16_t>(n - 1 - f);
        p.fragments[f].intensity = 0;
        for (float& c : p.splines[n - 1 - f]) c = static_cast<float>(random.uniform() + 0.01);
      }
    }
    return made;
  }
  [[nodiscard]] std::string code_of_writing(std::vector<LibraryPrecursor> made) const {
    const auto done = write_library(std::move(made), {}, folder_, form_);
    return done ? "" : done.error().code;
  }
  [[nodiscard]] std::string code_of_opening() const {
    const auto library = Library::open(folder_);
    return library ? "" : library.error().code;
  }

  fs::path root_, folder_;
  IntensityForm form_;
};

TEST_F(SplineLibrary, GivesTheSplineOfEachFragmentAtAnyEnergy) {
  constexpr std::uint64_t kSeed = 41;
  SCOPED_TRACE(kSeed);
  const std::vector<LibraryPrecursor> made = precursors(300, kSeed);
  std::map<std::string, const LibraryPrecursor*> by_name;
  for (const auto& p : made) by_name[to_unimod_notation(p.peptide) + std::to_string(p.charge)] = &p;
  ASSERT_EQ(code_of_writing(made), "");
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library) << library.error().message();
  const LibraryView v = library->view();
  EXPECT_EQ(v.form, form_);
  for (const double nce : {20.0, 27.0, 33.5, 40.0}) {
    const kernel::SplineBasis basis = v.basis_at(nce);
    for (std::uint32_t p = 0; p < v.precursor_count(); ++p) {
      const auto& source =
          *by_name[std::string(v.modified_sequence[p]) + std::to_string(v.charge[p])];
      std::vector<float> out(100);
      out.resize(v.intensities(PrecursorId(p), basis, out));
      ASSERT_EQ(out.size(), source.fragments.size());
      float largest = 0;
      for (const auto& c : source.splines)
        largest = std::max(largest, *std::ranges::max_element(c));
      for (std::size_t f = 0; f < out.size(); ++f) {
        const std::uint64_t k = v.fragment_begin[p] + f;
        const FragmentIon ion{kind_type(v.fragment_kind[k]), v.fragment_ordinal[k],
                              static_cast<std::uint8_t>(kind_charge(v.fragment_kind[k]))};
        const auto at = std::ranges::find(source.fragments, ion, &LibraryPrecursor::Fragment::ion);
        ASSERT_NE(at, source.fragments.end());
        const float exact = kernel::spline_intensity(source.splines[at->spline], basis) / largest;
        EXPECT_NEAR(out[f], exact, 4e-5);
        if (nce == 27.0 && f > 0) {
          EXPECT_LE(out[f], out[f - 1] + 1e-4F);  // ordered at the reference
        }
      }
    }
  }
  EXPECT_EQ(v.basis_at(3), v.basis_at(20));  // clamped to where the splines hold
  EXPECT_EQ(v.basis_at(90), v.basis_at(40));
}

TEST_F(SplineLibrary, PlainIntensitiesAreThoseAtTheReferenceEnergy) {
  ASSERT_EQ(code_of_writing(precursors(50, 42)), "");
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library);
  const LibraryView v = library->view();
  std::vector<float> out(100);
  for (std::uint32_t p = 0; p < v.precursor_count(); ++p) {
    const std::size_t count = v.intensities(PrecursorId(p), v.basis_at(27), out);
    const std::uint64_t begin = v.fragment_begin[p];
    for (std::size_t f = 0; f < count; ++f) {
      EXPECT_NEAR(decode_intensity(v.fragment_intensity[begin + f]), out[f] / out[0], 2e-4);
    }
  }
}

TEST_F(SplineLibrary, DecoysHaveTheSplinesOfTheirTargets) {
  ASSERT_EQ(code_of_writing(precursors(40, 43)), "");
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library);
  auto expanded = exchange::expand_targets(library->view());
  ASSERT_TRUE(expanded);
  ASSERT_EQ(library_build::add_decoys(*expanded, 1, 1).made, 40U);
  std::map<std::uint32_t, const LibraryPrecursor*> target;
  for (const auto& p : *expanded)
    if (!p.is_decoy) target[p.pair] = &p;
  for (const auto& p : *expanded) {
    ASSERT_EQ(p.splines, target[p.pair]->splines);
    ASSERT_EQ(p.splines.size(), p.fragments.size());
  }
  EXPECT_EQ(code_of_writing(*expanded), "");
  const auto again = Library::open(folder_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->view().precursor_count(), 80U);
}

TEST_F(SplineLibrary, RefusesWhatIsNoSpline) {
  auto made = precursors(3, 44);
  made[1].splines[0][2] = NAN;
  EXPECT_EQ(code_of_writing(made), "OVL-LIB-004");
  made = precursors(3, 44);
  made[2].splines.pop_back();
  EXPECT_EQ(code_of_writing(made), "OVL-LIB-004");
  made = precursors(3, 44);
  for (auto& c : made[0].splines) c.fill(0);
  EXPECT_EQ(code_of_writing(made), "OVL-LIB-004");
  form_.spline->reference_nce = 45;
  EXPECT_EQ(code_of_writing(precursors(3, 44)), "OVL-LIB-004");
  form_.spline->reference_nce = 27;
  form_.spline->knots[4] = 7;
  EXPECT_EQ(code_of_writing(precursors(3, 44)), "OVL-LIB-004");
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(SplineLibrary, DamageIsFound) {
  ASSERT_EQ(code_of_writing(precursors(30, 45)), "");
  std::ifstream in(folder_ / "library.json");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    std::ofstream(folder_ / "library.json", std::ios::trunc) << changed;
  };
  with("\"spline\",", "\"wavelet\",");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  with("\"degree\": 3", "\"degree\": 2");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  with("\"mono\"", "\"some\"");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  with("\"mono\"", "\"total\"");
  EXPECT_EQ(code_of_opening(), "");
  EXPECT_TRUE(Library::open(folder_)->view().form.is_total);
  fs::resize_file(folder_ / "splines.arrow", fs::file_size(folder_ / "splines.arrow") / 2);
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  fs::remove(folder_ / "splines.arrow");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
}

}  // namespace
}  // namespace overland::library
