#include "stages/make_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "library/library.h"

namespace overland {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader =
    "ModifiedPeptide\tPrecursorCharge\tTr_recalibrated\tFragmentType\tFragmentSeriesNumber\t"
    "FragmentCharge\tRelativeIntensity\tProteinID\tdecoy\n";

class MakeLibrary : public ::testing::Test {
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
  std::pair<int, int> counts(MakeLibraryOptions options) const {
    options.folder = root_ / "made.lib";
    options.overwrite = true;
    const auto made = make_library(options);
    EXPECT_TRUE(made) << made.error().message();
    const auto library = Library::open(options.folder);
    EXPECT_TRUE(library) << library.error().message();
    std::pair<int, int> found{0, 0};
    for (const std::uint8_t is_decoy : library->view().is_decoy)
      ++(is_decoy != 0 ? found.second : found.first);
    return found;
  }
  fs::path root_;
};

TEST_F(MakeLibrary, makesDecoysUnlessTheTableHasItsOwn) {
  const std::string targets = rows_of("PEPTIDEAVLK", false) + rows_of("SAMPLEVIDER", false);
  EXPECT_EQ(counts({.table = table(targets)}), std::make_pair(2, 2));
  EXPECT_EQ(counts({.table = table(targets), .decoys_per_target = 3}), std::make_pair(2, 6));
  EXPECT_EQ(counts({.table = table(targets), .decoys_per_target = 0}), std::make_pair(2, 0));
  const std::string with_decoy = targets + rows_of("EDPIPTAVELK", true);
  EXPECT_EQ(counts({.table = table(with_decoy)}), std::make_pair(2, 1));
  EXPECT_EQ(counts({.table = table(with_decoy), .decoys_per_target = 0}), std::make_pair(2, 1));
  EXPECT_EQ(counts({.table = table(with_decoy), .decoys_per_target = 2}), std::make_pair(2, 4));
}

TEST_F(MakeLibrary, saysWhereTheLibraryComesFrom) {
  counts({.table = table(rows_of("PEPTIDEAVLK", false))});
  const auto library = Library::open(root_ / "made.lib");
  ASSERT_TRUE(library);
  EXPECT_EQ(library->provenance().source, "table.tsv");
  EXPECT_EQ(library->provenance().source_hash.size(), 32U);
}

TEST_F(MakeLibrary, refusesWhatCannotBecomeALibrary) {
  const auto code = [](const MakeLibraryOptions& options) {
    const auto made = make_library(options);
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
}  // namespace overland
