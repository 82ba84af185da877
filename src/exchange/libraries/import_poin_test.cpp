// Small .poin folders with the shapes that Pioneer writes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <fstream>

#include "chemistry/isotopes.h"
#include "exchange/libraries/import_library.h"
#include "exchange/libraries/poin_precursors.h"
#include "io/table/table.h"
#include "library_build/fragment_isotopes.h"
#include "support/hdf5_example.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;
using support::Hdf5Example;

struct PlainFragment {
  std::uint32_t prec_id;
  float mz;
  float intensity[1];
  std::uint8_t is_y, is_b, is_isotope, frag_charge, ion_position;
};
struct SplineFragment {
  std::uint32_t prec_id;
  float mz;
  float intensity[4];
  std::uint8_t is_y, is_b, is_isotope, frag_charge, ion_position;
};

template <class Fragment>
std::vector<support::ExampleMember> members(hid_t intensity) {
  return {{"prec_id", offsetof(Fragment, prec_id), H5T_NATIVE_UINT32},
          {"mz", offsetof(Fragment, mz), H5T_NATIVE_FLOAT},
          {"intensity", offsetof(Fragment, intensity), intensity},
          {"is_y", offsetof(Fragment, is_y), H5T_NATIVE_UINT8},
          {"is_b", offsetof(Fragment, is_b), H5T_NATIVE_UINT8},
          {"is_isotope", offsetof(Fragment, is_isotope), H5T_NATIVE_UINT8},
          {"frag_charge", offsetof(Fragment, frag_charge), H5T_NATIVE_UINT8},
          {"ion_position", offsetof(Fragment, ion_position), H5T_NATIVE_UINT8}};
}

constexpr float kPoinKnots[8] = {6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55};

class Poin : public testing::Test {
 protected:
  Poin() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_poin_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Poin() override { fs::remove_all(root_); }

  // Target and decoy of one peptide with modifications out of order, and a second target.
  void write_precursors() const {
    io::Table table;
    table.add("accession_numbers", std::vector<std::string>{"P1;P2", "P1;P2", "P3"});
    table.add("sequence", std::vector<std::string>{"MCAEPTIDEK", "EDITPEACMK", "SAMPLERK"});
    table.add("structural_mods", std::vector<std::string>{"(2,C,Unimod:4)(1,M,Unimod:35)",
                                                          "(8,C,Unimod:4)(9,M,Unimod:35)", ""});
    table.add("prec_charge", std::vector<std::uint8_t>{2, 2, 2});
    table.add("irt", std::vector<float>{1.5F, 2.5F, 3.5F});
    table.add("mz",
              std::vector<float>{mz_of("M(UniMod:35)C(UniMod:4)AEPTIDEK"), 1, mz_of("SAMPLERK")});
    table.add("is_decoy", std::vector<std::uint8_t>{0, 1, 0});
    table.add("entrapment_group_id", std::vector<std::uint8_t>{0, 0, 1});
    table.add("base_pep_id", std::vector<std::uint32_t>{7, 7, 9});
    ASSERT_TRUE(io::write_arrow(table, root_ / "precursors_table.arrow"));
  }
  static float mz_of(const char* sequence) {
    return static_cast<float>(precursor_mz(*parse_peptide(sequence), 2).value);
  }
  // y3 .. y6 of each precursor, most intense first; index from 1.
  template <class Fragment>
  std::vector<Fragment> fragments() const {
    std::vector<Fragment> all;
    const char* const sequences[] = {"M(UniMod:35)C(UniMod:4)AEPTIDEK",
                                     "EDITPEAC(UniMod:4)M(UniMod:35)K", "SAMPLERK"};
    for (std::uint32_t p = 0; p < 3; ++p) {
      const Peptide peptide = *parse_peptide(sequences[p]);
      for (std::uint8_t n = 3; n <= 6; ++n) {
        const FragmentIon ion{FragmentType::y, n, 1};
        Fragment f{p + 1, static_cast<float>(fragment_mz(peptide, ion).value), {}, 1, 0, 0, 1, n};
        float scale = 1.0F / static_cast<float>(n - 2);
        for (float& value : f.intensity) {
          value = scale;
          scale *= 0.7F;
        }
        all.push_back(f);
      }
    }
    return all;
  }
  void write_ranges(const std::vector<std::uint64_t>& begin) const {
    Hdf5Example(root_ / "precursor_to_fragment_indices.jld2")
        .add("pid_to_fid", H5T_NATIVE_UINT64, begin.data(), begin.size());
  }
  void write_plain(const std::vector<PlainFragment>& all) const {
    Hdf5Example(root_ / "detailed_fragments.jld2")
        .add_records("data", members<PlainFragment>(H5T_NATIVE_FLOAT), all);
  }
  void write_splines(const std::vector<SplineFragment>& all) const {
    Hdf5Example(root_ / "detailed_fragments.jld2")
        .add_records("data", members<SplineFragment>(support::example_tuple()), all);
    Hdf5Example(root_ / "spline_knots.jld2").add("spl_knots", H5T_NATIVE_FLOAT, kPoinKnots, 8);
  }
  [[nodiscard]] std::string code() const {
    const auto library = import_library(root_);
    return library ? "" : library.error().code;
  }

  fs::path root_;
};

TEST_F(Poin, PlainIntensitiesModificationsAndPairs) {
  write_precursors();
  write_plain(fragments<PlainFragment>());
  write_ranges({1, 5, 9, 13});
  const auto library = import_library(root_);
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_FALSE(library->form.spline);
  EXPECT_FALSE(library->form.is_total);
  EXPECT_EQ(library->report.rows_read, 12U);
  EXPECT_EQ(library->report.rows_kept, 12U);
  EXPECT_EQ(library->report.fragments_recomputed, 0U);
  EXPECT_EQ(library->report.precursors_recomputed, 1U);  // the decoy's m/z is made up
  ASSERT_EQ(library->precursors.size(), 3U);
  const library::LibraryPrecursor& decoy = library->precursors[0];
  const library::LibraryPrecursor& target = library->precursors[1];
  EXPECT_EQ(to_unimod_notation(target.peptide), "M(UniMod:35)C(UniMod:4)AEPTIDEK");
  EXPECT_TRUE(decoy.is_decoy);
  EXPECT_EQ(decoy.pair, target.pair);
  EXPECT_EQ(target.protein_ids, "P1;P2");
  EXPECT_EQ(target.irt, 1.5F);
  EXPECT_EQ(library->precursors[2].entrapment, 1);
  EXPECT_NE(library->precursors[2].pair, target.pair);
  for (const auto& f : target.fragments) {
    EXPECT_NEAR(f.intensity, 1.0F / static_cast<float>(f.ion.ordinal - 2), 1e-6);
  }
}

TEST_F(Poin, SplinesBecomeMonoisotopicAndGoThroughTheLibraryFolder) {
  write_precursors();
  write_splines(fragments<SplineFragment>());
  write_ranges({1, 5, 9, 13});
  const auto library = import_library(root_);
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_TRUE(library->form.spline);
  EXPECT_FALSE(library->form.is_total);
  const library::LibraryPrecursor& target = library->precursors[1];
  ASSERT_EQ(target.splines.size(), 4U);
  for (const auto& f : target.fragments) {
    const float share = library_build::monoisotopic_share(target.peptide, f.ion);
    EXPECT_GT(share, 0.5F);
    EXPECT_LT(share, 0.95F);
    float c = share / static_cast<float>(f.ion.ordinal - 2);
    for (const float value : target.splines[f.spline]) {
      EXPECT_NEAR(value, c, 1e-6);
      c *= 0.7F;
    }
  }
  ASSERT_TRUE(library::write_library(library->precursors, {}, root_ / "x.lib", library->form));
  const auto opened = library::Library::open(root_ / "x.lib");
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->view().form.spline->knots[3], kPoinKnots[3]);
}

TEST_F(Poin, FragmentsOfOthersAndUselessOnesAreCounted) {
  write_precursors();
  auto all = fragments<PlainFragment>();
  all[1].prec_id = 3;  // in the range of another precursor
  all[4].is_isotope = 1;
  all[5].is_y = 0;      // neither b nor y
  all[8].mz -= 18.01F;  // a loss
  all.push_back(all[11]);
  all.back().ion_position = 7;
  all.back().mz =
      static_cast<float>(fragment_mz(*parse_peptide("SAMPLERK"), {FragmentType::y, 7, 1}).value);
  all.push_back(all[9]);
  all.back().intensity[0] = NAN;
  write_plain(all);
  write_ranges({1, 5, 9, 14});  // the last range ends one too early
  const auto library = import_library(root_);
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_EQ(library->report.rows_read, 14U);
  std::uint64_t dropped = 0;
  for (const auto& [reason, rows] : library->report.rows_dropped) dropped += rows;
  EXPECT_EQ(library->report.rows_kept + dropped, 14U);
  const auto& reasons = library->report.rows_dropped;
  EXPECT_EQ(reasons.at("fragment of another precursor"), 1U);
  EXPECT_EQ(reasons.at("neutral loss or isotope"), 2U);
  EXPECT_EQ(reasons.at("not a b or y ion"), 1U);
  EXPECT_EQ(reasons.at("intensity missing or not above 0"), 1U);
  EXPECT_EQ(reasons.at("fewer than 3 fragments of the precursor"), 2U);
}

TEST_F(Poin, WrongShapesAreErrors) {
  EXPECT_EQ(code(), "OVL-LIB-024");
  write_precursors();
  EXPECT_EQ(code(), "OVL-IO-001");
  write_plain(fragments<PlainFragment>());
  EXPECT_EQ(code(), "OVL-IO-001");
  for (const std::vector<std::uint64_t>& ranges :
       {std::vector<std::uint64_t>{1, 5, 9}, {0, 5, 9, 13}, {1, 9, 5, 13}, {1, 5, 9, 99}}) {
    write_ranges(ranges);
    EXPECT_EQ(code(), "OVL-LIB-024");
  }
  write_ranges({1, 5, 9, 13});
  EXPECT_EQ(code(), "");
  write_splines(fragments<SplineFragment>());
  EXPECT_EQ(code(), "");
  Hdf5Example(root_ / "spline_knots.jld2").add("spl_knots", H5T_NATIVE_FLOAT, kPoinKnots, 7);
  EXPECT_EQ(code(), "OVL-LIB-024");
  float falling[8] = {};
  std::copy(std::rbegin(kPoinKnots), std::rend(kPoinKnots), falling);
  Hdf5Example(root_ / "spline_knots.jld2").add("spl_knots", H5T_NATIVE_FLOAT, falling, 8);
  EXPECT_EQ(code(), "OVL-LIB-024");
  const float numbers[3] = {1, 2, 3};
  Hdf5Example(root_ / "detailed_fragments.jld2").add("data", H5T_NATIVE_FLOAT, numbers, 3);
  EXPECT_EQ(code(), "OVL-LIB-024");
  std::ofstream(root_ / "detailed_fragments.jld2", std::ios::trunc) << "no HDF5";
  EXPECT_EQ(code(), "OVL-IO-003");
  io::Table table;
  table.add("sequence", std::vector<std::string>{"PEPTIDEK"});
  ASSERT_TRUE(io::write_arrow(table, root_ / "precursors_table.arrow"));
  EXPECT_EQ(code(), "OVL-LIB-024");
}

TEST(PoinSequence, SortsAndChecksTheModifications) {
  EXPECT_EQ(poin_sequence("CMK", "(2,M,Unimod:35)(1,C,Unimod:4)"), "C[Unimod:4]M[Unimod:35]K");
  EXPECT_EQ(poin_sequence("AK", "(1,n,Unimod:1)"), "[Unimod:1]AK");
  EXPECT_EQ(poin_sequence("AK", "(2,c,Unimod:2)"), "AK.[Unimod:2]");
  EXPECT_EQ(poin_sequence("AK", ""), "AK");
  for (const char* bad : {"(1,C,Unimod:4)", "(3,A,Unimod:4)", "(0,A,Unimod:4)", "1,A,Unimod:4",
                          "(1,A,Unimod:4", "(x,A,Unimod:4)", "(1,A)", "(1)", "()"}) {
    EXPECT_FALSE(poin_sequence("AK", bad)) << bad;
  }
}

// Averagine-free check: the share of a glycine chain by hand, C and N alone being heavy enough.
TEST(FragmentIsotopes, ShareIsTheProductOfTheLightIsotopes) {
  const Peptide peptide = *parse_peptide("GGGGK");
  // b3: C6 H9 N3 O3
  const double expected =
      std::pow(0.9893, 6) * std::pow(0.999885, 9) * std::pow(0.99636, 3) * std::pow(0.99757, 3);
  EXPECT_NEAR(library_build::monoisotopic_share(peptide, {FragmentType::b, 3, 1}), expected, 1e-4);
  // A modification counts where it stands.
  const Peptide modified = *parse_peptide("C(UniMod:4)GGGK");
  EXPECT_LT(library_build::monoisotopic_share(modified, {FragmentType::b, 2, 1}),
            library_build::monoisotopic_share(peptide, {FragmentType::b, 2, 1}));
  EXPECT_EQ(library_build::monoisotopic_share(modified, {FragmentType::y, 4, 1}),
            library_build::monoisotopic_share(peptide, {FragmentType::y, 4, 1}));
}

}  // namespace
}  // namespace overland::exchange
