#include "exchange/results/mztab_metadata.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/results_example.h"

namespace overland::exchange {
namespace {

using namespace support;

std::vector<Peptide> peptides(const std::vector<const char*>& texts) {
  std::vector<Peptide> list;
  for (const char* text : texts) list.push_back(parse_peptide(text).value());
  return list;
}

TEST(StudyVariables, hold_each_run_once_in_order_of_first_appearance) {
  const TestFolder folder;
  const auto variables = study_variables(opened(example_results(), folder / "out"));
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0].name, "A");
  EXPECT_EQ(variables[0].runs, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(variables[1].runs, (std::vector<std::size_t>{2}));
}

TEST(UsedModifications, of_one_site_in_two_kinds_are_both_variable) {
  std::string found;
  for (const UsedModification& m :
       used_modifications(peptides({"C(UniMod:4)AK", "C[+40.5]AK", "AM(UniMod:35)R"})))
    found += std::string(1, m.residue) + std::to_string(m.modification.unimod) +
             (m.is_fixed ? "f " : "v ");
  EXPECT_NE(found.find("C4v"), std::string::npos) << found;
  EXPECT_NE(found.find("C0v"), std::string::npos) << found;
  EXPECT_NE(found.find("M35f"), std::string::npos) << found;
}

TEST(UsedModifications, by_mass_alone_are_told_apart_by_their_mass) {
  const auto used = used_modifications(peptides({"AC[+40.5]K", "AC[+41.5]K", "AC[+40.5]CK"}));
  ASSERT_EQ(used.size(), 2U);
  EXPECT_NE(used[0].modification.mass, used[1].modification.mass);
  EXPECT_TRUE(used_modifications({}).empty());
  EXPECT_TRUE(used_modifications(peptides({"AAK"})).empty());
}

TEST(ModificationParameter, has_the_four_parts_that_mztab_wants) {
  for (const int unimod : {1, 4, 21, 35, 999999}) {
    const std::string text = modification_parameter({.site = 0, .unimod = unimod, .mass = 1});
    EXPECT_TRUE(text.starts_with("[UNIMOD, UNIMOD:" + std::to_string(unimod) + ", ")) << text;
    EXPECT_EQ(std::ranges::count(text, ','), 3) << text;
    EXPECT_TRUE(text.ends_with(", ]")) << text;
  }
  EXPECT_EQ(modification_parameter({.site = 0, .unimod = 0, .mass = 12.345678}),
            "[CHEMMOD, CHEMMOD:+12.34568, , ]");
}

TEST(ProgramParameter, needs_no_version) {
  EXPECT_EQ(program_parameter("overland"), "[, , overland, ]");
  EXPECT_EQ(program_parameter("overland 1.2 beta"), "[, , overland, 1.2 beta]");
}

TEST(MztabMetadata, says_so_where_nothing_is_modified) {
  const TestFolder folder;
  const SearchResults results = opened(example_results(), folder / "out");
  ASSERT_TRUE(write_line_file(folder / "m", [&](LineFile& lines) {
    add_mztab_metadata(results, peptides({"AAK"}), lines);
    return Result<void>();
  }));
  const std::string text = text_of(folder / "m");
  EXPECT_NE(text.find("MTD\tfixed_mod[1]\t[MS, MS:1002453, No fixed modifications searched, ]\n"),
            std::string::npos);
  EXPECT_NE(text.find("MTD\tvariable_mod[1]\t[MS, MS:1002454, "), std::string::npos);
  EXPECT_EQ(text.find("-site"), std::string::npos);
}

TEST(MztabMetadata, sites_of_termini_have_their_position) {
  const TestFolder folder;
  const SearchResults results = opened(example_results(), folder / "out");
  ASSERT_TRUE(write_line_file(folder / "m", [&](LineFile& lines) {
    add_mztab_metadata(results, peptides({"(UniMod:1)AMK", "AC(UniMod:4)K"}), lines);
    return Result<void>();
  }));
  const std::string text = text_of(folder / "m");
  EXPECT_NE(text.find("MTD\tfixed_mod[1]-site\tC\nMTD\tfixed_mod[1]-position\tAnywhere\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("MTD\tvariable_mod[1]-site\tN-term\nMTD\tvariable_mod[1]-position\tAny N-term\n"),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace overland::exchange
