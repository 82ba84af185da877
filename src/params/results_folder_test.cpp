#include "params/results_folder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace overland::params {
namespace {

const std::vector<Artefact> kAll{kRunRecord,
                                 kLibraryRecord,
                                 kBuiltLibraryRecord,
                                 kRefinedLibraryRecord,
                                 kObservedSpectra,
                                 kOwnModels,
                                 kModels,
                                 kCalibrationPoints,
                                 kPeakGroups,
                                 kScores,
                                 kRowScores,
                                 kProteinGroups,
                                 kFeatureImportance,
                                 kMatchedScores,
                                 kTraces,
                                 kTracePoints,
                                 kOwnQuantities,
                                 kLimits,
                                 kQuantities,
                                 kReportRecord,
                                 kAuditEntries,
                                 kConvertedRun};

TEST(ResultsFolder, files_of_stages_are_below_work) {
  const ResultsFolder folder("out");
  EXPECT_EQ(folder.path_of(kModels, "run1"), "out/work/borrow/run1.json");
  EXPECT_EQ(folder.path_of(kPeakGroups, "run1", "first_"),
            "out/work/first_second_pass/run1/psms.arrow");
  EXPECT_EQ(folder.path_of(kProteinGroups), "out/work/score/protein_groups.arrow");
  EXPECT_EQ(folder.path_of(kProteinGroups, "run1"), folder.path_of(kProteinGroups))
      << "one file of all runs";
}

TEST(ResultsFolder, names_of_runs_may_have_spaces_dots_and_braces) {
  const ResultsFolder folder("/data/my results");
  EXPECT_EQ(folder.path_of(kScores, "a run.2026"), "/data/my results/work/score/a run.2026.arrow");
  EXPECT_EQ(folder.path_of(kScores, "{run}"), "/data/my results/work/score/{run}.arrow")
      << "replaced once";
  EXPECT_EQ(folder.path_of(kRowScores, "x"), "/data/my results/work/score/x.rows.arrow");
}

TEST(ResultsFolder, no_two_artefacts_share_a_file_or_a_name) {
  const ResultsFolder folder("out");
  std::set<std::string> files;
  std::set<std::string_view> names;
  for (const Artefact& artefact : kAll) {
    EXPECT_TRUE(files.insert(folder.path_of(artefact, "run").string()).second) << artefact.name;
    EXPECT_TRUE(names.insert(artefact.name).second) << artefact.name;
    const bool differs = folder.path_of(artefact, "a") != folder.path_of(artefact, "b");
    EXPECT_EQ(differs, artefact.is_per_run()) << artefact.name;
  }
}

TEST(ResultsFolder, runs_never_share_a_file) {
  const ResultsFolder folder("out");
  for (const Artefact& artefact : kAll) {
    if (!artefact.is_per_run()) continue;
    EXPECT_NE(folder.path_of(artefact, "run"), folder.path_of(artefact, "run.rows"))
        << artefact.name;
    EXPECT_NE(folder.path_of(artefact, "run"), folder.path_of(artefact, "run", "first_"));
  }
}

TEST(ResultsFolder, knows_the_files_beside_the_stages) {
  const ResultsFolder folder("out");
  EXPECT_EQ(folder.root(), "out");
  EXPECT_EQ(folder.work(), "out/work");
  EXPECT_EQ(folder.config(), "out/config.json");
  EXPECT_EQ(folder.log(), "out/log.txt");
  EXPECT_EQ(folder.known_hashes(), "out/work/hashes.json");
  EXPECT_EQ(folder.lock(), "out/work/search.lock");
  EXPECT_EQ(folder.koina_cache(), "out/work/koina.cache");
  EXPECT_EQ(folder.built_library(), "out/library.lib");
}

}  // namespace
}  // namespace overland::params
