// Tables of other programs whose columns, notations, numbers and marks differ from the usual ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "exchange/libraries/import_ions.h"
#include "exchange/libraries/import_library.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

class ImportDialects : public testing::Test {
 protected:
  ImportDialects() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_dialects_") + info->name());
  }
  ~ImportDialects() override { fs::remove(file_); }

  [[nodiscard]] Result<ImportedLibrary> from(const std::string& text,
                                             const ImportSettings& settings = {}) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
    return import_library(file_, settings);
  }
  [[nodiscard]] ImportedLibrary good(const std::string& text,
                                     const ImportSettings& settings = {}) const {
    auto library = from(text, settings);
    EXPECT_TRUE(library) << library.error().message();
    return library ? std::move(*library) : ImportedLibrary{};
  }
  [[nodiscard]] std::string error_of(const std::string& text) const {
    const auto library = from(text);
    return library ? "none" : library.error().message();
  }
  fs::path file_;
};

// Rows y1 to y4 of a peptide: what the file writes, and the peptide that its m/z are of.
std::string rows_of(const std::string& written, const std::string& truth,
                    const std::string& rest = "\tP1\n") {
  const Peptide peptide = *parse_peptide(truth);
  std::string text;
  for (std::uint8_t n = 1; n <= 4; ++n) {
    text += fmt::format("{}\t{}\t2\t{:.4f}\t10.5\t{:.4f}\t{}\ty\t{}\t1{}", written,
                        peptide.residues, precursor_mz(peptide, 2).value,
                        fragment_mz(peptide, {FragmentType::y, n, 1}).value, n, n, rest);
  }
  return text;
}

std::string header(const std::string& sequence, const std::string& rest = "\tProteinId\n") {
  return sequence +
         "\tPeptideSequence\tPrecursorCharge\tPrecursorMz\tiRT\tFragmentMz\tRelativeIntensity\t"
         "FragmentType\tFragmentNumber\tFragmentCharge" +
         rest;
}

std::vector<std::string> sequences_of(const ImportedLibrary& library) {
  std::vector<std::string> sequences;
  for (const auto& p : library.precursors) sequences.push_back(to_unimod_notation(p.peptide));
  return sequences;
}

TEST_F(ImportDialects, ModifiedSequencesHaveManyColumnNames) {
  for (const char* name :
       {"FullPeptideName", "FullUniModPeptideName", "ModifiedPeptideSequence", "ModifiedSequence",
        "LabeledSequence", "IntLabeledPeptide", "IntModifiedPeptide", "modification_sequence",
        "EG.ModifiedSequence", "PeptideModSeq", "peptide_modified_sequence", "modified_sequence"}) {
    const auto library = good(header(name) + rows_of("AAC(UniMod:4)DEFK", "AAC(UniMod:4)DEFK"));
    EXPECT_EQ(sequences_of(library), std::vector<std::string>{"AAC(UniMod:4)DEFK"}) << name;
  }
}

TEST_F(ImportDialects, AnUnknownColumnOfModifiedSequencesStopsTheImport) {
  const std::string row = rows_of("AAC(UniMod:4)DEFK", "AAC(UniMod:4)DEFK");
  const std::string hint = error_of(header("Modified_Pep_Text") + row);
  EXPECT_TRUE(hint.contains("OVL-LIB-027")) << hint;
  EXPECT_TRUE(hint.contains("Modified_Pep_Text")) << hint;
  // A name without any hint: the m/z tell.
  const std::string other = error_of(header("Form") + row);
  EXPECT_TRUE(other.contains("OVL-LIB-028")) << other;
  EXPECT_TRUE(other.contains("PeptideSequence")) << other;
  // Other columns do not disturb plain sequences.
  const auto plain = good(header("PeptideGroupLabel") + rows_of("x", "AACDEFK"));
  EXPECT_EQ(sequences_of(plain), std::vector<std::string>{"AACDEFK"});
}

TEST_F(ImportDialects, FewContradictionsOfPlainSequencesAreLeftOutByName) {
  std::string text = header("Form");
  const std::string letters = "ACDEFGHIKLMNPQRSTVWY";
  for (int i = 0; i < 400; ++i) {
    const std::string s = {letters[i % 20U], letters[i / 20U], 'A', 'S', 'T', 'L', 'K'};
    text += rows_of("x", s);
  }
  const auto library = good(text + rows_of("x", "GGGM(UniMod:35)GGK"));
  EXPECT_EQ(library.precursors.size(), 400U);
  const auto& cases = library.report.dropped.at(std::string(describe(Drop::other_mz)));
  EXPECT_EQ(cases.distinct, 1U);
  EXPECT_TRUE(cases.first.at(0).starts_with("GGGMGGK/2")) << cases.first[0];
}

TEST_F(ImportDialects, TheMzDecideWhatANumberMeans) {
  const std::pair<const char*, const char*> cases[] = {
      {"AAW[286.1794]DEFK", "AAW[+100.10009]DEFK"},   // a sum that no table knows
      {"AAW[+286.1794]DEFK", "AAW[+100.10009]DEFK"},  // with a sign all the same
      {"AAW[+100.1]DEFK", "AAW[+100.10000]DEFK"},     // a difference
      {"AADEFK[+42.0]", "AADEFK(UniMod:37)"},         // trimethyl, by its m/z
      {"AADEFK[+42.0]", "AADEFK(UniMod:1)"},          // acetyl
      {"AAM[147]DEFK", "AAM(UniMod:35)DEFK"},
      {"AAC[160.03]DEFK", "AAC(UniMod:4)DEFK"},
      {"n[43.02]AACDEFK", "(UniMod:1)AACDEFK"},
      {"AAM[+16]DEFK[+42]", "AAM(UniMod:35)DEFK(UniMod:37)"},
      {"AAC[CAM]M[Oxi]DEFK", "AAC(UniMod:4)M(UniMod:35)DEFK"},
      {"[1Ac]-AADEFK", "(UniMod:1)AADEFK"}};
  for (const auto& [written, truth] : cases) {
    const auto library = good(header("ModifiedPeptide") + rows_of(written, truth));
    ASSERT_EQ(library.precursors.size(), 1U) << written;
    const Peptide& peptide = library.precursors[0].peptide;
    EXPECT_NEAR(precursor_mz(peptide, 2).value, precursor_mz(*parse_peptide(truth), 2).value, 1e-4)
        << written << " as " << to_unimod_notation(peptide);
  }
}

TEST_F(ImportDialects, WhatNoReadingFitsIsLeftOutOrStopsTheImport) {
  const std::string wrong = rows_of("AAW[+12.5]DEFK", "AAW[+300.2]DEFK");
  const std::string right = rows_of("AASDEFK", "AASDEFK") + rows_of("AATDEFK", "AATDEFK");
  const auto library = good(header("ModifiedPeptide") + wrong + right);
  EXPECT_EQ(library.precursors.size(), 2U);
  EXPECT_EQ(library.report.rows_dropped.at(std::string(describe(Drop::other_mz))), 4U);
  const std::string stopped = error_of(header("ModifiedPeptide") + wrong);
  EXPECT_TRUE(stopped.contains("OVL-LIB-028")) << stopped;
}

TEST_F(ImportDialects, UnknownModificationsAreNamedAndCanBeDeclared) {
  const std::string text =
      header("ModifiedPeptide") + rows_of("AAC[Probe (C)]DEFK", "AAC[+239.1634]DEFK") +
      rows_of("AAS[Odd(1)Thing(2)]DEFK", "AAS[+10.5]DEFK") + rows_of("AATDEFK", "AATDEFK");
  const auto library = good(text);
  EXPECT_EQ(library.precursors.size(), 1U);
  const std::vector<std::string> warnings = import_warnings(library.report);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings[0].starts_with("8 rows left out: unknown residue or modification"));
  EXPECT_TRUE(warnings[0].contains("Probe (C)")) << warnings[0];
  EXPECT_TRUE(warnings[0].contains("Odd(1)Thing(2)")) << warnings[0];
  const ImportSettings declared{.machine = {}, .modifications = {{"Probe", 0, 239.1634, "C"}}};
  EXPECT_EQ(sequences_of(good(text, declared)),
            (std::vector<std::string>{"AAC[+239.16340]DEFK", "AATDEFK"}));
}

TEST_F(ImportDialects, ManyNamesAreCountedAndTheFirstShown) {
  std::string text = header("ModifiedPeptide") + rows_of("AATDEFK", "AATDEFK");
  for (int i = 0; i < 9; ++i) text += rows_of(fmt::format("AAS[Odd{}]DEFK", i), "AASDEFK");
  const auto warnings = import_warnings(good(text).report);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings[0].contains("Odd4")) << warnings[0];
  EXPECT_FALSE(warnings[0].contains("Odd5")) << warnings[0];
  EXPECT_TRUE(warnings[0].contains("and 4 more")) << warnings[0];
}

TEST_F(ImportDialects, TransitionsThatOnlyLocaliseAreLeftOut) {
  for (const auto& [yes, no] : {std::pair("1", "0"), {"TRUE", "FALSE"}, {"True", "False"}}) {
    for (const char* name : {"DetectingTransition", "detecting_transition"}) {
      const std::string text = header("ModifiedPeptide", fmt::format("\t{}\n", name)) +
                               rows_of("AATDEFK", "AATDEFK", fmt::format("\t{}\n", yes)) +
                               rows_of("AASDEFK", "AASDEFK", fmt::format("\t{}\n", no));
      const auto library = good(text);
      EXPECT_EQ(sequences_of(library), std::vector<std::string>{"AATDEFK"}) << name << yes;
      EXPECT_EQ(library.report.rows_dropped.at(std::string(describe(Drop::identifying))), 4U);
    }
  }
}

TEST_F(ImportDialects, NumbersAreReadAsProgramsAndSpreadsheetsWriteThem) {
  constexpr const char* kHeader =
      "ModifiedPeptide\tPrecursorCharge\tiRT\tIntensity\tFragmentType\tFragmentNumber\t"
      "FragmentCharge\n";
  const auto with = [&](const char* charge, const char* irt, const char* intensity) {
    std::string text = kHeader;
    for (int n = 1; n <= 3; ++n)
      text += fmt::format("AASDEFK\t{}\t{}\t1\ty\t{}\t1\n", charge, irt, n);
    return text + fmt::format("AASDEFK\t{}\t{}\t{}\ty\t4\t1\n", charge, irt, intensity);
  };
  for (const auto& [charge, irt, intensity] : {std::tuple("2", "10.5", "0.5"),
                                               {"2+", "+10.5", "5e-1"},
                                               {"+2", " 10.5 ", "0,5"},
                                               {"2.0", "10,5", "0,5"},
                                               {" 2", "1.05E+01", "+0.5"}}) {
    const auto library = good(with(charge, irt, intensity));
    ASSERT_EQ(library.precursors.size(), 1U) << charge << irt << intensity;
    EXPECT_EQ(library.precursors[0].irt, 10.5F) << irt;
    EXPECT_EQ(library.precursors[0].charge, 2) << charge;
    ASSERT_EQ(library.precursors[0].fragments.size(), 4U) << intensity;
  }
  for (const char* nothing : {"3.2e-52", "1e-400", "inf", "1e400", "0", "nan"}) {
    const auto library = good(with("2", "1", nothing));
    EXPECT_EQ(library.report.rows_dropped.at(std::string(describe(Drop::no_intensity))), 1U)
        << nothing;
  }
  EXPECT_TRUE(error_of(with("2", "1", "1,234")).contains("thousands"));
  EXPECT_TRUE(error_of(with("2", "1", "1,234,567")).contains("thousands"));
  EXPECT_TRUE(error_of(with("2", "1", "5 counts")).contains("OVL-LIB-022"));
  EXPECT_TRUE(error_of("\xff\xfeM\0o\0").contains("UTF-16"));
}

TEST_F(ImportDialects, MarksOfDecoysAndContaminantsAreThoseOfFasta) {
  std::string text = header("ModifiedPeptide");
  const std::pair<const char*, const char*> decoys[] = {{"AAADEFK", "rev_sp|P1|A"},
                                                        {"AACDEFK", "REV__P1"},
                                                        {"AAEDEFK", "XXX_P1"},
                                                        {"AAFDEFK", "##P1"},
                                                        {"AAGDEFK", "Reverse_P1"},
                                                        {"AAHDEFK", "DECOY_P1;rev_P2"},
                                                        {"AAIDEFK", "2/DECOY_P1/DECOY_P2"}};
  for (const auto& [sequence, protein] : decoys)
    text += rows_of(sequence, sequence, fmt::format("\t{}\n", protein));
  const std::map<std::string, std::string> targets{{"AAPDEFK", "contam_sp|P9|A"},
                                                   {"AAQDEFK", "sp|Cont_P9|A"},
                                                   {"AARDEFK", "CON__P9"},
                                                   {"AASDEFK", "P8;rev_P7"}};
  for (const auto& [sequence, protein] : targets)
    text += rows_of(sequence, sequence, fmt::format("\t{}\n", protein));
  const auto library = good(text);
  EXPECT_EQ(library.report.decoys, std::size(decoys));
  for (const auto& p : library.precursors) {
    if (p.is_decoy) continue;
    EXPECT_EQ(p.protein_ids, p.peptide.residues == "AASDEFK" ? "P8" : "Cont_P9");
  }
}

TEST_F(ImportDialects, ModificationsMayStandInColumnsOfTheirOwnAsAlphabaseWritesThem) {
  const std::string text =
      "sequence\tmods\tmod_sites\tcharge\trt_norm\tintensity\tfragment_type\tfragment_number\t"
      "fragment_charge\n";
  const auto rows = [](const std::string& mods, const std::string& sites) {
    std::string lines;
    for (int n = 1; n <= 3; ++n)
      lines += fmt::format("MACDEFK\t{}\t{}\t2\t0.5\t1\ty\t{}\t1\n", mods, sites, n);
    return lines;
  };
  const auto library = good(text + rows("", "") + rows("Oxidation@M;Carbamidomethyl@C", "1;3") +
                            rows("Acetyl@Protein_N-term", "0"));
  EXPECT_EQ(
      sequences_of(library),
      (std::vector<std::string>{"(UniMod:1)MACDEFK", "M(UniMod:35)AC(UniMod:4)DEFK", "MACDEFK"}));
}

}  // namespace
}  // namespace overland::exchange
