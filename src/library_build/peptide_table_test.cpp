#include "library_build/peptide_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/rng.h"
#include "library_build/shuffled_sequence.h"

namespace overland::library_build {
namespace {

namespace fs = std::filesystem;

class Proteins : public testing::Test {
 protected:
  Proteins() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("overland_proteome_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Proteins() override { fs::remove_all(folder_); }

  ProteomeSource file(const std::string& name, const std::string& text,
                      bool is_contaminant = false) const {
    std::ofstream(folder_ / name) << text;
    return {folder_ / name, {}, is_contaminant};
  }
  fs::path folder_;
  ProteomeReport report_;
};

TEST_F(Proteins, AreMergedOverFilesInAnyOrder) {
  const std::vector<ProteomeSource> sources{
      file("a", ">sp|P2|X GN=b\nMKA\n>sp|P1|Y\nCCC\n>DECOY_P1\nCCC\n>rev_sp|P2|X\nAKM\n"),
      file("c", ">P2\nMKA\n>x;y\nGG\n"), file("k", ">sp|P2|X\nWWW\n>Cont_Q\nWW\n", true)};
  const auto proteome = Proteome::read(sources, report_);
  ASSERT_TRUE(proteome) << proteome.error().message();
  ASSERT_EQ(proteome->size(), 5U);
  const std::vector<std::string> wanted{"Cont_P2", "Cont_Q", "P1", "P2", "x,y"};
  for (std::uint32_t p = 0; p < 5; ++p) EXPECT_EQ(proteome->accession(p), wanted[p]);
  EXPECT_EQ(proteome->sequence(3), "MKA");
  EXPECT_EQ(proteome->gene(3), "b");
  EXPECT_EQ(report_.records, 8U);
  EXPECT_EQ(report_.repeated, 1U);
  EXPECT_EQ(report_.decoys, 2U);
  EXPECT_EQ(report_.contaminants, 2U);
}

TEST_F(Proteins, OneNameForTwoSequencesIsAnError) {
  const std::vector<ProteomeSource> sources{file("a", ">P1\nMK\n"), file("b", "\n>P1\nMR\n")};
  const auto proteome = Proteome::read(sources, report_);
  ASSERT_FALSE(proteome);
  EXPECT_EQ(proteome.error().code, "OVL-LIB-030");
  EXPECT_TRUE(proteome.error().where.ends_with("b, line 2"));
  EXPECT_NE(proteome.error().what.find("a, line 1"), std::string::npos);
  EXPECT_NE(proteome.error().advice.find("fasta.accession_pattern"), std::string::npos);
  // All of them at once.
  const std::vector<ProteomeSource> several{file("e", ">Q1\nMK\n>Q2\nMK\n>Q3\nMK\n"),
                                            file("f", ">Q1\nMR\n>Q3\nMR\n")};
  const auto clashes = Proteome::read(several, report_);
  ASSERT_FALSE(clashes);
  EXPECT_TRUE(clashes.error().what.starts_with("2 proteins"));
  EXPECT_TRUE(clashes.error().what.contains("Q1") && clashes.error().what.contains("Q3"));
  const std::vector<ProteomeSource> decoys{file("d", ">rev_P1\nMK\n")};
  EXPECT_EQ(Proteome::read(decoys, report_).error().code, "OVL-LIB-031");
}

TEST_F(Proteins, AContaminantIsNotMergedWithTheProteinOfItsAccession) {
  const std::vector<ProteomeSource> sources{
      file("a",
           ">sp|P1|A\nMKAA\n>contam_sp|P1|A\nMKAA\n>contam_sp|P2|B\nMK*RR\n>sp|P2|B\nMR\n"
           ">REV__P1\nAAKM\n")};
  const auto proteome = Proteome::read(sources, report_);
  ASSERT_TRUE(proteome) << proteome.error().message();
  const std::vector<std::string> wanted{"Cont_P1", "Cont_P2", "P1", "P2"};
  ASSERT_EQ(proteome->size(), wanted.size());
  for (std::uint32_t p = 0; p < 4; ++p) EXPECT_EQ(proteome->accession(p), wanted[p]);
  EXPECT_EQ(report_.contaminants, 2U);
  EXPECT_EQ(report_.decoys, 1U);
  EXPECT_EQ(report_.with_stops, 1U);
}

// Against a map of all peptides, on proteins that share many.
TEST_F(Proteins, PeptideTableAgreesWithAMapForAnyNumberOfThreads) {
  constexpr std::uint64_t kSeed = 51;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  std::string text;
  for (int i = 0; i < 700; ++i) {
    text += ">p" + std::to_string(i) + "\n";
    for (std::uint64_t k = 1 + random.below(80); k > 0; --k) text += "ILKRMAG"[random.below(7)];
    text += "\n";
  }
  const std::vector<ProteomeSource> sources{file("a", text)};
  const auto proteome = Proteome::read(sources, report_);
  ASSERT_TRUE(proteome);
  const DigestRules rules{.cleavage = *cleavage_rule("trypsin"),
                          .missed_cleavages = 2,
                          .min_length = 3,
                          .max_length = 12};
  struct Wanted {
    std::string spelling = "~";
    std::set<std::uint32_t> proteins;
    bool n = false, c = false;
  };
  std::map<std::string, Wanted> wanted;
  for (std::uint32_t p = 0; p < proteome->size(); ++p) {
    digest_protein(proteome->sequence(p), rules, [&](const DigestedPeptide& found) {
      const std::string peptide(proteome->sequence(p).substr(found.begin, found.length));
      Wanted& entry = wanted[fold_isoleucine(peptide)];
      entry.spelling = std::min(entry.spelling, peptide);
      entry.proteins.insert(p);
      entry.n = entry.n || found.is_protein_n;
      entry.c = entry.c || found.is_protein_c;
    });
  }
  for (const int threads : {1, 2, 3, 8}) {
    const PeptideTable table = PeptideTable::digest(*proteome, rules, threads);
    ASSERT_EQ(table.peptides().size(), wanted.size());
    auto entry = wanted.begin();
    std::set<std::vector<std::uint32_t>> lists;
    for (const TablePeptide& peptide : table.peptides()) {
      ASSERT_EQ(proteome->residues().substr(peptide.begin, peptide.length), entry->second.spelling);
      const auto list = table.proteins(peptide.proteins);
      ASSERT_TRUE(std::ranges::equal(list, entry->second.proteins));
      ASSERT_EQ(peptide.is_protein_n, entry->second.n);
      ASSERT_EQ(peptide.is_protein_c, entry->second.c);
      lists.emplace(list.begin(), list.end());
      ++entry;
    }
    EXPECT_EQ(lists.size(), table.list_count());
  }
}

}  // namespace
}  // namespace overland::library_build
