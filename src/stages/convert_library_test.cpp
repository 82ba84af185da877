#include "stages/convert_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "io/table/table.h"
#include "library/library.h"
#include "support/hdf5_example.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader =
    "ModifiedPeptide\tPrecursorCharge\tTr_recalibrated\tFragmentType\tFragmentSeriesNumber\t"
    "FragmentCharge\tRelativeIntensity\tProteinID\tdecoy\n";

class ImportToLib : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "overland_make_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  static std::string rows_of(const std::string& peptide, bool is_decoy) {
    std::string rows;
    for (int ordinal = 3; ordinal < 7; ++ordinal)
      rows += peptide + "\t2\t33.5\ty\t" + std::to_string(ordinal) + "\t1\t" +
              std::to_string(100 * ordinal) + "\tP12345\t" + (is_decoy ? "1" : "0") + "\n";
    return rows;
  }
  fs::path table(const std::string& rows) const {
    std::ofstream(root_ / "table.tsv") << kHeader << rows;
    return root_ / "table.tsv";
  }
  // Targets and decoys of the library made with these options.
  std::pair<int, int> counts(ImportToLibOptions options) const {
    options.folder = root_ / "made.lib";
    options.overwrite = true;
    const auto made = import_to_lib(options);
    EXPECT_TRUE(made) << made.error().message();
    const auto library = library::Library::open(options.folder);
    EXPECT_TRUE(library) << library.error().message();
    std::pair<int, int> found{0, 0};
    for (const std::uint8_t is_decoy : library->view().is_decoy)
      ++(is_decoy != 0 ? found.second : found.first);
    return found;
  }
  fs::path root_;
};

TEST_F(ImportToLib, makesDecoysUnlessTheTableHasItsOwn) {
  const std::string targets = rows_of("PEPTIDEAVLK", false) + rows_of("SAMPLEVIDER", false);
  EXPECT_EQ(counts({.table = table(targets)}), std::make_pair(2, 2));
  EXPECT_EQ(counts({.table = table(targets), .decoys_per_target = 3}), std::make_pair(2, 6));
  EXPECT_EQ(counts({.table = table(targets), .decoys_per_target = 0}), std::make_pair(2, 0));
  const std::string with_decoy = targets + rows_of("EDPIPTAVELK", true);
  EXPECT_EQ(counts({.table = table(with_decoy)}), std::make_pair(2, 1));
  EXPECT_EQ(counts({.table = table(with_decoy), .decoys_per_target = 0}), std::make_pair(2, 1));
  EXPECT_EQ(counts({.table = table(with_decoy), .decoys_per_target = 2}), std::make_pair(2, 4));
}

TEST_F(ImportToLib, saysWhereTheLibraryComesFrom) {
  counts({.table = table(rows_of("PEPTIDEAVLK", false))});
  const auto library = library::Library::open(root_ / "made.lib");
  ASSERT_TRUE(library);
  EXPECT_EQ(library->provenance().source, "table.tsv");
  EXPECT_EQ(library->provenance().source_hash.size(), 32U);
}

TEST_F(ImportToLib, otherFormatsGiveTheSameLibrary) {
  const ImportToLibOptions options{
      .table = table(rows_of("PEPTIDEAVLK", false) + rows_of("SAMPLEVIDER", false)),
      .folder = root_ / "made.lib"};
  ASSERT_TRUE(import_to_lib(options));
  const auto hash = library::Library::open(options.folder)->content_hash();
  for (const char* name : {"x.tsv", "x.parquet", "x.msp", "x.blib"}) {
    const auto report = export_from_lib({.library = options.folder, .file = root_ / name});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->precursors, 2U);
    EXPECT_EQ(report->decoys_left_out, 2U);
    const auto made =
        import_to_lib({.table = root_ / name, .folder = root_ / "again.lib", .overwrite = true});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(library::Library::open(root_ / "again.lib")->content_hash(), hash) << name;
  }
  const auto again = export_from_lib({.library = options.folder, .file = root_ / "x.tsv"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "OVL-USE-012");
  const auto inside =
      export_from_lib({.library = options.folder, .file = options.folder / "x.tsv"});
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().code, "OVL-USE-011");
}

TEST_F(ImportToLib, aFolderOfPioneerIsOneSource) {
  const fs::path poin = root_ / "x.poin";
  fs::create_directories(poin);
  io::Table precursors;
  precursors.add("accession_numbers", std::vector<std::string>{"P1"});
  precursors.add("sequence", std::vector<std::string>{"SAMPLEVIDER"});
  precursors.add("structural_mods", std::vector<std::string>{""});
  precursors.add("prec_charge", std::vector<std::uint8_t>{2});
  precursors.add("irt", std::vector<float>{1});
  precursors.add("mz", std::vector<float>{1});
  precursors.add("is_decoy", std::vector<std::uint8_t>{0});
  precursors.add("entrapment_group_id", std::vector<std::uint8_t>{0});
  precursors.add("base_pep_id", std::vector<std::uint32_t>{1});
  ASSERT_TRUE(io::write_arrow(precursors, poin / "precursors_table.arrow"));
  struct Fragment {
    std::uint32_t id;
    float mz, intensity;
    std::uint8_t is_y, is_b, is_isotope, charge, position;
  };
  std::vector<Fragment> fragments;
  for (std::uint8_t n = 3; n < 8; ++n) {
    const Peptide peptide = *parse_peptide("SAMPLEVIDER");
    fragments.push_back({1, static_cast<float>(fragment_mz(peptide, {FragmentType::y, n, 1}).value),
                         1, 1, 0, 0, 1, n});
  }
  support::Hdf5Example(poin / "detailed_fragments.jld2")
      .add_records<Fragment>("data",
                             {{"prec_id", offsetof(Fragment, id), H5T_NATIVE_UINT32},
                              {"mz", offsetof(Fragment, mz), H5T_NATIVE_FLOAT},
                              {"intensity", offsetof(Fragment, intensity), H5T_NATIVE_FLOAT},
                              {"is_y", offsetof(Fragment, is_y), H5T_NATIVE_UINT8},
                              {"is_b", offsetof(Fragment, is_b), H5T_NATIVE_UINT8},
                              {"is_isotope", offsetof(Fragment, is_isotope), H5T_NATIVE_UINT8},
                              {"frag_charge", offsetof(Fragment, charge), H5T_NATIVE_UINT8},
                              {"ion_position", offsetof(Fragment, position), H5T_NATIVE_UINT8}},
                             fragments);
  const std::vector<std::uint64_t> ranges{1, 6};
  support::Hdf5Example(poin / "precursor_to_fragment_indices.jld2")
      .add("pid_to_fid", H5T_NATIVE_UINT64, ranges.data(), ranges.size());
  ASSERT_EQ(counts({.table = poin}), std::make_pair(1, 1));
  const std::string before = library::Library::open(root_ / "made.lib")->provenance().source_hash;
  EXPECT_EQ(before.size(), 32U);
  std::ofstream(poin / "config.json") << "{}";
  ASSERT_EQ(counts({.table = poin}), std::make_pair(1, 1));
  EXPECT_NE(library::Library::open(root_ / "made.lib")->provenance().source_hash, before);
  const auto inside = import_to_lib({.table = poin, .folder = poin / "x.lib"});
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().code, "OVL-USE-011");
}

TEST_F(ImportToLib, refusesWhatCannotBecomeALibrary) {
  const auto code = [](const ImportToLibOptions& options) {
    const auto made = import_to_lib(options);
    return made ? std::string("made") : made.error().code;
  };
  const fs::path only_decoys = table(rows_of("EDPIPTAVELK", true));
  EXPECT_EQ(code({.table = only_decoys, .folder = root_ / "a.lib", .decoys_per_target = 1}),
            "OVL-LIB-023");
  EXPECT_EQ(code({.table = root_ / "absent", .folder = root_ / "a.lib"}), "OVL-IO-001");
  EXPECT_EQ(code({.table = only_decoys, .folder = only_decoys, .overwrite = true}), "OVL-USE-010");
  EXPECT_FALSE(fs::exists(root_ / "a.lib"));
  fs::create_directories(root_ / "a.lib");
  EXPECT_EQ(code({.table = only_decoys, .folder = root_ / "a.lib"}), "OVL-USE-012");
  std::ofstream(root_ / "a.lib/notes.txt") << "mine";
  EXPECT_EQ(code({.table = only_decoys, .folder = root_ / "a.lib", .overwrite = true}),
            "OVL-IO-002");
  EXPECT_TRUE(fs::exists(root_ / "a.lib/notes.txt"));
}

}  // namespace
}  // namespace overland::stages
