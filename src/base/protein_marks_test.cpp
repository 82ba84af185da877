#include "base/protein_marks.h"

#include <gtest/gtest.h>

namespace overland {
namespace {

TEST(ProteinMarks, OfDecoysAreKnownAndTakenOff) {
  for (const char* name : {"DECOY_P1", "decoy_P1", "Decoy_P1", "rev_P1", "REV_P1", "REV__P1",
                           "Reverse_P1", "REVERSED_P1", "XXX_P1", "##P1", "###REV###P1",
                           "#DECOY#P1", "P1_REVERSED", "P1:reversed", "P1_DECOY"}) {
    EXPECT_TRUE(is_decoy_name(name)) << name;
    EXPECT_EQ(without_decoy_mark(name), "P1") << name;
  }
  for (const char* name :
       {"", "P1", "REV1L_HUMAN", "REV_HV1H2", "rev", "decoy", "sp|P1|X", "REVP1", "rev_", "#P1"}) {
    EXPECT_FALSE(is_decoy_name(name)) << name;
    EXPECT_EQ(without_decoy_mark(name), name);
  }
}

TEST(ProteinMarks, OfContaminantsAreKnownAndTakenOff) {
  for (const char* name : {"contam_P1", "Cont_P1", "contaminant_P1", "CON__P1", "cRAP_P1",
                           "cRAP-P1", "cRAP-017|P1", "zz|P1"}) {
    EXPECT_TRUE(is_contaminant_name(name)) << name;
    EXPECT_EQ(without_contaminant_mark(name), "P1") << name;
  }
  for (const char* name : {"", "P1", "contig_12", "CON_P1", "Cont_", "CRAPP1"}) {
    EXPECT_FALSE(is_contaminant_name(name)) << name;
    EXPECT_EQ(without_contaminant_mark(name), name);
  }
}

}  // namespace
}  // namespace overland
