// MSP, SPTXT and the databases of spectra, as small files of our own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "base/rng.h"
#include "exchange/libraries/annotate_peaks.h"
#include "exchange/libraries/import_ions.h"
#include "exchange/libraries/import_library.h"
#include "exchange/libraries/listed_modifications.h"
#include "exchange/libraries/spectrum_blobs.h"
#include "io/database/sqlite_file.h"
#include "support/random_peptides.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

class ImportSpectra : public testing::Test {
 protected:
  ImportSpectra() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_spectra_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~ImportSpectra() override { fs::remove_all(root_); }

  [[nodiscard]] Result<ImportedLibrary> from(const std::string& text) const {
    std::ofstream(root_ / "x.msp", std::ios::binary | std::ios::trunc) << text;
    return import_library(root_ / "x.msp");
  }
  [[nodiscard]] std::string code(const std::string& text) const {
    const auto library = from(text);
    return library ? "" : library.error().code;
  }
  static void expect_accounted(const ImportReport& report) {
    std::uint64_t dropped = 0;
    for (const auto& [reason, rows] : report.rows_dropped) dropped += rows;
    EXPECT_EQ(report.rows_read, report.rows_kept + dropped);
  }
  fs::path root_;
};

struct TextDialect {
  const char* program;
  const char* text;
};

// One peptide with y3, y4 and a doubly charged y5.
const TextDialect kTexts[] = {
    {"Prosit",
     "Name: ACDEFK/2\nMW: 1\nComment: Parent=385.1629 Collision_energy=28.0 "
     "Mods=1/1,C,Carbamidomethyl ModString=ACDEFK//Carbamidomethyl@C2/2 iRT=10.5 "
     "Protein=P1 Gene=g1\nNum peaks: 3\n"
     "423.2238\t1.0\t\"y3/0.0ppm\"\n538.2508\t0.5\t\"y4/0.0ppm\"\n349.6443\t0.25\t\"y5^2/"
     "0.0ppm\"\n"},
    {"NIST",
     "Name: ACDEFK/2_1(1,C,CAM)_30eV\r\nComment: Single Pep=Tryptic Mods=1(1,C,CAM) "
     "Fullname=K.ACDEFK.R Charge=2 Parent=385.1629 Protein=\"sp|P1|X Some protein\" "
     "Gene=g1 iRT=10.5,0.1,3\r\nNum peaks: 4\r\n"
     "423.2238\t1000\t\"y3/0.2ppm\" \r\n538.2508\t500\t\"y4/-1ppm,b9/3ppm\" \r\n"
     "349.6443\t250\t\"y5^2/0.0ppm\" \r\n400.1\t3\t\"?\"\r\n\r\n"},
    {"SpectraST",
     "### SpectraST\n### end\nName: AC[160]DEFK/2\nLibID: 0\nMW: 767.3\nPrecursorMZ: 385.1629\n"
     "Status: Normal\nFullName: K.AC[160]DEFK.R/2\n"
     "Comment: Mods=1/1,C,Carbamidomethyl Protein=1/sp|P1|X Gene=g1 RetentionTime=900.1,901,899 "
     "iRT=10.5,0,0\nNumPeaks: 4\n"
     "349.6443\t250\ty5^2/0.00\t1/1\n423.2238\t1000\ty3/0.00,m2:5/0.1\t1/1\n"
     "538.2508\t500\t[y4/0.00]\t1/1\n600.5\t77\ty6-18/0.1\t1/1\n"},
};

TEST_F(ImportSpectra, DialectsOfTextGiveOneLibrary) {
  for (const TextDialect& dialect : kTexts) {
    SCOPED_TRACE(dialect.program);
    const auto library = from(dialect.text);
    ASSERT_TRUE(library) << library.error().message();
    ASSERT_EQ(library->precursors.size(), 1U);
    const library::LibraryPrecursor& p = library->precursors[0];
    EXPECT_EQ(to_unimod_notation(p.peptide), "AC(UniMod:4)DEFK");
    EXPECT_EQ(p.charge, 2);
    EXPECT_EQ(p.irt, 10.5F);
    EXPECT_EQ(p.protein_ids, "P1");
    EXPECT_EQ(p.genes, "g1");
    EXPECT_EQ(library->report.rows_kept, 3U);
    EXPECT_EQ(library->report.precursors_recomputed, 0U);
    ASSERT_EQ(p.fragments.size(), 3U);
    for (const auto& f : p.fragments) {
      const float expected = f.ion.ordinal == 3 ? 1 : f.ion.ordinal == 4 ? 0.5F : 0.25F;
      EXPECT_NEAR(f.intensity / p.fragments[0].intensity, expected, 1e-6);
      EXPECT_EQ(f.ion.charge, f.ion.ordinal == 5 ? 2 : 1);
    }
    expect_accounted(library->report);
  }
}

TEST_F(ImportSpectra, DecoysAndPairsAreTakenFromNames) {
  const std::string peaks = "Num peaks: 3\n1\t1\t\"y1\"\n1\t1\t\"y2\"\n1\t1\t\"y3\"\n\n";
  const auto library = from("Name: ACDEFGK/2\nComment: iRT=1 Protein=P1\n" + peaks +
                            "Name: DECOY_GFEDCAK/2\nComment: iRT=2 Protein=DECOY_P1\n" + peaks);
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_EQ(library->precursors.size(), 2U);
  EXPECT_TRUE(library->precursors[1].is_decoy);
  EXPECT_EQ(library->precursors[1].protein_ids, "P1");
  EXPECT_EQ(library->precursors[0].pair, library->precursors[1].pair);
}

TEST_F(ImportSpectra, WhatIsNoSpectrumIsAnErrorOrAReason) {
  const std::string head = "Name: PEPTIDEK/2\n";
  const std::string peaks = "Num peaks: 3\n1\t1\t\"y1\"\n1\t1\t\"y2\"\n1\t1\t\"y3\"\n";
  EXPECT_EQ(code(head + "Comment: iRT=1\n" + peaks), "");
  EXPECT_EQ(code(head + peaks), "OVL-LIB-021");  // no retention
  EXPECT_EQ(code("Name: PEPTIDEK\nComment: iRT=1\n" + peaks), "OVL-LIB-021");
  EXPECT_EQ(code("Name: PEPXIDEK/2\nComment: iRT=1\n" + peaks), "OVL-LIB-021");
  EXPECT_EQ(code("Name: PEPTIDEK/2\nComment: iRT=1 Mods=1/3,M,Oxidation\n" + peaks), "OVL-LIB-021");
  EXPECT_EQ(code("Name: PEPTIDEK/2\nComment: iRT=1 Mods=1\n" + peaks), "OVL-LIB-021");
  EXPECT_EQ(code("Name: PEPTIDEK/99\nComment: iRT=1\n" + peaks), "OVL-LIB-021");
  EXPECT_EQ(code(head), "OVL-LIB-021");
  EXPECT_EQ(code(head + "Comment: iRT=1\nNum peaks: 1\n100\tx\n"), "OVL-LIB-022");
  EXPECT_EQ(code(head + "Comment: iRT=1\nNum peaks: 1\n100\n"), "OVL-LIB-022");
  EXPECT_EQ(code(head + "no colon here\n"), "OVL-LIB-022");
  EXPECT_EQ(code("###\n100\t1\ty1\n"), "OVL-LIB-022");
  const auto bad = from(head + "Comment: iRT=1\n100\tx\n");
  EXPECT_NE(bad.error().where.find("line 3"), std::string::npos);
}

TEST_F(ImportSpectra, PeaksWithoutNamesAreFoundByTheirMz) {
  constexpr std::uint64_t kSeed = 51;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (const bool is_ion_trap : {false, true}) {
    std::string text;
    const auto made = support::random_precursors(300, kSeed);
    std::map<std::string, const library::LibraryPrecursor*> by_name;
    std::size_t noise = 0;
    for (const library::LibraryPrecursor& p : made) {
      by_name[to_unimod_notation(p.peptide)] = &p;
      text += "Name: " + to_unimod_notation(p.peptide) + "/" + std::to_string(p.charge) +
              "\nComment: iRT=5\nNum peaks: 9\n";
      for (const auto& f : p.fragments) {
        const double mz = fragment_mz(p.peptide, f.ion).value;
        const double error =
            is_ion_trap ? 0.1 * (2 * random.uniform() - 1) : mz * 5e-6 * (2 * random.uniform() - 1);
        text += std::to_string(mz + error) + "\t" + std::to_string(f.intensity) + "\n";
      }
      text += "5.5\t1\n";  // no ion weighs that
      ++noise;
    }
    const auto library = from(text);
    ASSERT_TRUE(library) << library.error().message();
    expect_accounted(library->report);
    EXPECT_EQ(library->report.rows_dropped.at("no b or y ion at the m/z of the peak"), noise);
    std::size_t right = 0;
    std::size_t all = 0;
    for (const library::LibraryPrecursor& p : library->precursors) {
      const library::LibraryPrecursor& source = *by_name.at(to_unimod_notation(p.peptide));
      for (const auto& f : source.fragments) {
        ++all;
        for (const auto& g : p.fragments) right += f.ion == g.ion ? 1U : 0U;
      }
    }
    EXPECT_GT(static_cast<double>(right), (is_ion_trap ? 0.95 : 0.99) * static_cast<double>(all));
  }
}

TEST(IonLadder, NearestIsThatOfAScanOverAllIons) {
  constexpr std::uint64_t kSeed = 52;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  IonLadder ladder;
  for (int round = 0; round < 200; ++round) {
    const Peptide peptide = support::random_peptide(random);
    ladder.assign(peptide, 3);
    for (int k = 0; k < 50; ++k) {
      const double mz = 100 + 1500 * random.uniform();
      double nearest = 1e9;
      for (std::size_t n = 1; n < peptide.residues.size(); ++n) {
        for (std::uint8_t z = 1; z <= 3; ++z) {
          for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
            nearest = std::min(
                nearest,
                std::abs(fragment_mz(peptide, {type, static_cast<std::uint8_t>(n), z}).value - mz));
          }
        }
      }
      const auto found = ladder.nearest(mz, kIonTrap);
      ASSERT_EQ(found.has_value(), nearest <= 0.35);
      if (found) {
        EXPECT_NEAR(std::abs(fragment_mz(peptide, *found).value - mz), nearest, 1e-9);
      }
      EXPECT_EQ(ladder.distance(mz, 0.5).has_value(), nearest < 0.5);
    }
  }
}

TEST(ListedModifications, AreUnderstoodOrRefused) {
  const auto read = [](std::string_view list, std::string_view residues) -> std::string {
    const auto listed = parse_msp_modifications(list, residues);
    if (!listed) return "refused";
    return with_modifications(residues, *listed).value_or("outside");
  };
  EXPECT_EQ(read("0", "ACK"), "ACK");
  EXPECT_EQ(read("2/0,A,Acetyl/1,C,Carbamidomethyl", "ACK"), "[Acetyl]AC[Carbamidomethyl]K");
  EXPECT_EQ(read("2(0,A,Acetyl)(1,C,CAM)", "ACK"), "[Acetyl]AC[CAM]K");
  EXPECT_EQ(read("1/0,K,Acetyl", "KCK"), "K[Acetyl]CK");
  EXPECT_EQ(read("1/2,C,CAM", "ACK"), "AC[CAM]K");  // counted from 1
  EXPECT_EQ(read("1/0,C,CAM", "CCK"), "C[CAM]CK");
  EXPECT_EQ(read("1/-1,A,Acetyl", "ACK"), "[Acetyl]ACK");
  EXPECT_EQ(read("1/-2,K,Amide", "ACK"), "ACK.[Amidated]");
  EXPECT_EQ(read("1/0,Q,Pyro-glu", "QCK"), "Q[Gln->pyro-Glu]CK");
  EXPECT_EQ(read("1(2,K,Label:13C(6)15N(2))", "ACK"), "ACK[Label:13C(6)15N(2)]");
  for (const char* bad : {"1", "2/1,C,CAM", "1/3,C,CAM", "1/9,C,CAM", "1/1,C", "1/x,C,CAM",
                          "1(1,C,CAM", "1/", "/", "(", "1/1C,CAM"}) {
    const std::string result = read(bad, "ACK");
    EXPECT_TRUE(result == "refused") << bad << " gave " << result;
  }
}

TEST(SpectrumBlobs, RoundTripBareAndPacked) {
  constexpr std::uint64_t kSeed = 53;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (const std::size_t count : {0U, 1U, 3U, 500U}) {
    std::vector<double> values(count);
    for (double& value : values) value = std::floor(random.uniform() * 10);
    const auto bytes = encode_blob<double>(values);
    const auto back = decode_blob<double>(bytes, count, std::endian::little);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, values);
    EXPECT_FALSE(decode_blob<double>(bytes, count + 1, std::endian::little));
    if (count == 500) {
      EXPECT_LT(bytes.size(), 4000U);
      const std::span<const std::byte> half(bytes.data(), bytes.size() / 2);
      EXPECT_FALSE(decode_blob<double>(half, count, std::endian::little));
      EXPECT_FALSE(decode_blob<double>(bytes, 499, std::endian::little));
    }
  }
  const std::vector<std::byte> big{std::byte{0x3F}, std::byte{0x80}, std::byte{0}, std::byte{0}};
  EXPECT_EQ(decode_blob<float>(big, 1, std::endian::big)->front(), 1.0F);
  EXPECT_FALSE(decode_blob<float>(big, std::size_t{1} << 62, std::endian::big));
}

// y3 .. y6 of a peptide in the arrays of a database.
struct Arrays {
  std::vector<std::byte> mz, intensity;
};
template <class T>
std::vector<std::byte> big_endian(std::vector<T> values) {
  for (T& value : values) {
    auto* const first = reinterpret_cast<std::byte*>(&value);
    std::reverse(first, first + sizeof(T));
  }
  return encode_blob<T>(values);
}
std::vector<double> ladder_of(const char* sequence) {
  std::vector<double> mz;
  for (std::uint8_t n = 3; n <= 6; ++n)
    mz.push_back(fragment_mz(*parse_peptide(sequence), {FragmentType::y, n, 1}).value);
  return mz;
}

class Databases : public ImportSpectra {
 protected:
  io::SqliteFile create() const { return std::move(*io::SqliteFile::create(root_ / "x.db")); }
  [[nodiscard]] std::string code() const {
    const auto library = import_library(root_ / "x.db");
    return library ? "" : library.error().code;
  }
  void write_dlib(std::int64_t declared_bytes) const {
    io::SqliteFile file = create();
    ASSERT_TRUE(file.execute(
        "CREATE TABLE entries (PrecursorMz double, PrecursorCharge int, PeptideModSeq string,"
        " PeptideSeq string, RTInSeconds double, MassEncodedLength int, MassArray blob,"
        " IntensityEncodedLength int, IntensityArray blob);"
        "CREATE TABLE peptidetoprotein (PeptideSeq string, isDecoy boolean, ProteinAccession "
        "string);"
        "INSERT INTO peptidetoprotein VALUES ('ACDEFGK', 0, 'sp|P1|A'), ('ACDEFGK', 0, 'P2')"));
    auto insert = file.query("INSERT INTO entries VALUES (?,?,?,?,?,?,?,?,?)");
    ASSERT_TRUE(insert);
    insert->bind(0, 413.7)
        .bind(1, std::int64_t{2})
        .bind(2, std::string_view("AC[+57.021464]DEFGK"));
    insert->bind(3, std::string_view("ACDEFGK")).bind(4, 600.0).bind(5, declared_bytes);
    insert->bind(6, big_endian(ladder_of("AC[+57.021464]DEFGK"))).bind(7, std::int64_t{16});
    ASSERT_TRUE(insert->bind(8, big_endian(std::vector<float>{4, 3, 2, 1})).insert());
  }
};

TEST_F(Databases, Dlib) {
  write_dlib(32);
  const auto library = import_library(root_ / "x.db");
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_EQ(library->precursors.size(), 1U);
  const library::LibraryPrecursor& p = library->precursors[0];
  EXPECT_EQ(to_unimod_notation(p.peptide), "AC(UniMod:4)DEFGK");
  EXPECT_EQ(p.irt, 10.0F);
  EXPECT_EQ(p.protein_ids, "P1;P2");
  EXPECT_EQ(p.fragments.size(), 4U);
  EXPECT_EQ(library->report.precursors_recomputed, 1U);
  for (const auto& f : p.fragments)
    EXPECT_EQ(f.intensity, 7.0F - static_cast<float>(f.ion.ordinal));
}

TEST_F(Databases, BlobsOfTheWrongLengthAreErrors) {
  for (const std::int64_t declared : {0, 24, 40, 31, -8}) {
    write_dlib(declared);
    EXPECT_EQ(code(), "OVL-LIB-022") << declared;
    fs::remove(root_ / "x.db");
  }
}

TEST_F(Databases, BlibTakesExactMassesFromItsTable) {
  {
    io::SqliteFile file = create();
    ASSERT_TRUE(file.execute(
        "CREATE TABLE RefSpectra (id INTEGER, peptideSeq TEXT, peptideModSeq TEXT, precursorMZ "
        "REAL,"
        " precursorCharge INTEGER, numPeaks INTEGER, retentionTime REAL);"
        "CREATE TABLE RefSpectraPeaks (RefSpectraID INTEGER, peakMZ BLOB, peakIntensity BLOB);"
        "CREATE TABLE Modifications (id INTEGER, RefSpectraID INTEGER, position INTEGER, mass "
        "REAL);"
        "INSERT INTO RefSpectra VALUES (1, 'ACDEFGK', 'A[+42.0]C[+57.0]DEFGK', 1, 2, 4, 12.5);"
        "INSERT INTO Modifications VALUES (1, 1, 1, 42.010565), (2, 1, 2, 57.021464)"));
    auto insert = file.query("INSERT INTO RefSpectraPeaks VALUES (1, ?, ?)");
    ASSERT_TRUE(insert);
    const std::vector<double> mz = ladder_of("(UniMod:1)AC(UniMod:4)DEFGK");
    const std::vector<float> intensity{4, 3, 2, 1};
    ASSERT_TRUE(
        insert->bind(0, encode_blob<double>(mz)).bind(1, encode_blob<float>(intensity)).insert());
  }
  const auto library = import_library(root_ / "x.db");
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_EQ(to_unimod_notation(library->precursors[0].peptide), "(UniMod:1)AC(UniMod:4)DEFGK");
  EXPECT_EQ(library->precursors[0].irt, 12.5F);
  EXPECT_EQ(library->report.rows_kept, 4U);
}

TEST_F(Databases, PqpWithTargetsAndDecoys) {
  {
    io::SqliteFile file = create();
    ASSERT_TRUE(file.execute(R"(
      CREATE TABLE PRECURSOR (ID INT, TRAML_ID TEXT, PRECURSOR_MZ REAL, CHARGE INT, LIBRARY_RT REAL,
        DECOY INT);
      CREATE TABLE PEPTIDE (ID INT, MODIFIED_SEQUENCE TEXT);
      CREATE TABLE PRECURSOR_PEPTIDE_MAPPING (PRECURSOR_ID INT, PEPTIDE_ID INT);
      CREATE TABLE TRANSITION (ID INT, PRODUCT_MZ REAL, CHARGE INT, TYPE TEXT, ANNOTATION TEXT,
        ORDINAL INT, DETECTING INT, LIBRARY_INTENSITY REAL);
      CREATE TABLE TRANSITION_PRECURSOR_MAPPING (TRANSITION_ID INT, PRECURSOR_ID INT);
      CREATE TABLE PROTEIN (ID INT, PROTEIN_ACCESSION TEXT);
      CREATE TABLE PEPTIDE_PROTEIN_MAPPING (PEPTIDE_ID INT, PROTEIN_ID INT);
      INSERT INTO PRECURSOR VALUES (0, 'a', 1, 2, 7.5, 0), (1, 'DECOY_a', 1, 2, 7.5, 1);
      INSERT INTO PEPTIDE VALUES (5, 'AC(UniMod:4)DEFGK'), (6, 'GFEDC(UniMod:4)AK');
      INSERT INTO PRECURSOR_PEPTIDE_MAPPING VALUES (0, 5), (1, 6);
      INSERT INTO PROTEIN VALUES (0, 'P1'), (1, 'P2');
      INSERT INTO PEPTIDE_PROTEIN_MAPPING VALUES (5, 0), (5, 1);
      INSERT INTO TRANSITION VALUES (0, 1, 1, 'y', 'y3^1', 3, 1, 3), (1, 1, 2, 'y', 'NA', 4, 1, 2),
        (2, 1, 1, 'b', NULL, 3, 1, 1), (3, 1, 1, 'y', 'y5-18^1', 5, 1, 9),
        (4, 1, 1, 'y', 'y6^1', 6, 0, 9);
      INSERT INTO TRANSITION_PRECURSOR_MAPPING SELECT ID, 0 FROM TRANSITION
        UNION ALL SELECT ID, 1 FROM TRANSITION;)"));
  }
  const auto library = import_library(root_ / "x.db");
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_EQ(library->precursors.size(), 2U);
  const library::LibraryPrecursor& target = library->precursors[0];
  EXPECT_EQ(target.protein_ids, "P1;P2");
  EXPECT_EQ(target.irt, 7.5F);
  EXPECT_TRUE(library->precursors[1].is_decoy);
  EXPECT_EQ(library->precursors[1].pair, target.pair);
  EXPECT_EQ(library->report.rows_read, 10U);
  EXPECT_EQ(library->report.rows_dropped.at(std::string(describe(Drop::identifying))), 2U);
  EXPECT_EQ(library->report.rows_kept, 6U);
  EXPECT_EQ(library->report.rows_dropped.at("neutral loss or isotope"), 2U);
  for (const auto& f : target.fragments) {
    EXPECT_EQ(f.ion.charge, f.ion.ordinal == 4 ? 2 : 1);
    EXPECT_EQ(f.ion.type == FragmentType::b, f.intensity == 1);
  }
}

TEST_F(Databases, OthersAndCutOnesAreRefused) {
  {
    io::SqliteFile file = create();
    ASSERT_TRUE(file.execute("CREATE TABLE something (x INTEGER)"));
  }
  EXPECT_EQ(code(), "OVL-LIB-024");
  {
    fs::remove(root_ / "x.db");
    io::SqliteFile file = create();
    ASSERT_TRUE(file.execute("CREATE TABLE RefSpectra (id INTEGER, peptideSeq TEXT)"));
  }
  EXPECT_EQ(code(), "OVL-IO-003");
  fs::remove(root_ / "x.db");
  write_dlib(32);
  const auto size = fs::file_size(root_ / "x.db");
  for (const auto cut : {size / 2, std::uintmax_t{4096}, std::uintmax_t{50}}) {
    fs::remove(root_ / "y.db");
    fs::copy_file(root_ / "x.db", root_ / "y.db");
    fs::resize_file(root_ / "y.db", cut);
    const auto library = import_library(root_ / "y.db");
    ASSERT_FALSE(library) << cut;
    EXPECT_TRUE(library.error().code == "OVL-IO-003" || library.error().code == "OVL-LIB-024")
        << library.error().message();
  }
}

}  // namespace
}  // namespace overland::exchange
