#include "exchange/libraries/import_pairs.h"

#include <gtest/gtest.h>

#include <map>

namespace overland::exchange {
namespace {

library::LibraryPrecursor precursor(const char* sequence, bool is_decoy, std::uint8_t entrapment) {
  library::LibraryPrecursor made;
  made.peptide = *parse_peptide(sequence);
  made.charge = 2;
  made.is_decoy = is_decoy;
  made.entrapment = entrapment;
  return made;
}

// A target, its entrapment and the decoys of both are four orders of the same residues: names tell
// which decoy belongs to which.
TEST(ImportPairs, EntrapmentsKnowTheirTargetsAndDecoysTheirOwn) {
  std::vector<library::LibraryPrecursor> precursors{
      precursor("AC(UniMod:4)DEK", false, 0), precursor("DC(UniMod:4)EAK", true, 0),
      precursor("EDC(UniMod:4)AK", false, 1), precursor("C(UniMod:4)ADEK", true, 1),
      precursor("GHLMK", false, 0),           precursor("WWWWK", false, 1)};
  std::vector<std::string> names{"t", "DECOY_t", "e", "DECOY_e", "other", "alone"};
  sort_and_pair(precursors, names);
  std::map<std::string, const library::LibraryPrecursor*> by_name;
  for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = &precursors[i];
  EXPECT_EQ(by_name["DECOY_t"]->pair, by_name["t"]->pair);
  EXPECT_EQ(by_name["DECOY_e"]->pair, by_name["e"]->pair);
  EXPECT_NE(by_name["e"]->pair, by_name["t"]->pair);
  EXPECT_EQ(by_name["e"]->partner, by_name["t"]->pair);
  EXPECT_EQ(by_name["DECOY_e"]->partner, by_name["t"]->pair);
  EXPECT_FALSE(by_name["t"]->partner);
  EXPECT_FALSE(by_name["DECOY_t"]->partner);
  EXPECT_FALSE(by_name["other"]->partner);
  EXPECT_FALSE(by_name["alone"]->partner);  // of no target in the library
}

TEST(ImportPairs, TargetsOfTheSameResiduesShareTheirEntrapmentsOut) {
  std::vector<library::LibraryPrecursor> precursors{
      precursor("ACDEK", false, 0), precursor("CADEK", false, 0), precursor("DACEK", false, 1),
      precursor("EDCAK", false, 1), precursor("CEDAK", false, 2)};
  std::vector<std::string> names{"a", "b", "ea", "eb", "other group"};
  sort_and_pair(precursors, names);
  std::map<std::string, const library::LibraryPrecursor*> by_name;
  for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = &precursors[i];
  EXPECT_EQ(by_name["ea"]->partner, by_name["a"]->pair);
  EXPECT_EQ(by_name["eb"]->partner, by_name["b"]->pair);
  EXPECT_EQ(by_name["other group"]->partner, by_name["a"]->pair);
}

}  // namespace
}  // namespace overland::exchange
