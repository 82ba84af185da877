// Real tables of other programs, which are not part of the project: found by OVERLAND_TEST_DATA or
// beside the project.
#include <gtest/gtest.h>

#include <fstream>

#include "base/files/hash.h"
#include "exchange/libraries/import_library.h"
#include "io/byte_source.h"
#include "library_build/decoys.h"
#include "support/test_data.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

struct RealTable {
  const char* file;
  const char* code;  // the error, or "" when it is to be imported
  std::uint64_t precursors, decoys, rows_kept;
  std::uint64_t fragments_recomputed;
};

std::ostream& operator<<(std::ostream& out, const RealTable& table) {
  return out << table.file;
}

// Databases are read in place, so a packed one is unpacked first.
fs::path unpacked(const fs::path& file, const fs::path& folder) {
  const std::string stem = file.stem().string();
  const bool is_database = stem.ends_with(".dlib") || stem.ends_with(".pqp");
  if (file.extension() != ".gz" || !is_database) return file;
  fs::create_directories(folder);
  std::ofstream out(folder / stem, std::ios::binary | std::ios::trunc);
  auto source = io::gunzip_source(*io::file_source(file), file.string());
  for (auto piece = source(); piece && !piece->empty(); piece = source()) {
    out.write(reinterpret_cast<const char*>(piece->data()),
              static_cast<std::streamsize>(piece->size()));
  }
  return folder / stem;
}

class RealTables : public testing::TestWithParam<RealTable> {};

TEST_P(RealTables, AreImportedOrRefusedWithACode) {
  const RealTable& expected = GetParam();
  const fs::path file = support::test_data() / expected.file;
  if (!fs::exists(file)) GTEST_SKIP() << "no " << file;
  const fs::path scratch = fs::path(testing::TempDir()) / "overland_real_unpacked";
  const auto library = import_library(unpacked(file, scratch));
  fs::remove_all(scratch);
  if (!library) {
    EXPECT_EQ(library.error().code, expected.code) << library.error().message();
    return;
  }
  ASSERT_STREQ(expected.code, "");
  EXPECT_EQ(library->report.precursors, expected.precursors);
  EXPECT_EQ(library->report.decoys, expected.decoys);
  EXPECT_EQ(library->report.rows_kept, expected.rows_kept);
  EXPECT_EQ(library->report.fragments_recomputed, expected.fragments_recomputed);
  std::uint64_t rows = library->report.rows_kept;
  for (const auto& [reason, count] : library->report.rows_dropped) rows += count;
  EXPECT_EQ(rows, library->report.rows_read);
  for (const library::LibraryPrecursor& precursor : library->precursors) {
    EXPECT_GE(precursor.fragments.size(), kMinFragments);
    EXPECT_LE(precursor.fragments.size(), kMaxFragments);
  }
}

// The tables of OpenMS's own tests are invented or lack the heavy label of their masses: there most
// fragments are not where the sequence puts them.
INSTANTIATE_TEST_SUITE_P(
    All, RealTables,
    testing::Values(
        RealTable{"lib-timsbuk/diann_io_files_carafe_pq_speclib.parquet", "", 1, 0, 20, 0},
        RealTable{"lib-timsbuk/diann_io_files_sample_pq_speclib.parquet", "", 3, 0, 12, 0},
        RealTable{"lib-timsbuk/diann_io_files_sample_lib.tsv", "", 1, 0, 9, 0},
        RealTable{"lib-timsbuk/spectronaut_io_files_sample_lib.tsv", "", 2, 0, 44, 0},
        RealTable{"lib-timsbuk/skyline_io_files_sample_transition_list.csv", "OVL-LIB-020", 0, 0, 0,
                  0},
        RealTable{"lib-openms/ConvertTSVToTraML_1_input.tsv", "OVL-LIB-028", 0, 0, 0, 0},
        RealTable{"lib-openms/ConvertTSVToTraML_2_input.tsv", "OVL-LIB-028", 0, 0, 0, 0},
        RealTable{"lib-openms/ConvertTSVToTraML_4_input.mrm", "OVL-LIB-020", 0, 0, 0, 0},
        RealTable{"lib-openms/ConvertTSVToTraML_5_input.tsv", "OVL-LIB-020", 0, 0, 0, 0},
        RealTable{"lib-openms/ConvertTSVToTraML_6_input.tsv", "OVL-LIB-028", 0, 0, 0, 0},
        RealTable{"lib-openms/ConvertTSVToTraML_7_input_Skyline.tsv.gz", "OVL-LIB-028", 0, 0, 0, 0},
        RealTable{"lib-openms/TargetedFileConverter_8_input.tsv", "", 2, 1, 12, 0},
        RealTable{"lib-openms/TargetedFileConverter_10_output.tsv", "OVL-LIB-021", 0, 0, 0, 0},
        RealTable{"lib-openms/TargetedFileConverter_12_input.tsv", "OVL-LIB-020", 0, 0, 0, 0},
        RealTable{"lib-prosit/myPrositLib.csv.gz", "", 48, 0, 978, 0},
        RealTable{"lib-prosit/myPrositLib.msp.gz", "", 48, 0, 978, 0},
        RealTable{"lib-yeast-dlib/FTMS_HCD_20_annotated_2019-11-12_filtered.msp.gz", "", 79, 0,
                  1569, 18},
        RealTable{"lib-yeast-dlib/small_yeast.dlib.gz", "", 2736, 0, 57035, 0},
        RealTable{"lib-openms/easypqp_library_targets.pqp.gz", "", 5, 0, 30, 0},
        RealTable{"lib-openms/TargetedFileConverter_10_input.pqp.gz", "OVL-LIB-021", 0, 0, 0, 0},
        RealTable{"lib-timsbuk/speclib_io_files_diann-hela-diapasef-lib.speclib", "", 1064, 0,
                  12107, 0},
        RealTable{"lib-timsbuk/galaxyp_report-lib.predicted.speclib", "", 383, 0, 4569, 0}));

TEST(RealLibrary, ParquetAndGzippedTextGiveTheSameBytes) {
  const fs::path folder = support::test_data() / "predicted-ecoli";
  if (!fs::exists(folder)) GTEST_SKIP() << "no " << folder;
  const fs::path out = fs::path(testing::TempDir()) / "overland_real_library";
  std::vector<std::string> hashes;
  for (const char* name : {"ecoli_500_600.parquet", "ecoli_500_600.tsv.gz"}) {
    auto library = import_library(folder / name);
    ASSERT_TRUE(library) << library.error().message();
    EXPECT_EQ(library->report.precursors, 84345U);
    EXPECT_EQ(library->report.rows_kept, library->report.rows_read);
    EXPECT_EQ(library->report.fragments_recomputed, 0U);
    EXPECT_EQ(library->report.precursors_recomputed, 0U);
    const library_build::DecoyReport report =
        library_build::add_decoys(library->precursors, 1, 1844);
    EXPECT_EQ(report.made, 84345U);
    EXPECT_EQ(report.without_decoy, 0U);
    ASSERT_TRUE(library::write_library(std::move(library->precursors), {}, out));
    hashes.push_back(*hash_file(out / "library.json"));
    const auto opened = library::Library::open(out);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(opened->view().precursor_count(), 2 * 84345U);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  fs::remove_all(out);
}

}  // namespace
}  // namespace overland::exchange
