#include "simulate/world/ladder.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "simulate/world/proteome.h"

namespace overland::simulate {
namespace {

// Enumerates how many extra neutrons each residue (and the water) carries.
struct Enumeration {
  std::vector<IsotopeDistribution> parts;
  std::size_t fragment_first = 0, fragment_last = 0;  // parts that belong to the fragment
  Transmission transmitted{};
  IsotopeDistribution result{};

  void visit(std::size_t part, double probability, std::size_t in_fragment, std::size_t total) {
    if (total >= kIsotopeCount) return;
    if (part == parts.size()) {
      result[in_fragment] += static_cast<float>(probability * transmitted[total]);
      return;
    }
    const bool is_inside = part >= fragment_first && part < fragment_last;
    for (std::size_t n = 0; n < kIsotopeCount; ++n) {
      visit(part + 1, probability * static_cast<double>(parts[part][n]),
            in_fragment + (is_inside ? n : 0), total + n);
    }
  }
};

TEST(Ladder, fragment_isotopes_equal_brute_force_enumeration) {
  Rng rng(21, 1);
  const ResidueIsotopes isotopes;
  for (int round = 0; round < 20; ++round) {
    const Peptide peptide{random_tryptic_peptide(rng, 6), {}};
    Ladder ladder;
    ladder.assign(peptide, isotopes);
    Transmission transmitted;
    for (double& t : transmitted) t = rng.uniform();
    for (std::uint8_t ordinal = 1; ordinal < 6; ++ordinal) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        Enumeration brute;
        for (std::size_t i = 0; i < 6; ++i) brute.parts.push_back(isotopes.of(peptide, i));
        brute.parts.push_back(isotopes.water());
        const bool is_b = type == FragmentType::b;
        brute.fragment_first = is_b ? 0 : 6U - ordinal;
        brute.fragment_last = is_b ? ordinal : 7U;
        brute.transmitted = transmitted;
        brute.visit(0, 1, 0, 0);
        const IsotopeDistribution pattern =
            ladder.fragment_isotopes({type, ordinal, 1}, transmitted);
        for (std::size_t f = 0; f < kIsotopeCount; ++f) {
          EXPECT_NEAR(pattern[f], brute.result[f], 1e-6) << peptide.residues << " seed 21";
        }
      }
    }
  }
}

TEST(Ladder, fragment_of_a_pure_monoisotopic_precursor_has_one_peak) {
  const ResidueIsotopes isotopes;
  Ladder ladder;
  ladder.assign(Peptide{"LLSEGVDWK", {}}, isotopes);
  const IsotopeDistribution pattern =
      ladder.fragment_isotopes({FragmentType::y, 5, 1}, {1, 0, 0, 0, 0});
  EXPECT_NEAR(pattern[0], ladder.precursor_isotopes()[0], 1e-6);
  for (std::size_t f = 1; f < kIsotopeCount; ++f) EXPECT_EQ(pattern[f], 0);
}

TEST(Ladder, masses_agree_with_chemistry) {
  const ResidueIsotopes isotopes;
  for (const char* text :
       {"AAC(UniMod:4)M(UniMod:35)LLPK", "(UniMod:1)PEPTIDEK", "SVN(UniMod:7)GR"}) {
    const Peptide peptide = *parse_peptide(text);
    Ladder ladder;
    ladder.assign(peptide, isotopes);
    for (int z = 1; z <= 4; ++z) {
      EXPECT_NEAR(ladder.precursor_mz(z), precursor_mz(peptide, z).value, 1e-9) << text;
    }
    for (std::uint8_t i = 1; i < peptide.residues.size(); ++i) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        const FragmentIon ion{type, i, 2};
        EXPECT_NEAR(ladder.ion_mz(ion), fragment_mz(peptide, ion).value, 1e-9) << text;
      }
    }
    const IsotopeDistribution whole = isotope_distribution(composition(peptide));
    for (std::size_t p = 0; p < kIsotopeCount; ++p) {
      EXPECT_NEAR(ladder.precursor_isotopes()[p], whole[p], 2e-6) << text;
    }
  }
}

}  // namespace
}  // namespace overland::simulate
