#include "exchange/libraries/import_library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <numeric>

#include "base/files/hash.h"
#include "base/rng.h"
#include "exchange/libraries/import_ions.h"
#include "exchange/libraries/protein_names.h"
#include "io/table/table.h"
#include "support/random_peptides.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

class Import : public testing::Test {
 protected:
  Import() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_import_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Import() override { fs::remove_all(root_); }

  [[nodiscard]] Result<ImportedLibrary> from(const std::string& text) const {
    std::ofstream(root_ / "table.txt", std::ios::binary | std::ios::trunc) << text;
    return import_library(root_ / "table.txt");
  }
  [[nodiscard]] ImportedLibrary good(const std::string& text) const {
    auto library = from(text);
    EXPECT_TRUE(library) << library.error().message();
    if (!library) return {};
    expect_all_rows_accounted(library->report);
    return std::move(*library);
  }
  static void expect_all_rows_accounted(const ImportReport& report) {
    std::uint64_t dropped = 0;
    for (const auto& [reason, rows] : report.rows_dropped) dropped += rows;
    EXPECT_EQ(report.rows_read, report.rows_kept + dropped);
  }
  [[nodiscard]] std::string written(const ImportedLibrary& library) const {
    const auto done = library::write_library(library.precursors, {}, root_ / "x.lib");
    EXPECT_TRUE(done) << done.error().message();
    return *hash_file(root_ / "x.lib" / "library.json");
  }

  fs::path root_;
};

// One peptide, y3 y4 y5, in the columns of several programs.
struct Dialect {
  const char* program;
  const char* text;
};
const Dialect kDialects[] = {
    {"DIA-NN 1 TSV",
     "PrecursorMz\tProductMz\tTr_recalibrated\ttransition_name\tLibraryIntensity\t"
     "transition_group_id\tdecoy\tPeptideSequence\tUniprotID\tGenes\tModifiedPeptide\t"
     "PrecursorCharge\tFragmentType\tFragmentCharge\tFragmentSeriesNumber\tFragmentLossType\n"
     "0\t0\t10.5\tx\t1\tx2\t0\tACDEFK\tP1;P2\tg1\tAC(UniMod:4)DEFK\t2\ty\t1\t3\tnoloss\n"
     "0\t0\t10.5\tx\t0.5\tx2\t0\tACDEFK\tP1;P2\tg1\tAC(UniMod:4)DEFK\t2\ty\t1\t4\tnoloss\n"
     "0\t0\t10.5\tx\t0.25\tx2\t0\tACDEFK\tP1;P2\tg1\tAC(UniMod:4)DEFK\t2\ty\t2\t5\tnoloss\n"},
    {"DIA-NN 2 as TSV",
     "Precursor.Id\tModified.Sequence\tStripped.Sequence\tPrecursor.Charge\tDecoy\tRT\t"
     "Precursor.Mz\tProduct.Mz\tRelative.Intensity\tFragment.Type\tFragment.Charge\t"
     "Fragment.Series.Number\tFragment.Loss.Type\tProtein.Ids\tProtein.Group\tGenes\n"
     "i\tAC(UniMod:4)DEFK\tACDEFK\t2\t0\t10.5\t\t423.2238\t1\ty\t1\t3\tunknown\tP2;P1\tP1\tg1\n"
     "i\tAC(UniMod:4)DEFK\tACDEFK\t2\t0\t10.5\t\t538.2508\t0.5\ty\t1\t4\tunknown\tP2;P1\tP1\tg1\n"
     "i\tAC(UniMod:4)DEFK\tACDEFK\t2\t0\t10.5\t\t349.6443\t.25\ty\t2\t5\tunknown\tP2;P1\tP1\tg1\n"},
    {"Spectronaut",
     "ModifiedPeptide,StrippedPeptide,PrecursorCharge,iRT,PrecursorMz,FragmentLossType,"
     "FragmentNumber,FragmentType,FragmentCharge,FragmentMz,RelativeIntensity,UniProtIds,Genes\n"
     "_AC[Carbamidomethyl (C)]DEFK_,ACDEFK,2,10.5,0,noloss,3,y,1,0,100,P1;P2,g1\n"
     "_AC[Carbamidomethyl (C)]DEFK_,ACDEFK,2,10.5,0,noloss,4,y,1,0,50,P1;P2,g1\n"
     "_AC[Carbamidomethyl (C)]DEFK_,ACDEFK,2,10.5,0,noloss,5,y,2,0,25,P1;P2,g1\n"},
    {"OpenSWATH",
     "PrecursorMz\tProductMz\tPrecursorCharge\tProductCharge\tLibraryIntensity\t"
     "NormalizedRetentionTime\tPeptideSequence\tModifiedPeptideSequence\tProteinId\tGeneName\t"
     "FragmentType\tFragmentSeriesNumber\tDecoy\n"
     "1\t1\t2\t1\t1\t10.5\tACDEFK\tAC(UniMod:4)DEFK\t2/P1/P2\tg1\ty\t3\t0\n"
     "1\t1\t2\t1\t0.5\t10.5\tACDEFK\tAC(UniMod:4)DEFK\t2/P1/P2\tg1\ty\t4\t0\n"
     "1\t1\t2\t2\t0.25\t10.5\tACDEFK\tAC(UniMod:4)DEFK\t2/P1/P2\tg1\ty\t5\t0\n"},
    {"EasyPQP",
     "ModifiedPeptideSequence\tPrecursorCharge\tAnnotation\tLibraryIntensity\t"
     "NormalizedRetentionTime\tProteinId\tGeneName\n"
     "AC(UniMod:4)DEFK\t2\ty3^1\t10000\t10.5\tP1;P2\tg1\n"
     "AC(UniMod:4)DEFK\t2\ty4\t5000\t10.5\tP1;P2\tg1\n"
     "AC(UniMod:4)DEFK\t2\ty5+2\t2500\t10.5\tP1;P2\tg1\n"},
    {"Skyline",
     "Protein Name,Peptide Modified Sequence,Precursor Charge,Product Charge,Fragment Ion,"
     "Fragment Ion Type,Fragment Ion Ordinal,Losses,Library Intensity,iRT,Is Decoy,Gene\n"
     "sp|P1|A;sp|P2|B,AC[+57]DEFK,2,1,y3,y,3,,8,10.5,False,g1\n"
     "sp|P1|A;sp|P2|B,AC[+57]DEFK,2,1,y4,y,4,,4,10.5,FALSE,g1\n"
     "sp|P1|A;sp|P2|B,AC[+57]DEFK,2,2,y5,y,5,,2,10.5,false,g1\n"},
};

TEST_F(Import, DialectsGiveOneLibrary) {
  std::string first;
  for (const Dialect& dialect : kDialects) {
    SCOPED_TRACE(dialect.program);
    const ImportedLibrary library = good(dialect.text);
    ASSERT_EQ(library.precursors.size(), 1U);
    const library::LibraryPrecursor& p = library.precursors[0];
    EXPECT_EQ(to_unimod_notation(p.peptide), "AC(UniMod:4)DEFK");
    EXPECT_EQ(p.charge, 2);
    EXPECT_EQ(p.irt, 10.5F);
    EXPECT_EQ(p.protein_ids, "P1;P2");
    EXPECT_EQ(p.genes, "g1");
    EXPECT_EQ(library.report.rows_kept, 3U);
    const std::string hash = written(library);
    if (first.empty()) first = hash;
    EXPECT_EQ(hash, first);
  }
}

TEST_F(Import, KindsOfFileGiveOneLibrary) {
  io::Table table;
  table.add("Modified.Sequence", std::vector<std::string>(3, "AC(UniMod:4)DEFK"));
  table.add("Precursor.Charge", std::vector<std::int64_t>(3, 2));
  table.add("RT", std::vector<float>(3, 13.6132F));
  table.add("Product.Mz", std::vector<float>{423.2238F, 538.2508F, std::nanf("")});
  table.add("Relative.Intensity", std::vector<float>{1.0F, 0.1F, 0.33333F});
  table.add("Fragment.Type", std::vector<std::string>(3, "y"));
  table.add("Fragment.Charge", std::vector<std::int32_t>{1, 1, 2});
  table.add("Fragment.Series.Number", std::vector<std::uint8_t>{3, 4, 5});
  table.add("Decoy", std::vector<std::uint8_t>(3, 0));
  ASSERT_TRUE(io::write_parquet(table, root_ / "t.parquet"));
  ASSERT_TRUE(io::write_arrow(table, root_ / "t.arrow"));
  ASSERT_TRUE(io::write_tsv(table, root_ / "t.tsv"));
  std::vector<std::string> hashes;
  for (const char* name : {"t.parquet", "t.arrow", "t.tsv"}) {
    const auto library = import_library(root_ / name);
    ASSERT_TRUE(library) << library.error().message();
    EXPECT_EQ(library->report.rows_kept, 3U) << name;
    EXPECT_EQ(library->report.fragments_recomputed, 0U) << name;
    hashes.push_back(written(*library));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);
}

TEST_F(Import, ASourceIsAFileOrTheFilesOfAFolder) {
  EXPECT_EQ(source_files(root_ / "x.tsv"), std::vector<fs::path>{root_ / "x.tsv"});
  EXPECT_TRUE(source_files(root_).empty());
  for (const char* name : {"b", "a"}) std::ofstream(root_ / name) << name;
  fs::create_directories(root_ / "folder");
  EXPECT_EQ(source_files(root_), (std::vector<fs::path>{root_ / "a", root_ / "b"}));
}

constexpr const char* kHeader =
    "ModifiedPeptide\tPrecursorCharge\tiRT\tFragmentMz\tRelativeIntensity\tFragmentType\t"
    "FragmentCharge\tFragmentSeriesNumber\tFragmentLossType\tDecoy\ttransition_group_id\n";

std::string row(const std::string& peptide, const std::string& type, const std::string& charge,
                const std::string& ordinal, const std::string& intensity = "1",
                const std::string& loss = "noloss", const std::string& rest = "0\t") {
  return peptide + "\t2\t5.5\t\t" + intensity + "\t" + type + "\t" + charge + "\t" + ordinal +
         "\t" + loss + "\t" + rest + "\n";
}
std::string three_rows(const std::string& peptide, const std::string& rest = "0\t") {
  return row(peptide, "y", "1", "1", "1", "noloss", rest) +
         row(peptide, "y", "1", "2", "2", "noloss", rest) +
         row(peptide, "y", "1", "3", "3", "noloss", rest);
}

TEST_F(Import, UselessRowsAreDroppedWithTheirReasons) {
  const std::string p = "ACDEFGHIK";
  const ImportedLibrary library =
      good(std::string(kHeader) + three_rows(p) + row(p, "a", "1", "3") + row(p, "", "1", "3") +
           row(p, "y", "1", "4", "1", "H2O") + row(p, "y", "1", "4", "1", "17.03") +
           row(p, "y", "4", "4") + row(p, "y", "0", "4") + row(p, "y", "", "4") +
           row(p, "y", "1", "0") + row(p, "y", "1", "9") + row(p, "b", "1", "10") +
           row(p, "y", "1", "300") + row(p, "y", "1", "4", "0") + row(p, "y", "1", "4", "-1") +
           row(p, "y", "1", "4", "NA") + row(p, "y", "1", "4", "") + row(p, "y", "1", "4", "inf") +
           row(p, "b", "3", "1") + row("", "y", "1", "4") + row("#N/A", "y", "1", "4") +
           row("ACXK", "y", "1", "2") + row("AC(UniMod:99999)K", "y", "1", "2") +
           row(p, "y", "1", "3", "7") + row("WYK", "y", "1", "1") + row("WYK", "y", "1", "2"));
  ASSERT_EQ(library.precursors.size(), 1U);
  const std::map<std::string, std::uint64_t> expected{
      {std::string(describe(Drop::ion_type)), 2},
      {std::string(describe(Drop::neutral_loss)), 2},
      {std::string(describe(Drop::fragment_charge)), 3},
      {std::string(describe(Drop::ordinal)), 4},
      {std::string(describe(Drop::no_intensity)), 5},
      {std::string(describe(Drop::mz_range)), 1},
      {std::string(describe(Drop::no_sequence)), 2},
      {std::string(describe(Drop::unreadable_sequence)), 2},
      {std::string(describe(Drop::duplicate)), 1},
      {std::string(describe(Drop::too_few)), 2}};
  EXPECT_EQ(library.report.rows_dropped, expected);
  // Of the two y3 the more intense stayed.
  float highest = 0;
  for (const auto& f : library.precursors[0].fragments) highest = std::max(highest, f.intensity);
  EXPECT_EQ(highest, 7.0F);
}

TEST_F(Import, OnlyTheMostIntenseFragmentsStay) {
  std::string text = kHeader;
  const std::string p = "ACDEFGHIKLMNPQRSTVWYK";
  for (int ordinal = 1; ordinal <= 20; ++ordinal) {
    text += row(p, "y", "1", std::to_string(ordinal), std::to_string(100 + ordinal));
    text += row(p, "b", "1", std::to_string(ordinal), std::to_string(200 + ordinal));
  }
  const ImportedLibrary library = good(text);
  const auto& fragments = library.precursors.at(0).fragments;
  ASSERT_EQ(fragments.size(), kMaxFragments);
  // All 20 b ions (b1 of Ala has 72 Th) and the last four y.
  for (const auto& f : fragments) EXPECT_GE(f.intensity, 117.0F);
}

TEST_F(Import, MzOffByMoreThanTenPpmIsCountedAndOursTaken) {
  const auto with_mz = [](const char* a, const char* b, const char* c) {
    return std::string("Sequence\tCharge\tRT\tQ1\tQ3\tIntensity\tAnnotation\n") +
           "PEPTIDE\t2\t1\t400.6873\t" + a + "\t1\ty1\n" + "PEPTIDE\t2\t1\t400.6873\t" + b +
           "\t1\ty2\n" + "PEPTIDE\t2\t1\t400.6873\t" + c + "\t1\ty3\n";
  };
  // y1 148.0604, y2 263.0874, y3 376.1714
  EXPECT_EQ(good(with_mz("148.0604", "263.0874", "376.1714")).report.fragments_recomputed, 0U);
  const ImportedLibrary library = good(with_mz("148.0604", "263.0904", "400"));
  EXPECT_EQ(library.report.fragments_recomputed, 2U);
  EXPECT_EQ(library.report.precursors_recomputed, 0U);
  for (const auto& f : library.precursors.at(0).fragments) {
    EXPECT_EQ(f.mz, static_cast<float>(fragment_mz(library.precursors[0].peptide, f.ion).value));
  }
}

TEST_F(Import, UnknownLossIsDecidedByTheMass) {
  std::string text = kHeader;
  text += "PEPTIDE\t2\t1\t148.0604\t1\ty\t1\t1\tunknown\t0\t\n";
  text += "PEPTIDE\t2\t1\t263.0874\t1\ty\t1\t2\tunknown\t0\t\n";
  text += "PEPTIDE\t2\t1\t376.1714\t1\ty\t1\t3\tunknown\t0\t\n";
  text += "PEPTIDE\t2\t1\t459.2086\t1\ty\t1\t4\tunknown\t0\t\n";  // less water
  const ImportedLibrary library = good(text);
  EXPECT_EQ(library.precursors.at(0).fragments.size(), 3U);
  EXPECT_EQ(library.report.rows_dropped.at(std::string(describe(Drop::neutral_loss))), 1U);
}

// Rows of several precursors in one random order after another give one library.
TEST_F(Import, OrderOfTheRowsDoesNotMatter) {
  constexpr std::uint64_t kSeed = 77;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  std::vector<std::string> rows;
  for (const auto& p : support::random_precursors(60, kSeed)) {
    const std::string notation = to_unimod_notation(p.peptide);
    for (const auto& f : p.fragments) {
      rows.push_back(row(notation, f.ion.type == FragmentType::b ? "b" : "y",
                         std::to_string(f.ion.charge), std::to_string(f.ion.ordinal),
                         std::to_string(f.intensity)));
    }
  }
  std::string first;
  for (int round = 0; round < 4; ++round) {
    std::string text = kHeader;
    for (const std::string& line : rows) text += line;
    const std::string hash = written(good(text));
    if (first.empty()) first = hash;
    EXPECT_EQ(hash, first);
    for (std::size_t i = rows.size(); i-- > 1;) std::swap(rows[i], rows[random.below(i + 1)]);
  }
}

TEST_F(Import, NotationsOfOnePeptideAreOnePrecursor) {
  const ImportedLibrary library = good(
      std::string(kHeader) + row("AC(UniMod:4)DEK", "y", "1", "1") +
      row("_AC[Carbamidomethyl (C)]DEK_", "y", "1", "2") + row("AC[+57.02]DEK", "y", "1", "3"));
  ASSERT_EQ(library.precursors.size(), 1U);
  EXPECT_EQ(library.precursors[0].fragments.size(), 3U);
}

TEST_F(Import, DecoysOfTheFileFindTheirTargets) {
  const ImportedLibrary library =
      good(std::string(kHeader) + three_rows("ACDEFK", "0\tt1") + three_rows("WYVTSK", "0\tt2") +
           three_rows("GGHHKK", "0\tt3") + three_rows("FEDCAK", "1\tDECOY_t1") +  // by name
           three_rows("STVYWK", "1\tx") +                                         // by residues
           three_rows("MMLLPK", "0\tDECOY_zz"));  // of none, by prefix
  ASSERT_EQ(library.precursors.size(), 6U);
  EXPECT_EQ(library.report.decoys, 3U);
  std::map<std::string, const library::LibraryPrecursor*> by;
  for (const auto& p : library.precursors) by[p.peptide.residues] = &p;
  EXPECT_TRUE(by["FEDCAK"]->is_decoy && by["STVYWK"]->is_decoy && by["MMLLPK"]->is_decoy);
  EXPECT_EQ(by["FEDCAK"]->pair, by["ACDEFK"]->pair);
  EXPECT_EQ(by["STVYWK"]->pair, by["WYVTSK"]->pair);
  const std::set<std::uint32_t> pairs{by["ACDEFK"]->pair, by["WYVTSK"]->pair, by["GGHHKK"]->pair,
                                      by["MMLLPK"]->pair};
  EXPECT_EQ(pairs, (std::set<std::uint32_t>{0, 1, 2, 3}));
}

TEST_F(Import, DecoysUnderTheirTargetsSequenceAreDropped) {
  const ImportedLibrary library =
      good(std::string(kHeader) + three_rows("ACDELK") + three_rows("ACDEIK", "1\t"));
  EXPECT_EQ(library.precursors.size(), 1U);
  EXPECT_EQ(library.report.rows_dropped.at(std::string(describe(Drop::decoy_is_target))), 3U);
}

TEST_F(Import, BadTablesGiveCodedErrors) {
  EXPECT_EQ(import_library(root_ / "none").error().code, "OVL-IO-001");
  EXPECT_EQ(from("").error().code, "OVL-IO-003");
  EXPECT_EQ(from(kHeader).error().code, "OVL-LIB-021");
  EXPECT_EQ(from("a\tb\n1\t2\n").error().code, "OVL-LIB-020");
  const auto no_rt = from("Sequence\tCharge\tIntensity\tAnnotation\nPEPTIDE\t2\t1\ty3\n");
  ASSERT_FALSE(no_rt);
  EXPECT_EQ(no_rt.error().code, "OVL-LIB-020");
  EXPECT_NE(no_rt.error().advice.find("Tr_recalibrated"), std::string::npos);
  EXPECT_EQ(from("Sequence\tCharge\tRT\tIntensity\tFragmentType\n").error().code, "OVL-LIB-020");
  EXPECT_EQ(from(std::string(kHeader) + row("XXX", "y", "1", "1")).error().code, "OVL-LIB-021");
  const auto comma =
      from(std::string(kHeader) + three_rows("ACDEFK") + row("ACDEFK", "y", "1", "4", "0;5"));
  ASSERT_FALSE(comma);
  EXPECT_EQ(comma.error().code, "OVL-LIB-022");
  EXPECT_NE(comma.error().where.find("row 5"), std::string::npos) << comma.error().where;
  EXPECT_EQ(from(std::string(kHeader) + row("ACDEFK", "y", "1", "4", "1", "noloss", "perhaps\t"))
                .error()
                .code,
            "OVL-LIB-022");
}

TEST(Annotation, IsReadOrRefused) {
  const auto ion = [](const char* text) { return parse_annotation(text).ion; };
  EXPECT_EQ(ion("y5"), (FragmentIon{FragmentType::y, 5, 0}));
  EXPECT_EQ(ion("y5^2"), (FragmentIon{FragmentType::y, 5, 2}));
  EXPECT_EQ(ion("b12+1"), (FragmentIon{FragmentType::b, 12, 1}));
  EXPECT_EQ(ion("b12++"), (FragmentIon{FragmentType::b, 12, 2}));
  EXPECT_EQ(ion("y7^1/0.002"), (FragmentIon{FragmentType::y, 7, 1}));
  EXPECT_EQ(ion("y7/0.000,b3/0.001"), (FragmentIon{FragmentType::y, 7, 0}));
  for (const char* other :
       {"", "y", "p^2", "precursor", "a3", "yy3", "y0", "y999", "IFA/0.0", "?"}) {
    EXPECT_FALSE(ion(other)) << other;
    EXPECT_EQ(parse_annotation(other).reason, Drop::ion_type) << other;
  }
  for (const char* loss : {"b3-H2O", "y5-17^2", "b3+H2O", "y5^2i", "y5i"}) {
    EXPECT_FALSE(ion(loss)) << loss;
    EXPECT_EQ(parse_annotation(loss).reason, Drop::neutral_loss) << loss;
  }
}

TEST(ProteinNames, AreMadeAlike) {
  EXPECT_EQ(normal_accessions("P2;P1;P2"), "P1;P2");
  EXPECT_EQ(normal_accessions("sp|P1|A_ECOLI; tr|Q9|B"), "P1;Q9");
  EXPECT_EQ(normal_accessions("2/P2/P1"), "P1;P2");
  EXPECT_EQ(normal_accessions("DECOY_P1"), "P1");
  EXPECT_EQ(normal_accessions("1/DECOY_sp|P1|X"), "P1");
  EXPECT_EQ(normal_accessions("-"), "");
  EXPECT_EQ(normal_accessions(""), "");
  EXPECT_EQ(normal_accessions(";;P1;"), "P1");
  EXPECT_EQ(normal_accessions("|"), "|");
  EXPECT_EQ(entrapment_group_of("P1_ENT1"), 1);
  EXPECT_EQ(entrapment_group_of("P1_ENT12;P2_ENT12"), 12);
  EXPECT_EQ(entrapment_group_of("P1_p_target"), 1);
  for (const char* none : {"", "P1", "P1;P2_ENT1", "P1_ENT1;P2", "P1_ENT1;P2_ENT2", "P1_ENT",
                           "P1_ENT1x", "P1_ENT0", "P1_ENT300"}) {
    EXPECT_EQ(entrapment_group_of(none), 0) << none;
  }
  EXPECT_EQ(normal_names("b;a;b"), "a;b");
  EXPECT_EQ(normal_names("NA"), "");
}

}  // namespace
}  // namespace overland::exchange
