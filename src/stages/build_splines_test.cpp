// Libraries from a predictor that answers with splines over the collision energy.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "base/rng.h"
#include "library/library.h"
#include "library_build/fragment_isotopes.h"
#include "stages/build_library.h"
#include "support/fake_predictor.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> spline_bytes_of(const fs::path& folder) {
  std::map<std::string, std::string> bytes;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    bytes[entry.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return bytes;
}

class BuildSplines : public testing::Test {
 protected:
  BuildSplines() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_splines_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    options_.folder = root_ / "made.lib";
    options_.overwrite = true;
    options_.config.precursors.max_charge = 2;  // half of the work
  }
  ~BuildSplines() override { fs::remove_all(root_); }

  void write_proteins(int count, std::uint64_t seed) {
    std::string text;
    Rng random(seed, 0);
    for (int i = 0; i < count; ++i) {
      std::string sequence = "M";
      while (sequence.size() < 300) sequence += "ACDEFGHIKLMNPQRSTVWYKRLAGESV"[random.below(28)];
      text += ">sp|P" + std::to_string(i) + "|X GN=g\n" + sequence + "\n";
    }
    std::ofstream(root_ / "p.fasta") << text;
    options_.fasta = {root_ / "p.fasta"};
  }
  BuiltLibrary build(const predict::Predictor& predictor) const {
    const auto built = build_library(options_, predictor);
    EXPECT_TRUE(built) << built.error().message();
    return built ? *built : BuiltLibrary{};
  }
  std::string code(const predict::Predictor& predictor) const {
    const auto built = build_library(options_, predictor);
    return built ? "" : built.error().code;
  }

  fs::path root_;
  BuildLibraryOptions options_;
  support::FakeSplinePredictor fake_;
};

// The monoisotopic splines that a target's prediction comes to, most intense at the reference
// energy first: the choice and the conversion in their plainest form.
struct Wanted {
  float intensity;
  FragmentIon ion;
  kernel::SplineCoefficients spline;
};
std::vector<Wanted> wanted_of(const Peptide& peptide, int charge,
                              const kernel::SplineBasis& reference) {
  std::vector<Wanted> all;
  float highest = 0;
  const auto length = static_cast<std::uint8_t>(peptide.residues.size());
  for (std::uint8_t k = 1; k < length; ++k) {
    for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
      for (std::uint8_t z = 1; z <= 2; ++z) {
        Wanted one{0,
                   {type, k, z},
                   support::FakeSplinePredictor::spline_of(peptide, charge, {type, k, z})};
        for (float& c : one.spline) c *= library_build::monoisotopic_share(peptide, one.ion);
        one.intensity = kernel::spline_intensity(one.spline, reference);
        highest = std::max(highest, one.intensity);
        all.push_back(one);
      }
    }
  }
  std::erase_if(all, [&](const Wanted& one) {
    const double mz = fragment_mz(peptide, one.ion).value;
    return one.ion.ordinal < (one.ion.type == FragmentType::b ? 2 : 3) || mz < 150 || mz > 2000 ||
           one.intensity < 0.001F * highest;
  });
  std::ranges::sort(all, std::greater(), &Wanted::intensity);
  if (all.size() > 12) all.resize(12);
  return all;
}

// At any energy, to within the codes' error of 3.1e-5 sqrt(c c_max) per coefficient.
void expect_intensities(const library::LibraryView& v, std::uint32_t row,
                        const std::vector<Wanted>& wanted, double nce) {
  const kernel::SplineBasis basis = v.basis_at(nce);
  float largest = 0;
  for (const Wanted& one : wanted) {
    for (const float c : one.spline) largest = std::max(largest, std::abs(c));
  }
  std::vector<float> found(wanted.size());
  ASSERT_EQ(v.intensities(PrecursorId(row), basis, found), wanted.size());
  for (std::size_t f = 0; f < wanted.size(); ++f) {
    float bound = 1e-6F;
    for (std::size_t i = 0; i < basis.size(); ++i) {
      bound += basis[i] * (3.1e-5F * std::sqrt(std::abs(wanted[f].spline[i]) / largest) + 3e-10F);
    }
    const float expected = kernel::spline_intensity(wanted[f].spline, basis) / largest;
    EXPECT_NEAR(found[f], expected, bound) << v.modified_sequence[row] << " at " << nce;
  }
}

TEST_F(BuildSplines, GivesThePredictorsSplineAtAnyEnergy) {
  write_proteins(20, 3);
  options_.config.counterparts.entrapments = 1;
  options_.config.prediction.nce = 29;
  const BuiltLibrary built = build(fake_);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library) << library.error().message();
  const library::LibraryView v = library->view();
  ASSERT_GT(v.precursor_count(), 1000U);
  EXPECT_GT(built.counts.entrapments, 0U);
  EXPECT_EQ(v.form,
            (library::IntensityForm{
                .is_total = false,
                .spline = library::SplineForm{
                    .knots = fake_.knots, .low_nce = 20, .high_nce = 40, .reference_nce = 29}}));
  const kernel::SplineBasis reference = kernel::cubic_basis(fake_.knots, 29);
  for (std::uint32_t row = 0; row < v.precursor_count(); ++row) {
    const Peptide peptide = *parse_peptide(v.modified_sequence[row]);
    const std::vector<Wanted> wanted = wanted_of(peptide, v.charge[row], reference);
    const std::uint64_t first = v.fragment_begin[row];
    ASSERT_EQ(v.fragment_begin[row + 1] - first, wanted.size());
    for (std::size_t f = 0; f < wanted.size(); ++f) {
      EXPECT_EQ(v.fragment_kind[first + f],
                library::encode_kind(wanted[f].ion.type, wanted[f].ion.charge));
      EXPECT_EQ(v.fragment_ordinal[first + f], wanted[f].ion.ordinal);
      EXPECT_NEAR(library::decode_intensity(v.fragment_intensity[first + f]),
                  wanted[f].intensity / wanted[0].intensity, 1e-4);
    }
    for (const double nce : {20.0, 23.4, 29.0, 33.0, 40.0}) {
      expect_intensities(v, row, wanted, nce);
    }
  }
}

TEST_F(BuildSplines, DecoysMayCarryTheSplinesOfTheirTarget) {
  write_proteins(20, 4);
  options_.config.counterparts.decoy_spectra = "target";
  options_.config.counterparts.entrapments = 1;
  build(fake_);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  const library::LibraryView v = library->view();
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_pair;
  for (std::uint32_t row = 0; row < v.precursor_count(); ++row) by_pair[v.pair[row]].push_back(row);
  ASSERT_GT(by_pair.size(), 500U);
  for (const auto& [pair, rows] : by_pair) {
    ASSERT_EQ(rows.size(), 2U);
    const std::uint64_t a = v.fragment_begin[rows[0]];
    const std::uint64_t b = v.fragment_begin[rows[1]];
    const std::uint64_t count = v.fragment_begin[rows[0] + 1] - a;
    ASSERT_EQ(count, v.fragment_begin[rows[1] + 1] - b);
    for (std::uint64_t k = 0; k < count; ++k) {
      for (const auto& column : v.fragment_spline) EXPECT_EQ(column[a + k], column[b + k]);
      EXPECT_EQ(v.fragment_kind[a + k], v.fragment_kind[b + k]);
      EXPECT_EQ(v.fragment_intensity[a + k], v.fragment_intensity[b + k]);
    }
  }
}

TEST_F(BuildSplines, NeitherThreadsNorAnInterruptionDecideAByte) {
  write_proteins(85, 5);
  build(fake_);
  const auto wanted = spline_bytes_of(options_.folder);
  EXPECT_EQ(wanted.size(), 5U);
  EXPECT_TRUE(wanted.contains("splines.arrow"));
  for (const int threads : {1, 2, 3, 8}) {
    options_.machine = threads;
    build(fake_);
    EXPECT_TRUE(spline_bytes_of(options_.folder) == wanted) << threads;
  }
  options_.machine = 1;
  fs::remove_all(options_.folder);
  support::FakeSplinePredictor failing;
  failing.fails_after = 3;
  EXPECT_EQ(code(failing), "OVL-IO-001");
  const fs::path block = root_ / "made.lib.work/000001.block";
  ASSERT_TRUE(fs::exists(block));
  std::fstream(block, std::ios::in | std::ios::out | std::ios::binary) << "OVLBLK01";
  const BuiltLibrary built = build(fake_);
  EXPECT_EQ(built.blocks_found, 2U) << "that of an earlier form is made again";
  EXPECT_TRUE(spline_bytes_of(options_.folder) == wanted);
}

TEST_F(BuildSplines, AnotherPredictorDoesNotTakeUpTheBlocks) {
  write_proteins(85, 5);
  support::FakePredictor plain;
  plain.fails_after = 3;
  EXPECT_EQ(code(plain), "OVL-IO-001");
  EXPECT_EQ(build(fake_).blocks_found, 0U);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  EXPECT_TRUE(library->view().form.spline);
}

TEST_F(BuildSplines, ModelsThatChangeOrMakeNoSenseAreRefused) {
  write_proteins(85, 5);
  options_.machine = 1;
  fake_.changes_after = 2;
  EXPECT_EQ(code(fake_), "OVL-LIB-034");
  fs::remove_all(root_ / "made.lib.work");
  support::FakeSplinePredictor short_range;
  short_range.knots = {6, 13, 22, 25, 33, 36, 38, 39};
  EXPECT_EQ(code(short_range), "OVL-LIB-004");
  fs::remove_all(root_ / "made.lib.work");
  options_.config.prediction.nce = 41;
  EXPECT_EQ(code(support::FakeSplinePredictor()), "OVL-LIB-004");
  EXPECT_FALSE(fs::exists(options_.folder));
}

// One whose peptides are all unknown to the predictor gives no form; the others do.
TEST_F(BuildSplines, GuessedPeptidesHaveSplinesToo) {
  std::ofstream(root_ / "p.fasta") << ">p\nAAGHLLSDEK\n";
  options_.fasta = {root_ / "p.fasta"};
  options_.config.modifications.fixed = "Phospho@S";
  const BuiltLibrary built = build(fake_);
  EXPECT_EQ(built.counts.guessed, 1U);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  EXPECT_TRUE(library->view().form.spline);
  EXPECT_GT(library->view().precursor_count(), 0U);
}

}  // namespace
}  // namespace overland::stages
