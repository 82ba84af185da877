// Spectra as text whose annotations, lists of modifications or keys differ from the usual ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "exchange/libraries/import_library.h"
#include "exchange/libraries/listed_modifications.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

using Annotate = std::function<std::string(int, int)>;  // of y, by number and charge

// A record of AACMDEFK with carbamidomethyl and oxidation: y1 to y6, and y5 and y6 of charge 2.
std::string record(const std::string& comment, const Annotate& annotate) {
  const Peptide peptide = *parse_peptide("AAC(UniMod:4)M(UniMod:35)DEFK");
  std::string text = fmt::format("Name: AACMDEFK/2\nComment: Parent={:.4f} {}\nNum peaks: 8\n",
                                 precursor_mz(peptide, 2).value, comment);
  for (const auto& [n, z] :
       {std::pair(1, 1), {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}, {5, 2}, {6, 2}}) {
    const FragmentIon ion{FragmentType::y, static_cast<std::uint8_t>(n),
                          static_cast<std::uint8_t>(z)};
    text += fmt::format("{:.4f}\t{}\t\"{}\"\n", fragment_mz(peptide, ion).value, 10 * n + z,
                        annotate(n, z));
  }
  return text + "\n";
}

ImportedLibrary imported(const std::string& text) {
  const fs::path file = fs::path(testing::TempDir()) / "overland_msp_dialect.msp";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  auto library = import_library(file);
  EXPECT_TRUE(library) << library.error().message() << "\n" << text;
  fs::remove(file);
  return library ? std::move(*library) : ImportedLibrary{};
}

void expect_whole(const std::string& text) {
  const ImportedLibrary library = imported(text);
  ASSERT_EQ(library.precursors.size(), 1U) << text;
  const auto& precursor = library.precursors[0];
  EXPECT_EQ(to_unimod_notation(precursor.peptide), "AAC(UniMod:4)M(UniMod:35)DEFK");
  EXPECT_EQ(precursor.irt, 7.5F) << text;
  EXPECT_EQ(precursor.fragments.size(), 8U) << text;
}

constexpr const char* kMods = "Mods=2/2,C,Carbamidomethyl/3,M,Oxidation";

TEST(MspDialects, AnnotationsNameTheChargeInManyWays) {
  const Annotate styles[] = {
      [](int n, int z) { return fmt::format("y{}{}/0.0ppm", n, z > 1 ? "^2" : ""); },
      [](int n, int z) { return fmt::format("y{}{}/0.0ppm", n, z > 1 ? "^2)" : ""); },
      [](int n, int z) {
        return fmt::format("y{}{}", n, std::string(static_cast<std::size_t>(z), '+'));
      },
      [](int n, int z) { return fmt::format("y{}({}+)", n, z); },
      [](int n, int z) { return fmt::format("y{}(+{})", n, z); },
      [](int n, int z) { return fmt::format("y{}+{}", n, z); },
      [](int, int) { return std::string("?"); }};
  for (const Annotate& style : styles)
    expect_whole(record(fmt::format("{} iRT=7.5", kMods), style));
}

TEST(MspDialects, ModificationsAndTimesHaveManyKeys) {
  const Annotate plain = [](int n, int z) { return fmt::format("y{}^{}", n, z); };
  for (const char* mods :
       {kMods, "Mods=2(2,C,CAM)(3,M,Oxidation)", "Mods=2/3,C,Carbamidomethyl/4,M,Oxidation",
        "\"ModString=AACMDEFK//Carbamidomethyl@C3; Oxidation@M4/2\""}) {
    for (const char* time : {"iRT=7.5", "RetentionTime=7.5", "RetentionTimeMins=7.5", "RT=7.5"})
      expect_whole(record(fmt::format("{} {}", mods, time), plain));
  }
}

TEST(MspDialects, ListsOfModificationsAreReadOrRefused) {
  const auto prosit = parse_mod_string("AACK//Carbamidomethyl@C3/2", "AACK");
  ASSERT_TRUE(prosit);
  ASSERT_EQ(prosit->size(), 1U);
  EXPECT_EQ(prosit->front().position, 2);
  EXPECT_TRUE(parse_mod_string("AACK///2", "AACK").value().empty());
  for (const char* bad : {"AACK", "AACK//Carbamidomethyl@C2/2", "AACK//Carbamidomethyl/2",
                          "AACK//X@C9/2", "AACK//X@/2"}) {
    EXPECT_FALSE(parse_mod_string(bad, "AACK")) << bad;
  }
  const auto alphabase =
      parse_site_lists("Acetyl@Any_N-term;Oxidation@M;Amidated@Any_C-term", "0;2;-1");
  ASSERT_TRUE(alphabase);
  EXPECT_EQ((*alphabase)[0].position, kBeforeFirst);
  EXPECT_EQ((*alphabase)[1].position, 1);
  EXPECT_EQ((*alphabase)[2].position, kAfterLast);
  for (const auto& [names, sites] : {std::pair("A@M", ""), {"", "1"}, {"A@M", "x"}, {"A@M", "-2"}})
    EXPECT_FALSE(parse_site_lists(names, sites)) << names << sites;
}

}  // namespace
}  // namespace overland::exchange
