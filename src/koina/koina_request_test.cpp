#include "koina/koina_request.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace overland::koina {
namespace {

using Json = nlohmann::json;

const Model& requested_model(std::string_view key) {
  return *find_model(key).value();
}

std::string text(std::string_view key, std::string_view peptide) {
  return sequence_text(requested_model(key), parse_peptide(peptide).value()).value_or("-");
}

Json body(std::string_view key, std::string_view instrument) {
  const std::vector<Query> queries{{"AC[UNIMOD:4]K", 2, 25.5F, 0}, {"PEPTIDE", 3, 30, 1}};
  return Json::parse(request_body(requested_model(key), instrument, queries));
}

const Json kSequences = Json::parse(R"({"name":"peptide_sequences","shape":[2,1],
    "datatype":"BYTES","data":["AC[UNIMOD:4]K","PEPTIDE"]})");
const Json kCharges =
    Json::parse(R"({"name":"precursor_charges","shape":[2,1],"datatype":"INT32","data":[2,3]})");
const Json kEnergies = Json::parse(
    R"({"name":"collision_energies","shape":[2,1],"datatype":"FP32","data":[25.5,30.0]})");

TEST(KoinaRequest, BodiesOfTheModels) {
  const auto of = [](const std::vector<Json>& inputs) {
    return Json{{"id", "0"}, {"inputs", inputs}};
  };
  const Json instruments = Json::parse(
      R"({"name":"instrument_types","shape":[2,1],"datatype":"BYTES","data":["QE","QE"]})");
  const Json types = Json::parse(
      R"({"name":"fragmentation_types","shape":[2,1],"datatype":"BYTES","data":["HCD","HCD"]})");
  EXPECT_EQ(body("altimeter", "QE"), of({kSequences, kCharges}));
  EXPECT_EQ(body("prosit_2020_hcd", "QE"), of({kSequences, kCharges, kEnergies}));
  EXPECT_EQ(body("prosit_2024_ptm", "QE"), of({kSequences, kCharges, kEnergies, types}));
  EXPECT_EQ(body("unispec", "QE"), of({kSequences, kCharges, kEnergies, instruments}));
  EXPECT_EQ(body("alphapeptdeep", "QE"), of({kSequences, kCharges, kEnergies, instruments}));
  EXPECT_EQ(body("chronologer", "QE"), of({kSequences}));
  EXPECT_EQ(body("prosit_2024_irt_ptm", "QE"), of({kSequences}));
}

TEST(KoinaRequest, IdentityHoldsWhatTheModelTakesAndNothingElse) {
  const Query query{"PEPTIDE", 2, 25, 0}, energy{"PEPTIDE", 2, 26, 5}, charge{"PEPTIDE", 3, 25, 0};
  const auto id = [](std::string_view key, const Query& q, std::string_view instrument = "QE") {
    return query_identity(requested_model(key), instrument, q);
  };
  EXPECT_EQ(id("altimeter", query), id("altimeter", energy, "LUMOS"));
  EXPECT_NE(id("altimeter", query), id("altimeter", charge));
  EXPECT_NE(id("prosit_2020_hcd", query), id("prosit_2020_hcd", energy));
  EXPECT_NE(id("prosit_2020_hcd", query), id("prosit_2024_ptm", query));
  EXPECT_NE(id("unispec", query), id("unispec", query, "LUMOS"));
  EXPECT_EQ(id("chronologer", query), id("chronologer", charge, "LUMOS"));
}

TEST(KoinaModels, SequencesAsTheServersReadThem) {
  EXPECT_EQ(text("altimeter", "AAC(UniMod:4)DM(UniMod:35)K"), "AAC[UNIMOD:4]DM[UNIMOD:35]K");
  EXPECT_EQ(text("prosit_2024_ptm", "(UniMod:1)PEPTIDEK"), "[UNIMOD:1]-PEPTIDEK");
  EXPECT_EQ(text("alphapeptdeep", "(UniMod:1)PEPTIDEK"), "[UNIMOD:1]-PEPTIDEK");
  EXPECT_EQ(text("unispec", "(UniMod:1)PEPTIDEK"), "P[UNIMOD:1]EPTIDEK");
  EXPECT_EQ(text("unispec", "(UniMod:1)M(UniMod:35)PTIDEK"), "M[UNIMOD:1][UNIMOD:35]PTIDEK");
  EXPECT_EQ(text("chronologer", "(UniMod:28)QPTIDEK"), "Q[UNIMOD:28]PTIDEK");
  EXPECT_EQ(text("chronologer", "Q(UniMod:28)PTIDEK"), "Q[UNIMOD:28]PTIDEK");
}

TEST(KoinaModels, LimitsOfTheModels) {
  EXPECT_EQ(text("altimeter", "AAAAK"), "-");   // five residues
  EXPECT_EQ(text("altimeter", "AAACDK"), "-");  // free cysteine
  EXPECT_EQ(text("altimeter", "AAAS(UniMod:21)DK"), "-");
  EXPECT_EQ(text("altimeter", "AAAP(UniMod:35)DK"), "-");  // known, but not there
  EXPECT_EQ(text("unispec", "AAACDK"), "AAACDK");
  EXPECT_EQ(text("alphapeptdeep", "AAAP(UniMod:35)DK"), "AAAP[UNIMOD:35]DK");
  EXPECT_EQ(text("alphapeptdeep", "AAA[+12.5]DK"), "-");  // no accession
  EXPECT_EQ(text("prosit_2020_hcd", std::string(30, 'A')), std::string(30, 'A'));
  EXPECT_EQ(text("prosit_2020_hcd", std::string(31, 'A')), "-");
  Peptide at_the_end = parse_peptide("PEPTIDEK").value();
  at_the_end.modifications.push_back({.site = 8, .unimod = 2, .mass = -0.984});
  EXPECT_FALSE(sequence_text(requested_model("alphapeptdeep"), at_the_end));
  EXPECT_TRUE(takes_charge(requested_model("unispec"), 1, "LUMOS"));
  EXPECT_FALSE(takes_charge(requested_model("unispec"), 1, "QE"));
  EXPECT_FALSE(takes_charge(requested_model("unispec"), 5, "VELOS"));
  EXPECT_FALSE(takes_charge(requested_model("prosit_2020_hcd"), 7, ""));
}

TEST(KoinaModels, ModificationsMatchAsWholeWords) {
  EXPECT_TRUE(knows_modification(requested_model("chronologer"), 'K', 1));
  EXPECT_FALSE(knows_modification(requested_model("chronologer"), 'K', 12));  // K125, K121
  EXPECT_FALSE(knows_modification(requested_model("chronologer"), 'K', 3));
  EXPECT_FALSE(knows_modification(requested_model("chronologer"), 'K', 0));
  EXPECT_FALSE(knows_modification(requested_model("alphapeptdeep"), 'K', 0));
  EXPECT_TRUE(knows_instrument(requested_model("unispec"), "QE"));
  EXPECT_FALSE(knows_instrument(requested_model("unispec"), "QEHF"));
  EXPECT_FALSE(knows_instrument(requested_model("unispec"), ""));
  EXPECT_TRUE(knows_instrument(requested_model("altimeter"), "anything"));
}

}  // namespace
}  // namespace overland::koina
