#include "koina/koina_answer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "koina/prediction_record.h"
#include "support/test_service.h"

namespace overland::koina {
namespace {

const Model& model(std::string_view key) {
  return *find_model(key).value();
}

struct Asked {
  std::vector<Peptide> peptides;
  std::vector<Query> queries;
};

Asked one_peptide(int charge = 2) {
  return {{parse_peptide("AGPTK").value()}, {{"AGPTK", static_cast<std::uint8_t>(charge), 27, 0}}};
}

Result<Answer> read(std::string_view key, std::string_view json, const Asked& asked) {
  const auto reply = parse_reply(json, "test");
  if (!reply) return std::unexpected(reply.error());
  return read_answer(model(key), *reply, asked.queries, asked.peptides, "M, batch 1 of 1");
}

std::string code(std::string_view key, std::string_view json, const Asked& asked) {
  const auto answer = read(key, json, asked);
  return answer ? "" : answer.error().code;
}

// AGPTK, monoisotopic: b2 = 129.0659, y1 = 147.1128, y2 = 248.1605, y3 = 345.2132, y4 = 402.2347.
std::string spectrum(std::string_view values, std::string_view mzs, std::string_view names,
                     int slots) {
  return fmt::format(R"({{"outputs":[
      {{"name":"intensities","datatype":"FP32","shape":[1,{3}],"data":[{0}]}},
      {{"name":"mz","datatype":"FP32","shape":[1,{3}],"data":[{1}]}},
      {{"name":"annotation","datatype":"BYTES","shape":[1,{3}],"data":[{2}]}}]}})",
                     values, mzs, names, slots);
}

TEST(KoinaAnswer, PlainSpectraKeepBAndYAboveTheLimit) {
  const auto answer = read("unispec",
                           spectrum("0.5, 1.0, -1, 0.0005, 0.25, 0.3, 0.2",
                                    "345.2132, 402.2347, 300, 147.1128, 129.0659, 327.2026, 86.1",
                                    R"("y3","y4","b3","y1","b2","y3-H2O","IK")", 7),
                           one_peptide());
  ASSERT_TRUE(answer) << answer.error().message();
  const auto ions = read_ions(answer->records.at(0), 1).value();
  ASSERT_EQ(ions.size(), 3U);
  EXPECT_EQ(ions[0].ion, (FragmentIon{FragmentType::b, 2, 1}));
  EXPECT_EQ(ions[0].values[0], 0.25F);
  EXPECT_EQ(ions[1].ion, (FragmentIon{FragmentType::y, 3, 1}));
  EXPECT_EQ(ions[2].values[0], 1.0F);
  EXPECT_FALSE(answer->knots);
}

TEST(KoinaAnswer, IonsThePrecursorCannotHaveAreLeftOut) {
  const auto answer =
      read("alphapeptdeep",
           spectrum("0.5, 1.0, 0.7", "345.2132, 173.1103, 473.3", R"("y3+1","y3+2","y5+1")", 3),
           one_peptide(1));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(read_ions(answer->records.at(0), 1)->size(), 1U);
}

TEST(KoinaAnswer, ASpectrumWithoutPeaksIsEmpty) {
  const auto answer =
      read("prosit_2020_hcd", spectrum("-1, 0", "-1, 0", R"("y1+1","y1+2")", 2), one_peptide());
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->records.at(0).empty());
}

TEST(KoinaAnswer, WhatCannotBeIsRefused) {
  const Asked asked = one_peptide();
  // Another m/z: the sequence was read otherwise.
  EXPECT_EQ(code("unispec", spectrum("0.5", "361.2", "\"y3\"", 1), asked), "OVL-KOI-006");
  EXPECT_EQ(code("unispec", spectrum("0.5,0.4", "345.2132,345.2132", R"("y3","y3")", 2), asked),
            "OVL-KOI-006");
  EXPECT_EQ(code("unispec", spectrum("0.5", "345.2132", "\"?\"", 1), asked), "OVL-KOI-006");
  EXPECT_EQ(code("unispec", spectrum("NaN", "345.2132", "\"y3\"", 1), asked), "OVL-KOI-004");
  EXPECT_EQ(code("unispec", spectrum("0.5,1", "345.2132", "\"y3\"", 1), asked), "OVL-KOI-005");
  EXPECT_EQ(code("unispec", spectrum("0.5", "345.2132", "3", 1), asked), "OVL-KOI-005");
  EXPECT_EQ(code("unispec", R"({"outputs":[]})", asked), "OVL-KOI-005");
}

TEST(KoinaAnswer, RetentionTimes) {
  const std::string json =
      R"({"outputs":[{"name":"rt","datatype":"FP32","shape":[1,1],"data":[12.5]}]})";
  const auto answer = read("chronologer", json, one_peptide());
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(read_number(answer->records.at(0)), 12.5F);
  EXPECT_EQ(code("prosit_2024_irt_ptm", json, one_peptide()), "OVL-KOI-005");  // named 'irt' there
}

class Splines : public testing::Test {
 protected:
  Splines() {
    for (const std::string_view text : {"AGPTKDE", "MEEVDLK"}) {
      asked_.queries.push_back(
          {std::string(text), 2, 27, static_cast<std::uint32_t>(asked_.peptides.size())});
      asked_.peptides.push_back(parse_peptide(text).value());
    }
    json_ = support::TestJson::parse(support::test_splines(
        request_body(model("altimeter"), "", asked_.queries), support::test_knots()));
  }
  [[nodiscard]] std::string code_now() const { return code("altimeter", json_.dump(), asked_); }
  support::TestJson& output(std::size_t i) { return json_["outputs"][i]; }

  Asked asked_;
  support::TestJson json_;
};

TEST_F(Splines, CoefficientsLieByDegree) {
  for (int i = 0; i < 1600; ++i) output(0)["data"][static_cast<std::size_t>(i)] = i + 1;
  const auto answer = read("altimeter", json_.dump(), asked_);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(*answer->knots, (kernel::SplineKnots{6, 13, 22, 25, 33, 39, 48, 55}));
  for (std::size_t row = 0; row < 2; ++row) {
    const auto ions = read_ions(answer->records.at(row), 4).value();
    EXPECT_GT(ions.size(), 8U);
    for (const Ion& ion : ions) {
      const auto slot = static_cast<std::size_t>(ion.values[0]) - 1 - row * 800;
      EXPECT_EQ(altimeter_ion(static_cast<int>(slot) + 28), ion.ion);
      for (std::size_t k = 1; k < 4; ++k)
        EXPECT_EQ(ion.values[k], ion.values[0] + static_cast<float>(200 * k));
    }
  }
}

TEST_F(Splines, KnotsMayStandOnceOrPerPeptide) {
  EXPECT_EQ(code_now(), "");
  support::TestJson knots = output(1)["data"];
  for (std::size_t i = 0; i < 8; ++i) knots.push_back(knots[i]);
  output(1)["data"] = knots;
  output(1)["shape"] = {2, 8};
  EXPECT_EQ(code_now(), "");
  output(1)["data"][12] = 34;
  EXPECT_EQ(code_now(), "OVL-KOI-006");  // differ
}

TEST_F(Splines, WhatCannotBeIsRefused) {
  const support::TestJson good = json_;
  output(1)["data"][3] = 5;  // falls
  EXPECT_EQ(code_now(), "OVL-KOI-006");
  json_ = good;
  output(1)["data"].erase(7);
  EXPECT_EQ(code_now(), "OVL-KOI-005");
  json_ = good;
  output(1)["name"] = "knotts";
  EXPECT_EQ(code_now(), "OVL-KOI-005");
  json_ = good;
  output(0)["shape"] = {2, 200, 5};
  EXPECT_EQ(code_now(), "OVL-KOI-005");
  json_ = good;
  output(2)["data"][0] = 30;  // y2 at the m/z of y1: another dictionary
  EXPECT_EQ(code_now(), "OVL-KOI-006");
  json_ = good;
  output(2)["data"][0] = 59;  // the precursor: left out
  EXPECT_EQ(code_now(), "");
}

TEST(PredictionRecord, ReadsBackWhatWasWritten) {
  const std::vector<Ion> ions{{{FragmentType::b, 3, 2}, {0.5F, 1, 2, 3}},
                              {{FragmentType::y, 200, 1}, {-1, 0, 1e-30F, 4}}};
  const auto again = read_ions(write_ions(ions, 4), 4).value();
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].ion, ions[1].ion);
  EXPECT_EQ(again[1].values, ions[1].values);
  EXPECT_FALSE(read_ions(write_ions(ions, 4).substr(1), 4));
  EXPECT_FALSE(read_ions(std::string(7, '\x05'), 1));  // no such ion type
  EXPECT_FALSE(read_number("abc") || read_knots("abc"));
}

}  // namespace
}  // namespace overland::koina
