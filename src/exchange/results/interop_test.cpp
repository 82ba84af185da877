#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "exchange/results/line_file.h"
#include "exchange/results/mztab_metadata.h"
#include "exchange/results/observed_fragments.h"
#include "exchange/results/pioneer_rows.h"

namespace overland::exchange {
namespace {

TEST(FragmentLabel, is_read_with_and_without_charge) {
  ObservedFragment f;
  ASSERT_TRUE(read_fragment_label("y12^2", f));
  EXPECT_EQ(std::tuple(f.type, f.ordinal, f.charge), std::tuple("y", 12, 2));
  ASSERT_TRUE(read_fragment_label("b3", f));
  EXPECT_EQ(std::tuple(f.type, f.ordinal, f.charge), std::tuple("b", 3, 1));
  for (const char* label : {"", "y", "y^1", "z3^1", "y3^", "y3^1x", "3"})
    EXPECT_FALSE(read_fragment_label(label, f)) << label;
}

TEST(UsedModifications, fixed_are_those_that_every_residue_has) {
  std::vector<Peptide> peptides;
  for (const char* text :
       {"AC(UniMod:4)MK", "C(UniMod:4)C(UniMod:4)R", "AM(UniMod:35)K", "(UniMod:1)AAK"})
    peptides.push_back(parse_peptide(text).value());
  std::string found;
  for (const UsedModification& m : used_modifications(peptides))
    found += std::string(1, m.residue) + std::to_string(m.modification.unimod) +
             (m.is_fixed ? "f " : "v ");
  EXPECT_EQ(found, "C4f M35v n1v ");
}

TEST(UsedModifications, have_parameters_of_the_unimod_vocabulary) {
  EXPECT_EQ(modification_parameter({.site = 0, .unimod = 35, .mass = 15.99}),
            "[UNIMOD, UNIMOD:35, Oxidation, ]");
  EXPECT_EQ(modification_parameter({.site = 0, .unimod = 0, .mass = -1.5}),
            "[CHEMMOD, CHEMMOD:-1.50000, , ]");
  EXPECT_EQ(program_parameter("overland 0.1.0"), "[, , overland, 0.1.0]");
}

TEST(PioneerPeptide, is_written_as_pioneer_does) {
  const auto p = pioneer_peptide("(UniMod:1)AC(UniMod:4)KPM(UniMod:35)R", 2);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->structural_mods, "(1,n,Unimod:1)(2,C,Unimod:4)(5,M,Unimod:35)");
  EXPECT_EQ(p->written, "_A(Unimod:1)C(Unimod:4)KPM(Unimod:35)R_.2");
  EXPECT_EQ(p->missed_cleavages, 1);
  EXPECT_FALSE(pioneer_peptide("A?K", 2));
}

TEST(LineFile, quotes_what_would_break_a_line) {
  const auto file = std::filesystem::temp_directory_path() / "overland_line_file.csv";
  const std::vector<std::string> fields{"a", "b,c", "say \"x\"", ""};
  ASSERT_TRUE(write_line_file(file, [&](LineFile& lines) {
    lines.add_fields(fields, ',');
    return Result<void>();
  }));
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(text.str(), "a,\"b,c\",\"say \"\"x\"\"\",\n");
  std::filesystem::remove(file);
  EXPECT_EQ(number_text(0.1F), "0.1");
  EXPECT_EQ(number_text(std::nan(""), "null"), "null");
}

}  // namespace
}  // namespace overland::exchange
