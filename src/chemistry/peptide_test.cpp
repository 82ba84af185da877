#include "chemistry/peptide.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "chemistry/constants.h"
#include "chemistry/elements.h"
#include "chemistry/modification_table.h"

namespace overland {
namespace {

Peptide parsed(std::string_view text) {
  auto peptide = parse_peptide(text);
  EXPECT_TRUE(peptide) << text << ": " << (peptide ? "" : peptide.error().message());
  return peptide ? *peptide : Peptide{};
}

// Monoisotopic residue masses as tables print them (Unimod / IUPAC, 5 decimals).
TEST(ResidueMass, AgreesWithPublishedTables) {
  const std::pair<char, double> published[] = {
      {'G', 57.02146},  {'A', 71.03711},  {'S', 87.03203},  {'P', 97.05276},  {'V', 99.06841},
      {'T', 101.04768}, {'C', 103.00919}, {'L', 113.08406}, {'I', 113.08406}, {'N', 114.04293},
      {'D', 115.02694}, {'Q', 128.05858}, {'K', 128.09496}, {'E', 129.04259}, {'M', 131.04049},
      {'H', 137.05891}, {'F', 147.06841}, {'R', 156.10111}, {'Y', 163.06333}, {'W', 186.07931}};
  for (const auto& [residue, mass] : published) {
    EXPECT_NEAR(residue_mass(residue), mass, 6e-6) << residue;
  }
  for (const char other : std::string("BJOUXZab*")) EXPECT_EQ(residue_mass(other), 0) << other;
}

TEST(ModificationTable, MassesAgreeWithUniMod) {
  const std::pair<int, double> published[] = {
      {1, 42.010565},    {2, -0.984016},    {3, 226.077598},   {4, 57.021464},
      {5, 43.005814},    {6, 58.005479},    {7, 0.984016},     {10, -29.992806},
      {11, -48.003371},  {21, 79.966331},   {23, -18.010565},  {24, 71.037114},
      {26, 39.994915},   {27, -18.010565},  {28, -17.026549},  {30, 21.981943},
      {34, 14.015650},   {35, 15.994915},   {36, 28.031300},   {37, 42.046950},
      {39, 45.987721},   {40, 79.956815},   {41, 162.052824},  {43, 203.079373},
      {55, 305.068156},  {56, 45.029395},   {58, 56.026215},   {64, 100.016044},
      {108, 125.047679}, {121, 114.042927}, {122, 27.994915},  {188, 6.020129},
      {199, 32.056407},  {213, 541.061110}, {214, 144.102063}, {258, 2.004246},
      {259, 8.014199},   {267, 10.008269},  {268, 6.013809},   {269, 10.027228},
      {298, 17.034480},  {299, 43.989829},  {312, 119.004099}, {330, 36.075670},
      {351, 3.994915},   {354, 44.985078},  {425, 31.989829},  {481, 4.025107},
      {510, 34.063117},  {535, 383.228103}, {730, 304.205360}, {737, 229.162932},
      {738, 225.155833}, {739, 224.152478}, {747, 86.000394},  {765, -131.040485},
      {766, -89.029920}, {1289, 70.041865}, {1363, 68.026215}, {1848, 114.031694},
      {1849, 86.036779}, {2016, 304.207146}};
  for (const auto& [unimod, mass] : published) {
    const KnownModification* known = find_modification(unimod);
    ASSERT_NE(known, nullptr) << unimod;
    EXPECT_NEAR(known->mass(), mass, 2e-6) << known->name;
  }
}

TEST(ModificationTable, IsSortedAndFindableByItsOwnName) {
  int last = 0;
  for (const KnownModification& known : known_modifications()) {
    EXPECT_LT(last, known.unimod);
    last = known.unimod;
    EXPECT_EQ(find_modification(known.name), &known) << known.name;
    EXPECT_EQ(find_modification(known.unimod), &known);
    EXPECT_FALSE(known.sites.empty());
  }
  EXPECT_GE(known_modifications().size(), 60U);
  EXPECT_EQ(find_modification(9999), nullptr);
  EXPECT_EQ(find_modification("Unobtainium"), nullptr);
}

TEST(Peptide, MassesOfAKnownPeptide) {
  const Peptide peptide = parsed("PEPTIDE");
  EXPECT_NEAR(neutral_mass(peptide), 799.3599640, 1e-6);
  EXPECT_NEAR(precursor_mz(peptide, 2).value, 400.6872584, 1e-6);
  EXPECT_NEAR(fragment_mz(peptide, {FragmentType::b, 2, 1}).value, 227.1026330, 1e-6);
  EXPECT_NEAR(fragment_mz(peptide, {FragmentType::y, 1, 1}).value, 148.0604341, 1e-6);
  EXPECT_NEAR(fragment_mz(peptide, {FragmentType::y, 6, 2}).value, 352.1608769, 2e-6);
}

struct Notation {
  const char* text;
  const char* unimod;
};
class Notations : public testing::TestWithParam<Notation> {};

TEST_P(Notations, AreReadAsUniMod) {
  EXPECT_EQ(to_unimod_notation(parsed(GetParam().text)), GetParam().unimod);
}

INSTANTIATE_TEST_SUITE_P(
    All, Notations,
    testing::Values(
        Notation{"AACK", "AACK"}, Notation{"_AACK_", "AACK"},
        Notation{"AAC(UniMod:4)K", "AAC(UniMod:4)K"}, Notation{"AAC(UNIMOD:4)K", "AAC(UniMod:4)K"},
        Notation{"AAC[UniMod:4]K", "AAC(UniMod:4)K"}, Notation{"M[UNIMOD:35]K", "M(UniMod:35)K"},
        Notation{"_AAC[Carbamidomethyl (C)]K_", "AAC(UniMod:4)K"},
        Notation{"_AAM[Oxidation (M)]K_", "AAM(UniMod:35)K"},
        Notation{"_[Acetyl (Protein N-term)]AAK_", "(UniMod:1)AAK"},
        Notation{"_A[Acetyl (Protein N-term)]AK_", "(UniMod:1)AAK"},
        Notation{"(UniMod:1)PEPK", "(UniMod:1)PEPK"}, Notation{".(UniMod:1)PEPK", "(UniMod:1)PEPK"},
        Notation{"[UNIMOD:1]-PEPK", "(UniMod:1)PEPK"}, Notation{"n[42.01]PEPK", "(UniMod:1)PEPK"},
        Notation{"n[43]PEPK", "(UniMod:1)PEPK"}, Notation{"PEPK.(UniMod:2)", "PEPK.(UniMod:2)"},
        Notation{"PEPK-[UNIMOD:2]", "PEPK.(UniMod:2)"}, Notation{"PEPKc[-0.98]", "PEPK.(UniMod:2)"},
        Notation{"AM(ox)K", "AM(UniMod:35)K"},
        Notation{"_(ac)AM(ox)K_", "(UniMod:1)AM(UniMod:35)K"},
        Notation{"PEPT(Phospho)IDEC(Carbamidomethyl)EK", "PEPT(UniMod:21)IDEC(UniMod:4)EK"},
        Notation{"AAC[+57.02146]K", "AAC(UniMod:4)K"}, Notation{"AAC[57.0215]K", "AAC(UniMod:4)K"},
        Notation{"AAC[+57]K", "AAC(UniMod:4)K"}, Notation{"AAC[+57.0]K", "AAC(UniMod:4)K"},
        Notation{"AAC[160]QK", "AAC(UniMod:4)QK"}, Notation{"M[147]K", "M(UniMod:35)K"},
        Notation{"AS[+79.9663]K", "AS(UniMod:21)K"}, Notation{"AS[167]K", "AS(UniMod:21)K"},
        Notation{"PEPTIDEAR(13C(6) 15N(4) Silac label)", "PEPTIDEAR(UniMod:267)"},
        Notation{"DSSNR(Label:13C(6)15N(4))", "DSSNR(UniMod:267)"},
        Notation{"AK[+12.34567]K", "AK[+12.34567]K"}, Notation{"AK[-12.3]K", "AK[-12.30000]K"},
        // A mass of a modification that does not occur on that residue stays a mass.
        Notation{"AG[+79.96633]K", "AG[+79.96633]K"}));

class BadNotations : public testing::TestWithParam<const char*> {};

TEST_P(BadNotations, GiveACodedError) {
  const auto peptide = parse_peptide(GetParam());
  ASSERT_FALSE(peptide) << to_unimod_notation(*peptide);
  EXPECT_EQ(peptide.error().code, "OVL-LIB-010");
}

INSTANTIATE_TEST_SUITE_P(All, BadNotations,
                         testing::Values("", "_", "AAB", "AAU", "aak", "K.AAAK.R", "AAC(UniMod:4K",
                                         "AAC[UniMod:4)K", "AAC)K", "AAC(UniMod:9999)K",
                                         "AAC(UniMod:)K", "AAC(UniMod:4x)K", "AAC()K",
                                         "AAC(Unobtainium)K", "AAC[+1e9]K", "AAC[nan]K",
                                         "(UniMod:1)", "PEP.(UniMod:2)K", "AA C", "A\xc3\xa4K",
                                         "[+]AK"));

// Sums written out from the definition; the random peptides carry terminal and side-chain groups.
TEST(Peptide, FragmentsAddUpToThePrecursor) {
  const std::string letters = "ACDEFGHIKLMNPQRSTVWY";
  constexpr std::uint64_t kSeed = 20240611;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (int round = 0; round < 500; ++round) {
    const auto length = 2 + random.below(40);
    Peptide peptide;
    for (std::uint64_t i = 0; i < length; ++i) peptide.residues += letters[random.below(20)];
    if (random.below(2) == 0) peptide.modifications.push_back({kNTerminus, 1, 42.010565});
    for (std::uint64_t i = 0; i < length; ++i) {
      if (random.below(5) == 0) {
        peptide.modifications.push_back({static_cast<std::int16_t>(i), 0, 12.5});
      }
    }
    if (random.below(2) == 0) {
      peptide.modifications.push_back({static_cast<std::int16_t>(length), 2, -0.984016});
    }
    const double mass = neutral_mass(peptide);
    for (std::uint8_t ordinal = 1; ordinal < length; ++ordinal) {
      const auto rest = static_cast<std::uint8_t>(length - ordinal);
      const double b = fragment_mz(peptide, {FragmentType::b, ordinal, 1}).value - kProtonMass;
      const double y = fragment_mz(peptide, {FragmentType::y, rest, 2}).value - kProtonMass;
      ASSERT_NEAR(b + 2 * y, mass, 1e-9);
    }
    EXPECT_EQ(to_unimod_notation(parsed(to_unimod_notation(peptide))), to_unimod_notation(peptide));
  }
}

TEST(Peptide, CompositionGivesTheMass) {
  for (const char* text : {"AAC(UniMod:4)LLPK", "(UniMod:1)AM(UniMod:35)S(UniMod:21)WHYK", "G"}) {
    const Peptide peptide = parsed(text);
    EXPECT_NEAR(monoisotopic_mass(composition(peptide)), neutral_mass(peptide), 1e-8) << text;
  }
  const Composition expected{7, 14, 2, 4, 1, 0};  // CG + carbamidomethyl, less its own C2H3NO
  EXPECT_EQ(composition(parsed("C(UniMod:4)G")), (Composition{expected.carbon, 13, 3, 4, 1, 0}));
}

TEST(Peptide, UnknownMassCountsAsAveragine) {
  const Peptide with = parsed("AAK[+500.25]R");
  const Peptide without = parsed("AAKR");
  const double added =
      monoisotopic_mass(composition(with)) - monoisotopic_mass(composition(without));
  EXPECT_NEAR(added, 500.25, 0.6);
}

TEST(PeptideReadings, AreAllMeaningsOfTheNumbersWithTheUsualFirst) {
  const auto texts = [](std::string_view written,
                        std::span<const DeclaredModification> declared = {}) {
    std::vector<std::string> all;
    const auto readings = peptide_readings(written, declared);
    EXPECT_TRUE(readings) << written;
    for (const Peptide& peptide : *readings) all.push_back(to_unimod_notation(peptide));
    EXPECT_EQ(all.front(), to_unimod_notation(parsed(declared.empty() ? written : all.front())));
    return all;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts("AC(UniMod:4)K"), Texts{"AC(UniMod:4)K"});
  EXPECT_EQ(texts("AW[286.1794]K"), (Texts{"AW[+286.17940]K", "AW[+100.10009]K"}));
  const Texts acyl = texts("AAK[+42.0]");
  EXPECT_EQ(acyl[0], "AAK(UniMod:1)");
  EXPECT_NE(std::ranges::find(acyl, "AAK(UniMod:37)"), acyl.end());
  // Each bracket for itself, up to a limit.
  EXPECT_EQ(texts("W[286.1794]W[286.1794]K").size(), 4U);
  std::string many;
  for (int i = 0; i < 20; ++i) many += "W[286.1794]";
  EXPECT_EQ(texts(many).size(), 64U);
  const std::vector<DeclaredModification> own{{"Mine", 0, 12.5, "C"}, {"Oxidation", 0, 99, "K"}};
  EXPECT_EQ(texts("AC[Mine (C)]M[Oxidation]K[Oxidation]", own),
            Texts{"AC[+12.50000]M(UniMod:35)K[+99.00000]"});
  EXPECT_FALSE(peptide_readings("AK[Mine]", own));
  EXPECT_EQ(peptide_readings("AXK").error().code, "OVL-LIB-010");
}

}  // namespace
}  // namespace overland
