#include "exchange/export/export_library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "exchange/libraries/import_library.h"
#include "io/database/sqlite_file.h"
#include "io/table/table.h"
#include "library_build/decoys.h"
#include "support/random_peptides.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

class Export : public testing::Test {
 protected:
  Export() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_export_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Export() override { fs::remove_all(root_); }

  // Modified at both termini and by mass alone, beside the usual ones; with decoys.
  static std::vector<library::LibraryPrecursor> precursors(std::size_t count, std::uint64_t seed) {
    std::vector<library::LibraryPrecursor> made = support::random_precursors(count, seed);
    for (std::size_t i = 0; i < made.size(); ++i) {
      auto& modifications = made[i].peptide.modifications;
      const auto length = static_cast<std::int16_t>(made[i].peptide.residues.size());
      const bool is_free = made[i].peptide.residues[0] == 'A' || made[i].peptide.residues[0] == 'G';
      if (i % 5 == 0 && is_free) {
        modifications.insert(modifications.begin(), {kNTerminus, 1, 42.0105646863});
      }
      if (i % 7 == 0) modifications.push_back({length, 2, -0.9840155848});
      made[i].protein_ids = i % 3 == 0 ? "P1;P2" : "P" + std::to_string(i);
      // Below m/z 50 importers leave them out, of decoys too.
      std::erase_if(made[i].fragments, [](const auto& f) { return f.ion.ordinal < 2; });
    }
    std::erase_if(made, [](const auto& p) { return p.fragments.size() < 3; });
    for (std::uint32_t i = 0; i < made.size(); ++i) made[i].pair = i;
    (void)library_build::add_decoys(made, 1, 1);
    return made;
  }
  [[nodiscard]] library::Library write(std::vector<library::LibraryPrecursor> made,
                                       const std::string& name,
                                       const library::IntensityForm& form = {}) const {
    EXPECT_TRUE(library::write_library(std::move(made), {}, root_ / name, form));
    return std::move(*library::Library::open(root_ / name));
  }
  // The library as another program would give it back.
  [[nodiscard]] library::Library round_trip(const library::Library& library,
                                            const std::string& file,
                                            const ExportSettings& settings) const {
    const auto report = export_library(library.view(), root_ / file, settings);
    EXPECT_TRUE(report) << report.error().message();
    auto imported = import_library(root_ / file);
    EXPECT_TRUE(imported) << imported.error().message();
    EXPECT_EQ(imported->report.precursors, report->precursors);
    EXPECT_EQ(imported->report.rows_kept, report->fragments);
    EXPECT_TRUE(imported->report.rows_dropped.empty());
    EXPECT_EQ(imported->report.fragments_recomputed, 0U);
    EXPECT_EQ(imported->report.precursors_recomputed, 0U);
    return write(std::move(imported->precursors), file + ".lib");
  }
  fs::path root_;
};

struct Kept {
  bool genes = true, pairs = true, ions = true;
};

void expect_same(const library::LibraryView& a, const library::LibraryView& b, Kept kept) {
  ASSERT_EQ(a.precursor_count(), b.precursor_count());
  ASSERT_EQ(a.fragment_mz.size(), b.fragment_mz.size());
  std::map<std::uint32_t, std::uint32_t> pair_of;
  for (std::uint32_t p = 0; p < a.precursor_count(); ++p) {
    ASSERT_EQ(a.modified_sequence[p], b.modified_sequence[p]);
    EXPECT_EQ(a.charge[p], b.charge[p]);
    EXPECT_EQ(a.irt[p], b.irt[p]);
    EXPECT_EQ(a.is_decoy[p], b.is_decoy[p]);
    EXPECT_EQ(a.protein_ids[a.protein_set[p]], b.protein_ids[b.protein_set[p]]);
    if (kept.genes) {
      EXPECT_EQ(a.genes[a.protein_set[p]], b.genes[b.protein_set[p]]);
    }
    if (kept.pairs) {
      EXPECT_EQ(pair_of.try_emplace(a.pair[p], b.pair[p]).first->second, b.pair[p]);
    }
    ASSERT_EQ(a.fragment_begin[p + 1], b.fragment_begin[p + 1]);
  }
  EXPECT_TRUE(std::ranges::equal(a.fragment_mz, b.fragment_mz));
  EXPECT_TRUE(std::ranges::equal(a.fragment_intensity, b.fragment_intensity));
  std::size_t other_ions = 0;
  for (std::size_t f = 0; f < a.fragment_mz.size(); ++f) {
    const bool is_same =
        a.fragment_kind[f] == b.fragment_kind[f] && a.fragment_ordinal[f] == b.fragment_ordinal[f];
    other_ions += is_same ? 0U : 1U;
  }
  EXPECT_LE(other_ions, kept.ions ? 0 : a.fragment_mz.size() / 200);
}

TEST_F(Export, TablesAndMspComeBackWithoutLoss) {
  constexpr std::uint64_t kSeed = 61;
  SCOPED_TRACE(kSeed);
  const library::Library library = write(precursors(500, kSeed), "a.lib");
  for (const char* file : {"x.tsv", "x.parquet", "x.msp"}) {
    SCOPED_TRACE(file);
    const library::Library back = round_trip(library, file, {.decoys = true});
    expect_same(library.view(), back.view(), {});
  }
}

// Its peaks have no names: b2 of GG.. with two charges weighs what b1 does with one.
TEST_F(Export, BlibComesBackWithoutGenes) {
  constexpr std::uint64_t kSeed = 62;
  SCOPED_TRACE(kSeed);
  std::vector<library::LibraryPrecursor> made = precursors(300, kSeed);
  std::erase_if(made, [](const auto& p) { return p.is_decoy; });
  const library::Library library = write(std::move(made), "a.lib");
  const library::Library back = round_trip(library, "x.blib", {});
  expect_same(library.view(), back.view(), {.genes = false, .ions = false});
}

TEST_F(Export, LeavesDecoysOutUnlessAsked) {
  const library::Library library = write(precursors(50, 63), "a.lib");
  const std::uint64_t targets = library.view().precursor_count() / 2;
  for (const char* file : {"x.tsv", "x.parquet", "x.msp", "x.blib"}) {
    const auto report = export_library(library.view(), root_ / file, {});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->precursors, targets);
    EXPECT_EQ(report->decoys_left_out, targets);
    EXPECT_EQ(import_library(root_ / file)->report.decoys, 0U);
  }
  EXPECT_EQ(export_library(library.view(), root_ / "y.blib", {.decoys = true})->precursors,
            targets);
}

TEST_F(Export, SplinesAreEvaluatedAtTheEnergyAsked) {
  constexpr kernel::SplineKnots kKnots{6, 13, 21.97F, 25.27F, 33.01F, 39.29F, 48, 55};
  const library::IntensityForm form{.is_total = false,
                                    .spline = library::SplineForm{.knots = kKnots}};
  std::vector<library::LibraryPrecursor> made = precursors(20, 64);
  Rng random(64, 2);
  for (auto& p : made) {
    for (auto& f : p.fragments) {
      f.spline = static_cast<std::uint16_t>(p.splines.size());
      auto& c = p.splines.emplace_back();
      for (float& value : c) value = static_cast<float>(0.01 + random.uniform());
    }
  }
  const library::Library library = write(std::move(made), "a.lib", form);
  const library::LibraryView v = library.view();
  for (const double nce : {22.0, 35.0}) {
    const library::Library back = round_trip(library, "x.tsv", {.nce = nce, .decoys = true});
    std::vector<float> out(100);
    for (std::uint32_t p = 0; p < v.precursor_count(); ++p) {
      out.resize(100);
      out.resize(v.intensities(PrecursorId(p), v.basis_at(nce), out));
      const float highest = *std::ranges::max_element(out);
      std::ranges::sort(out, std::greater<>());
      for (std::size_t f = 0; f < out.size(); ++f) {
        const std::uint64_t k = v.fragment_begin[p] + f;
        EXPECT_NEAR(library::decode_intensity(back.view().fragment_intensity[k]), out[f] / highest,
                    4e-5);
      }
    }
  }
}

TEST_F(Export, BlibHasTheTablesOfSkyline) {
  const library::Library library = write(precursors(40, 65), "a.lib");
  const auto report = export_library(library.view(), root_ / "x.blib", {});
  ASSERT_TRUE(report);
  const auto file = io::SqliteFile::open(root_ / "x.blib");
  ASSERT_TRUE(file);
  const auto number = [&](const std::string& sql) {
    auto rows = file->query(sql);
    EXPECT_TRUE(rows) << rows.error().message();
    EXPECT_TRUE(*rows->next());
    return static_cast<std::uint64_t>(rows->integer(0));
  };
  EXPECT_EQ(number("SELECT numSpecs FROM LibInfo"), report->precursors);
  EXPECT_EQ(number("SELECT count(*) FROM RefSpectra"), report->precursors);
  EXPECT_EQ(number("SELECT count(*) FROM RefSpectraPeaks"), report->precursors);
  EXPECT_EQ(number("SELECT sum(numPeaks) FROM RefSpectra"), report->fragments);
  EXPECT_EQ(number("SELECT count(*) FROM RetentionTimes WHERE bestSpectrum = 1"),
            report->precursors);
  EXPECT_EQ(number("SELECT count(*) FROM Modifications WHERE position < 1"), 0U);
  EXPECT_EQ(number("SELECT count(*) FROM Modifications m JOIN RefSpectra s ON s.id = m.RefSpectraID"
                   " WHERE m.position > length(s.peptideSeq)"),
            0U);
  EXPECT_GT(number("SELECT count(*) FROM RefSpectraProteins"), 0U);
}

TEST_F(Export, EqualLibrariesGiveEqualFiles) {
  const library::Library library = write(precursors(60, 66), "a.lib");
  for (const char* extension : {".tsv", ".parquet", ".msp", ".blib"}) {
    std::string bytes[2];
    for (std::string& read : bytes) {
      const fs::path file = root_ / ("same" + std::string(extension));
      ASSERT_TRUE(export_library(library.view(), file, {}));
      std::ifstream in(file, std::ios::binary);
      read.assign(std::istreambuf_iterator<char>(in), {});
    }
    EXPECT_TRUE(bytes[0] == bytes[1]) << extension;
  }
}

TEST_F(Export, FaultsLeaveNothingBehind) {
  const auto code = [](const Result<ExportReport>& report) {
    return report ? std::string() : report.error().code;
  };
  const library::Library library = write(precursors(10, 67), "a.lib");
  EXPECT_EQ(code(export_library(library.view(), root_ / "x.csv", {})), "OVL-LIB-025");
  EXPECT_EQ(code(export_library(library.view(), root_ / "x", {})), "OVL-LIB-025");
  const library::Library empty = write({}, "empty.lib");
  for (const char* file : {"e.tsv", "e.parquet", "e.msp", "e.blib"}) {
    EXPECT_EQ(code(export_library(empty.view(), root_ / file, {})), "OVL-LIB-026");
  }
  for (const char* extension : {"tsv", "parquet", "msp", "blib"}) {
    EXPECT_EQ(code(export_library(library.view(), "/proc/no/x." + std::string(extension), {})),
              "OVL-IO-002");
  }
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(root_))
    files += entry.is_regular_file() ? 1U : 0U;
  EXPECT_EQ(files, 0U);
}

}  // namespace
}  // namespace overland::exchange
