#include "train/train_predictor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "io/table/table.h"
#include "predict/predictor_model.h"
#include "predict/spectrum_network.h"
#include "predict/train_spectra.h"
#include "support/table_checks.h"

namespace overland::train {
namespace {

using support::TestFolder;

// Spectra with intense y ions left of proline, and times that grow with the number of F.
io::Table lawful_table(std::size_t peptides, std::uint64_t seed) {
  Rng rng(seed, 1);
  std::vector<std::string> sequence, intensity;
  std::vector<double> charge, nce, irt, holdout;
  for (std::size_t p = 0; p < peptides; ++p) {
    std::string residues;
    for (std::size_t i = 0; i < 8; ++i) residues += "ADEFGLPSTV"[rng.below(10)];
    residues += 'K';
    const std::size_t sites = residues.size() - 1;
    std::vector<int> roots(predict::kSeries * sites, 500);
    for (std::size_t t = 0; t < sites; ++t)
      if (residues[t + 1] == 'P') roots[sites + sites - 1 - t] = 10000;
    std::string text;
    for (const int root : roots) text += (text.empty() ? "" : ";") + std::to_string(root);
    sequence.push_back(residues);
    intensity.push_back(text);
    charge.push_back(2 + static_cast<double>(p % 2));
    nce.push_back(25 + static_cast<double>(p % 5));
    irt.push_back(10 + 4 * static_cast<double>(std::ranges::count(residues, 'F')));
    holdout.push_back(p % 5 == 0 ? 1 : 0);
  }
  io::Table table;
  table.add("modified_sequence", std::move(sequence));
  table.add("intensity", std::move(intensity));
  table.add("charge", std::move(charge));
  table.add("nce", std::move(nce));
  table.add("irt", std::move(irt));
  table.add("holdout", std::move(holdout));
  return table;
}

class TrainPredictor : public ::testing::Test {
 protected:
  TrainPredictor() {
    options_.spectra = {folder_ / "spectra.parquet"};
    options_.out = folder_ / "a.model";
    options_.channels = 8;
    options_.passes = 2;
    options_.retention_passes = 2;
    options_.machine = 2;
    EXPECT_TRUE(io::write_parquet(lawful_table(150, 3), options_.spectra[0]));
  }
  [[nodiscard]] std::string code() const {
    const auto trained = train_predictor(options_);
    return trained ? "" : trained.error().code;
  }
  TestFolder folder_;
  TrainPredictorOptions options_;
};

TEST_F(TrainPredictor, writes_a_model_and_judges_it_on_what_was_held_out) {
  options_.name = "tiny";
  const auto accuracy = train_predictor(options_);
  ASSERT_TRUE(accuracy) << accuracy.error().message();
  EXPECT_EQ(accuracy->spectra, 30U) << "each fifth";
  EXPECT_GT(accuracy->median_similarity, 0.2);
  EXPECT_LE(accuracy->median_similarity, 1);
  ASSERT_EQ(accuracy->by_charge.size(), 3U);
  EXPECT_TRUE(std::isnan(accuracy->by_charge[0])) << "there is none of charge 1";
  ASSERT_EQ(accuracy->retention.size(), 1U);
  EXPECT_EQ(accuracy->retention[0].peptides, 30U);
  EXPECT_GE(accuracy->retention[0].error_95, accuracy->retention[0].mean_absolute_error);
  const auto model = predict::read_model(options_.out);
  ASSERT_TRUE(model) << model.error().message();
  EXPECT_EQ(model->name, "tiny");
  EXPECT_EQ(model->spectrum_shape.channels, 8U);
  EXPECT_EQ(model->least_nce, 25);
  EXPECT_EQ(model->greatest_nce, 29);
  const auto training = nlohmann::json::parse(model->training);
  EXPECT_EQ(training["tables"][0]["file"], "spectra.parquet");
  EXPECT_EQ(training["passes"], 2);
  EXPECT_EQ(training["held_out"]["spectra"], 30);
}

TEST_F(TrainPredictor, the_same_rows_give_the_same_bytes_for_any_number_of_threads) {
  options_.passes = options_.retention_passes = 1;
  options_.machine = 1;
  ASSERT_EQ(code(), "");
  const std::string bytes = support::text_of(options_.out);
  for (const int threads : {2, 3}) {
    options_.machine = threads;
    options_.overwrite = true;
    ASSERT_EQ(code(), "");
    EXPECT_TRUE(support::text_of(options_.out) == bytes) << threads;
  }
}

TEST_F(TrainPredictor, tunes_a_model_and_keeps_its_range_of_energies) {
  ASSERT_EQ(code(), "");
  const auto base = predict::read_model(options_.out);
  ASSERT_TRUE(base);
  options_.base = options_.out;
  options_.out = folder_ / "b.model";
  io::Table other = lawful_table(60, 4);
  ASSERT_TRUE(io::write_parquet(other, folder_ / "other.parquet"));
  options_.spectra = {folder_ / "other.parquet"};
  ASSERT_EQ(code(), "");
  const auto tuned = predict::read_model(options_.out);
  ASSERT_TRUE(tuned);
  EXPECT_EQ(tuned->least_nce, base->least_nce);
  EXPECT_EQ(tuned->spectrum_shape.channels, base->spectrum_shape.channels);
  EXPECT_NE(tuned->spectrum, base->spectrum);
  EXPECT_EQ(tuned->scales.front().mean, base->scales.front().mean);
  EXPECT_EQ(nlohmann::json::parse(tuned->training)["base"], "a.model");
}

TEST_F(TrainPredictor, says_what_is_missing) {
  const TrainPredictorOptions given = options_;
  options_.spectra = {};
  EXPECT_EQ(code(), "OVL-PRE-003") << "a model cannot come from nothing";
  options_ = given;
  options_.from = folder_.path();
  EXPECT_EQ(code(), "OVL-PRE-003") << "results without observed spectra";
  options_ = given;
  options_.base = folder_ / "none.model";
  EXPECT_EQ(code(), "OVL-IO-001");
  options_ = given;
  options_.spectra.push_back(folder_ / "none.parquet");
  EXPECT_EQ(code(), "OVL-IO-001");
  options_ = given;
  ASSERT_TRUE(io::write_parquet(lawful_table(0, 1), folder_ / "empty.parquet"));
  options_.spectra = {folder_ / "empty.parquet"};
  EXPECT_NE(code(), "") << "no rows";
  EXPECT_FALSE(std::filesystem::exists(options_.out));
}

TEST_F(TrainPredictor, overwrites_neither_an_input_nor_a_model_without_being_told) {
  const TrainPredictorOptions given = options_;
  options_.out = options_.spectra[0];
  EXPECT_EQ(code().substr(0, 8), "OVL-USE-");
  options_ = given;
  support::write_text(options_.out, "something");
  EXPECT_EQ(code().substr(0, 8), "OVL-USE-");
  EXPECT_EQ(support::text_of(options_.out), "something");
  options_.overwrite = true;
  options_.passes = options_.retention_passes = 1;
  EXPECT_EQ(code(), "");
  EXPECT_TRUE(predict::read_model(options_.out));
}

}  // namespace
}  // namespace overland::train
