#include <gtest/gtest.h>

#include <map>

#include "exchange/export/export_library.h"
#include "exchange/libraries/blib_file.h"
#include "io/database/sqlite_file.h"
#include "support/random_peptides.h"
#include "support/table_checks.h"

namespace overland::exchange {
namespace {

using namespace support;

TEST(BlibSequence, has_each_modification_as_its_mass_to_a_tenth) {
  const std::map<std::string, std::string> sequences{{"PEPTIDEK", "PEPTIDEK"},
                                                     {"AC(UniMod:4)K", "AC[+57.0]K"},
                                                     {"AM(UniMod:35)K", "AM[+16.0]K"},
                                                     {"(UniMod:1)AAK", "A[+42.0]AK"},
                                                     {"AK[-17.5]R", "AK[-17.5]R"}};
  for (const auto& [modified, want] : sequences)
    EXPECT_EQ(blib_sequence(*parse_peptide(modified)), want) << modified;
}

class ExportBlib : public testing::Test {
 protected:
  void exported(std::vector<library::LibraryPrecursor> made) {
    for (std::uint32_t i = 0; i < made.size(); ++i) made[i].pair = i;
    ASSERT_TRUE(library::write_library(std::move(made), {}, folder_ / "a.lib"));
    const auto library = library::Library::open(folder_ / "a.lib");
    const auto report = export_library(library->view(), folder_ / "x.blib", {});
    ASSERT_TRUE(report) << report.error().message();
  }
  // Rows of a query, all columns as text.
  std::vector<std::vector<std::string>> query(const std::string& sql, int columns) {
    const auto file = io::SqliteFile::open(folder_ / "x.blib");
    EXPECT_TRUE(file);
    auto rows = file->query(sql);
    EXPECT_TRUE(rows) << rows.error().message();
    std::vector<std::vector<std::string>> all;
    while (*rows->next()) {
      auto& row = all.emplace_back();
      for (int c = 0; c < columns; ++c) row.emplace_back(rows->text(c));
    }
    return all;
  }
  TestFolder folder_;
};

TEST_F(ExportBlib, each_spectrum_has_its_peptide_and_its_proteins) {
  auto made = random_precursors(40, 91);
  for (std::size_t i = 0; i < made.size(); ++i) made[i].protein_ids = i % 2 == 0 ? "P1;P2" : "P3";
  std::map<std::string, std::string> proteins;
  for (const library::LibraryPrecursor& p : made)
    proteins[blib_sequence(p.peptide) + std::to_string(p.charge)] = p.protein_ids;
  exported(made);
  const auto spectra =
      query("SELECT id, peptideModSeq, precursorCharge, precursorMZ FROM RefSpectra", 4);
  EXPECT_EQ(spectra.size(), made.size());
  for (const auto& row : spectra) {
    const auto of = proteins.find(row[1] + row[2]);
    ASSERT_NE(of, proteins.end()) << row[1];
    std::string joined;
    for (const auto& protein :
         query("SELECT p.accession FROM RefSpectraProteins r JOIN Proteins p ON p.id = "
               "r.ProteinId WHERE r.RefSpectraId = " +
                   row[0] + " ORDER BY p.accession",
               1))
      joined += (joined.empty() ? "" : ";") + protein[0];
    EXPECT_EQ(joined, of->second);
  }
}

TEST_F(ExportBlib, names_of_inputs_are_values_and_no_statements) {
  auto made = random_precursors(10, 92);
  const std::string evil = "x'); DROP TABLE RefSpectra; --\n\"";
  for (library::LibraryPrecursor& p : made) p.protein_ids = evil;
  exported(made);
  EXPECT_EQ(query("SELECT id FROM RefSpectra", 1).size(), made.size());
  for (const std::string part : {"x')", " DROP TABLE RefSpectra", " --\n\""}) {
    bool is_there = false;
    for (const auto& row : query("SELECT accession FROM Proteins", 1)) is_there |= row[0] == part;
    EXPECT_TRUE(is_there) << part;
  }
}

}  // namespace
}  // namespace overland::exchange
