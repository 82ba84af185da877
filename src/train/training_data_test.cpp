#include "train/training_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/table/list_table_sink.h"
#include "io/table/table.h"
#include "predict/spectrum_network.h"
#include "support/table_checks.h"
#include "train/open_predictor.h"

namespace overland::train {
namespace {

using predict::kNotMeasured;
using support::TestFolder;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Rows of a table of spectra; columns that are empty are left out.
struct Spectra {
  std::string sequence_column = "modified_sequence";
  std::vector<std::string> sequence{"PEPTK", "AAGGK"};
  std::vector<double> charge{2, 3}, nce{27, 30};
  std::vector<std::string> intensity{ions(4, 100), ions(4, 200)};
  std::vector<double> irt = {}, holdout = {};

  // A list of the length that a peptide with `sites` cleavage sites has.
  static std::string ions(std::size_t sites, int value) {
    std::string text;
    for (std::size_t i = 0; i < predict::kSeries * sites; ++i)
      text += (i == 0 ? "" : ";") + std::to_string(value + static_cast<int>(i));
    return text;
  }
  [[nodiscard]] io::Table table() const {
    io::Table table;
    if (!sequence.empty()) table.add(sequence_column, sequence);
    if (!charge.empty()) table.add("charge", charge);
    if (!nce.empty()) table.add("nce", nce);
    if (!intensity.empty()) table.add("intensity", intensity);
    if (!irt.empty()) table.add("irt", irt);
    if (!holdout.empty()) table.add("holdout", holdout);
    return table;
  }
};

class SpectrumTable : public ::testing::Test {
 protected:
  std::string code(const Spectra& spectra) {
    data_ = {};
    EXPECT_TRUE(io::write_parquet(spectra.table(), file()));
    const auto done = read_spectrum_table(file(), data_);
    return done ? "" : done.error().code;
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "spectra.parquet"; }
  TestFolder folder_;
  TrainingData data_;
};

TEST_F(SpectrumTable, gives_a_row_per_spectrum) {
  ASSERT_EQ(code({}), "");
  ASSERT_EQ(data_.spectra.size(), 2U);
  EXPECT_EQ(data_.peptides.tokens.size(), 2U);
  EXPECT_EQ(data_.spectra[1].peptide, 1U);
  EXPECT_EQ(data_.spectra[1].charge, 3);
  EXPECT_EQ(data_.spectra[1].nce, 30);
  EXPECT_EQ(data_.spectra[1].roots[0], 200);
  EXPECT_EQ(data_.spectra[1].roots.back(), 200 + predict::kSeries * 4 - 1);
  EXPECT_TRUE(data_.retention.empty()) << "without a column of times";
  EXPECT_EQ(data_.scale_names, std::vector<std::string>{"hydrophobic index"});
}

TEST_F(SpectrumTable, lists_of_numbers_are_the_same_as_text) {
  ASSERT_EQ(code({}), "");
  const std::vector<SpectrumRow> of_text = data_.spectra;
  Spectra spectra;
  spectra.intensity = {};
  io::NamedList list{.name = "intensity", .lists = {{0}, {}}, .unit = "", .description = ""};
  for (const SpectrumRow& row : of_text) {
    list.lists.values.insert(list.lists.values.end(), row.roots.begin(), row.roots.end());
    list.lists.begin.push_back(list.lists.values.size());
  }
  auto sink = io::ListTableSink::open(file());
  ASSERT_TRUE(sink && sink->append(spectra.table(), {list}) && sink->close());
  data_ = {};
  const auto done = read_spectrum_table(file(), data_);
  ASSERT_TRUE(done) << done.error().message();
  ASSERT_EQ(data_.spectra.size(), 2U);
  EXPECT_EQ(data_.spectra[0].roots, of_text[0].roots);
  EXPECT_EQ(data_.spectra[1].roots, of_text[1].roots);
}

TEST_F(SpectrumTable, lower_case_letters_are_modified_residues) {
  Spectra spectra{.sequence_column = "sequence", .sequence = {"PEPcK", "AAmGK"}};
  ASSERT_EQ(code(spectra), "");
  const auto lower = data_.peptides.tokens;
  ASSERT_EQ(code({.sequence = {"PEPC(UniMod:4)K", "AAM(UniMod:35)GK"}}), "");
  EXPECT_EQ(data_.peptides.tokens, lower);
  ASSERT_EQ(code({.sequence = {"PEPCK", "AAMGK"}}), "");
  EXPECT_EQ(data_.peptides.tokens[0], lower[0]) << "cysteine is always carbamidomethylated";
  EXPECT_NE(data_.peptides.tokens[1], lower[1]);
}

TEST_F(SpectrumTable, spectra_of_one_peptide_share_it) {
  ASSERT_EQ(code({.sequence = {"PEPTK", "PEPTK"}}), "");
  EXPECT_EQ(data_.peptides.tokens.size(), 1U);
  EXPECT_EQ(data_.spectra[0].peptide, data_.spectra[1].peptide);
}

TEST_F(SpectrumTable, negative_intensities_are_not_measured_and_great_ones_limited) {
  std::string list = Spectra::ions(4, 0);
  list = "-1;-0.25;1e9;0.6" + list.substr(7);  // of "0;1;2;3"
  ASSERT_EQ(code({.intensity = {list, Spectra::ions(4, 5)}}), "");
  const auto& roots = data_.spectra[0].roots;
  EXPECT_EQ(roots[0], kNotMeasured);
  EXPECT_EQ(roots[1], kNotMeasured);
  EXPECT_EQ(roots[2], 60000);
  EXPECT_EQ(roots[3], 1) << "rounded";
  EXPECT_EQ(roots[4], 4);
}

TEST_F(SpectrumTable, rows_that_cannot_be_used_are_told) {
  const auto message = [&](const Spectra& spectra) {
    EXPECT_EQ(code(spectra), "OVL-PRE-002");
    return read_spectrum_table(file(), data_).error().message();
  };
  for (const double charge : {0.0, 9.0, -1.0, kNan, kInfinite})
    EXPECT_NE(message({.charge = {2, charge}}).find("row 2)"), std::string::npos) << charge;
  for (const double nce : {kNan, kInfinite})
    EXPECT_NE(message({.nce = {27, nce}}).find("energy"), std::string::npos) << nce;
  EXPECT_NE(message({.intensity = {Spectra::ions(3, 1), Spectra::ions(4, 1)}}).find("length"),
            std::string::npos);
  EXPECT_NE(message({.intensity = {"", Spectra::ions(4, 1)}}).find("length"), std::string::npos);
  std::string list = Spectra::ions(4, 0);
  static_cast<void>(message({.intensity = {"x" + list, list}}));
  static_cast<void>(message({.intensity = {"1,5" + list.substr(1), list}}));
  EXPECT_NE(message({.intensity = {"nan" + list.substr(1), list}}).find("missing value"),
            std::string::npos);
  static_cast<void>(message({.sequence = {"K", "AAGGK"}, .intensity = {"", list}}));
}

TEST_F(SpectrumTable, tables_without_a_column_are_told) {
  Spectra spectra;
  spectra.charge = {};
  EXPECT_EQ(code(spectra), "OVL-IO-020");
  spectra = {};
  spectra.nce = {};
  EXPECT_EQ(code(spectra), "OVL-IO-020");
  spectra = {};
  spectra.intensity = {};
  EXPECT_EQ(code(spectra), "OVL-IO-020");
  spectra = {};
  spectra.sequence_column = "peptide";
  EXPECT_EQ(code(spectra), "OVL-IO-020");
  EXPECT_EQ(code({.sequence = {"PEP4TK", "AAGGK"}}), "OVL-LIB-010") << "no peptide";
  EXPECT_EQ(read_spectrum_table(folder_ / "none", data_).error().code, "OVL-IO-001");
}

TEST_F(SpectrumTable, missing_times_and_marks_are_none) {
  ASSERT_EQ(code({.irt = {kNan, 12.5}, .holdout = {kNan, 1}}), "");
  ASSERT_EQ(data_.retention.size(), 1U);
  EXPECT_EQ(data_.retention[0].peptide, 1U);
  EXPECT_EQ(data_.retention[0].time, 12.5F);
  EXPECT_EQ(data_.retention[0].scale, 0U);
  EXPECT_EQ(data_.peptides.is_held_out, (std::vector<std::uint8_t>{0, 1}));
}

class RetentionTable : public ::testing::Test {
 protected:
  std::string code(const std::string& text, const std::string& name = "times.tsv") {
    support::write_text(folder_ / name, text);
    const auto done = read_retention_table(folder_ / name, data_);
    return done ? "" : done.error().code;
  }
  TestFolder folder_;
  TrainingData data_;
};

TEST_F(RetentionTable, has_a_scale_of_its_own) {
  ASSERT_EQ(code("seq\ttr\nPEPTK\t10\nAAGGK\t20\n", "one.tsv"), "");
  ASSERT_EQ(code("modified_sequence,irt\nPEPTK,-3.5\nPEPM(UniMod:35)K,7\n", "two.csv"), "");
  EXPECT_EQ(data_.scale_names,
            (std::vector<std::string>{"hydrophobic index", "one.tsv", "two.csv"}));
  ASSERT_EQ(data_.retention.size(), 4U);
  EXPECT_EQ(data_.peptides.tokens.size(), 3U) << "PEPTK is in both";
  EXPECT_EQ(data_.retention[2].peptide, data_.retention[0].peptide);
  EXPECT_EQ(data_.retention[2].scale, 2U);
  EXPECT_EQ(data_.retention[2].time, -3.5F);
}

TEST_F(RetentionTable, modifications_by_position_are_those_in_the_sequence) {
  ASSERT_EQ(
      code("seq\tmodifications\ttr\nAMGMK\t4|Oxidation\t1\nAMGMK\t2|Oxidation|4|Oxidation\t2\n"
           "AMGMK\t0|Acetyl\t3\nAMGMK\t9|Oxidation\t4\nAMGMK\t1|Oxidation\t5\n"),
      "");
  TrainingData other;
  support::write_text(folder_ / "b.tsv", "seq\ttr\nAMGmK\t1\nAmGmK\t2\nAMGMK\t3\n");
  ASSERT_TRUE(read_retention_table(folder_ / "b.tsv", other));
  EXPECT_EQ(data_.peptides.tokens, other.peptides.tokens)
      << "other modifications, positions beyond the end and other residues change nothing";
}

TEST_F(RetentionTable, about_a_tenth_is_held_out_by_its_residues) {
  std::string text = "seq\ttr\n";
  constexpr std::string_view kLetters = "ADEFGLPSTV";
  for (std::size_t i = 0; i < 2000; ++i) {
    std::string peptide;
    for (std::size_t n = i, k = 0; k < 6; ++k, n /= 10) peptide += kLetters[n % 10];
    text += peptide + "K\t" + std::to_string(i) + "\n";
  }
  ASSERT_EQ(code(text), "");
  const auto first = data_.peptides.is_held_out;
  const auto held_out = std::ranges::count(first, 1);
  EXPECT_GT(held_out, 120);
  EXPECT_LT(held_out, 280);
  data_ = {};
  ASSERT_EQ(code(text, "another_name.tsv"), "");
  EXPECT_EQ(data_.peptides.is_held_out, first) << "the same in each table";
}

TEST_F(RetentionTable, rows_and_tables_that_cannot_be_used_are_told) {
  for (const char* time : {"", "late", "nan", "inf"})
    EXPECT_EQ(code(std::string("seq\ttr\nPEPTK\t") + time + "\n"), "OVL-PRE-002") << time;
  EXPECT_EQ(code("seq\ttr\nK\t1\n"), "OVL-PRE-002") << "one residue";
  EXPECT_EQ(code("seq\ttr\nPEP4\t1\n"), "OVL-PRE-002");
  EXPECT_EQ(code("seq\ttr\n\t1\n"), "OVL-PRE-002");
  EXPECT_EQ(code("peptide\ttr\nPEPTK\t1\n"), "OVL-IO-020");
  EXPECT_EQ(code("seq\ttime\nPEPTK\t1\n"), "OVL-IO-020");
  EXPECT_EQ(read_retention_table(folder_ / "none.tsv", data_).error().code, "OVL-IO-001");
}

TEST(TrainingExamples, are_sorted_by_peptide_and_keep_the_order_of_rows) {
  TrainingData data;
  for (const int letter : {1, 2, 3})
    data.peptides.find_or_add({static_cast<std::uint8_t>(letter), 9});
  const auto row = [](std::uint32_t peptide, std::uint8_t charge) {
    return SpectrumRow{peptide, charge, 27, std::vector<std::uint16_t>(predict::kSeries, charge)};
  };
  data.spectra = {row(2, 2), row(0, 3), row(2, 4), row(0, 1)};
  const predict::SpectrumExamples examples = spectrum_examples(data);
  EXPECT_TRUE(data.spectra.empty()) << "moved, not copied";
  EXPECT_EQ(examples.row_begin, (std::vector<std::uint32_t>{0, 2, 2, 4}));
  EXPECT_EQ(examples.charge, (std::vector<std::uint8_t>{3, 1, 2, 4}));
  EXPECT_EQ(examples.root_begin.back(), 4 * predict::kSeries);
  EXPECT_EQ(examples.roots[predict::kSeries], 1);
}

TEST(TrainingExamples, times_are_standardised_by_the_peptides_that_are_not_held_out) {
  TrainingData data;
  for (const int letter : {1, 2, 3})
    data.peptides.find_or_add({static_cast<std::uint8_t>(letter), 9});
  data.peptides.is_held_out[2] = 1;
  data.scale_names = {"a", "b", "c"};
  data.retention = {{0, 0, 10}, {1, 0, 20}, {2, 0, 1000}, {0, 1, 5}, {1, 1, 5}};
  const auto scales = retention_scales(data);
  ASSERT_EQ(scales.size(), 3U);
  EXPECT_DOUBLE_EQ(scales[0].mean, 15);
  EXPECT_DOUBLE_EQ(scales[0].deviation, 5);
  EXPECT_DOUBLE_EQ(scales[1].deviation, 1) << "all times are equal";
  EXPECT_DOUBLE_EQ(scales[2].mean, 0) << "a scale without times";
  EXPECT_DOUBLE_EQ(scales[2].deviation, 1);
  const auto examples = retention_examples(data, scales);
  EXPECT_EQ(examples.time[0], -1);
  EXPECT_EQ(examples.time[3], 1);
  EXPECT_EQ(examples.time[6], 197);
  EXPECT_TRUE(std::isnan(examples.time[7]));
  EXPECT_TRUE(std::isnan(examples.time[2]));
}

TEST(PredictorChoice, is_the_embedded_model_a_file_or_a_service) {
  const TestFolder folder;
  const auto embedded = tunable_model({});
  ASSERT_TRUE(embedded) << embedded.error().message();
  EXPECT_FALSE(embedded->spectrum.empty());
  EXPECT_TRUE(tunable_model({.name = "koina:any"})) << "a service cannot be tuned";
  EXPECT_TRUE(open_predictor({}, 1));
  const std::string file = (folder / "own.model").string();
  ASSERT_TRUE(predict::write_model(*embedded, file));
  EXPECT_TRUE(open_predictor({.name = file}, 1));
  EXPECT_EQ(open_predictor({.name = file + "x"}, 1).error().code, "OVL-IO-001");
  support::write_text(file, "no model");
  EXPECT_EQ(tunable_model({.name = file}).error().code, "OVL-PRE-001");
  EXPECT_FALSE(open_predictor({.name = "koina:"}, 1));
}

}  // namespace
}  // namespace overland::train
