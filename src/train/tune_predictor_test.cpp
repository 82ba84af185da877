#include "train/tune_predictor.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "predict/retention_network.h"
#include "predict/spectrum_network.h"
#include "predict/train_spectra.h"
#include "support/random_peptides.h"

namespace overland::train {
namespace {

predict::PredictorModel small_model() {
  predict::PredictorModel model;
  model.name = "small";
  model.spectrum_shape = {.channels = 16, .blocks = 1};
  model.retention_shape = {.channels = 16, .blocks = 1};
  model.spectrum = predict::SpectrumNetwork(model.spectrum_shape).plan().initial(1);
  model.retention = predict::RetentionNetwork(model.retention_shape).plan().initial(2);
  model.scales = {{.name = "HI", .mean = 12, .deviation = 6}};
  return model;
}

// Spectra with one law (y ions left of proline), retention with another.
std::vector<TuningExample> lawful_examples(std::size_t peptides) {
  Rng rng(8, 8);
  std::vector<TuningExample> examples;
  for (std::size_t p = 0; p < peptides; ++p) {
    TuningExample e;
    for (std::size_t i = 0; i < 9; ++i) e.peptide.residues += "ADEFGLPSTV"[rng.below(10)];
    e.peptide.residues += 'K';
    const std::size_t sites = e.peptide.residues.size() - 1;
    e.roots.assign(predict::kSeries * sites, 500);
    for (std::size_t t = 0; t < sites; ++t)
      if (e.peptide.residues[t + 1] == 'P') e.roots[sites + sites - 1 - t] = 10000;
    e.irt = 20;
    for (const char c : e.peptide.residues) e.irt += c == 'F' ? 5 : c == 'D' ? -3 : 0;
    for (std::uint8_t z = 2; z <= 3; ++z) {
      e.charge = z;
      examples.push_back(e);
    }
  }
  return examples;
}

TEST(TunePredictor, LearnsWhatWasSeenWithoutSeeingTheJudgedPeptides) {
  const predict::PredictorModel base = small_model();
  TuningSettings settings{.passes = 20, .retention_passes = 40, .peak_rate = 4e-3, .machine = 2};
  const auto tuned = tune_predictor(base, lawful_examples(900), 27, settings);
  ASSERT_TRUE(tuned) << tuned.error().message();
  EXPECT_EQ(tuned->report.spectra, 1800U);
  EXPECT_LT(tuned->report.similarity_before, 0.75);
  EXPECT_GE(tuned->report.similarity_energy, tuned->report.similarity_before - 1e-6);
  EXPECT_GT(tuned->report.similarity_tuned, tuned->report.similarity_before + 0.1);
  EXPECT_LT(tuned->report.retention_error_tuned, 0.7 * tuned->report.retention_error_before);
  settings.machine = 1;
  const auto again = tune_predictor(base, lawful_examples(900), 27, settings);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->predictor->identity(), tuned->predictor->identity());
}

TEST(TunePredictor, FewPeptidesLeaveTheNetworksAlone) {
  const auto tuned = tune_predictor(small_model(), lawful_examples(40), 27, {});
  ASSERT_TRUE(tuned);
  EXPECT_EQ(tuned->report.similarity_tuned, tuned->report.similarity_energy);
  EXPECT_FALSE(tune_predictor(small_model(), {}, 27, {}));
}

TEST(CrossFitted, FoldsFollowTheResiduesWithLeucineForIsoleucine) {
  EXPECT_EQ(predict::fold_of("PEPTIDEK", 3), predict::fold_of("PEPTLDEK", 3));
  std::size_t count[3] = {};
  Rng rng(1, 1);
  for (int i = 0; i < 3000; ++i) {
    std::string s;
    for (int k = 0; k < 9; ++k) s += static_cast<char>('A' + rng.below(20));
    ++count[predict::fold_of(s, 3)];
  }
  for (const std::size_t n : count) EXPECT_NEAR(static_cast<double>(n), 1000, 120);
}

}  // namespace
}  // namespace overland::train
