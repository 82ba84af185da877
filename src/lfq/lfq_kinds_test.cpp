#include "lfq/lfq_kinds.h"

#include <gtest/gtest.h>

namespace overland::lfq {
namespace {

TEST(LfqKinds, names_of_runs_are_taken_out_of_columns) {
  const auto run = [](const char* name) {
    const auto column = run_of_column(name);
    return column ? column->run : std::string("none");
  };
  EXPECT_EQ(run("LFQ intensity A1"), "A1");
  EXPECT_EQ(run("Intensity A1"), "A1");
  EXPECT_EQ(run("A1 Intensity"), "A1");
  EXPECT_EQ(run("A1 MaxLFQ Intensity"), "A1");
  EXPECT_EQ(run("[3] A1.raw.FG.MS2Quantity"), "A1.raw");
  EXPECT_EQ(run("Intensity"), "none");
  EXPECT_EQ(run("A1.mzML"), "none");
  EXPECT_NE(run_of_column("A Intensity")->pattern, run_of_column("A MaxLFQ Intensity")->pattern);
}

TEST(LfqKinds, spelling_of_columns_does_not_matter_but_their_letters_do) {
  EXPECT_TRUE(is_same_column("Raw file", "raw_file"));
  EXPECT_TRUE(is_same_column("Protein.Group", "protein group "));
  EXPECT_FALSE(is_same_column("Protein.Group", "Protein.Groups"));
  EXPECT_FALSE(is_same_column("Run", "Run2"));
  EXPECT_TRUE(is_identity_column("precursor.charge"));
  EXPECT_FALSE(is_identity_column("20P03300022.mzML"));
}

}  // namespace
}  // namespace overland::lfq
