#include "predict/predictor_model.h"

#include <gtest/gtest.h>

#include <fstream>

#include "predict/network_predictor.h"

namespace overland::predict {
namespace {

PredictorModel small_model() {
  PredictorModel model;
  model.name = "small";
  model.spectrum_shape = {.channels = 16, .blocks = 1};
  model.retention_shape = {.channels = 16, .blocks = 1};
  model.spectrum = SpectrumNetwork(model.spectrum_shape).plan().initial(1);
  model.retention = RetentionNetwork(model.retention_shape).plan().initial(2);
  model.scales = {{.name = "HI", .mean = 12, .deviation = 6}};
  return model;
}

std::filesystem::path folder() {
  const auto path = std::filesystem::temp_directory_path() / "overland_predictor_model_test";
  std::filesystem::create_directories(path);
  return path;
}

TEST(PredictorModel, RoundTrip) {
  const PredictorModel model = small_model();
  const auto file = folder() / "a.model";
  ASSERT_TRUE(write_model(model, file));
  const auto read = read_model(file);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->spectrum, model.spectrum);
  EXPECT_EQ(read->retention, model.retention);
  EXPECT_EQ(read->scales.front().name, "HI");
  EXPECT_EQ(read->scales.front().deviation, 6);
  EXPECT_EQ(NetworkPredictor(*read).identity(), NetworkPredictor(model).identity());
}

TEST(PredictorModel, DamageIsToldNotFollowed) {
  const auto file = folder() / "b.model";
  ASSERT_TRUE(write_model(small_model(), file));
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto code_of = [](std::string text) {
    const auto parsed = parse_model(std::as_bytes(std::span(text)), "test");
    return parsed ? std::string("none") : parsed.error().code;
  };
  for (std::size_t length : {0UL, 7UL, 15UL, 40UL, whole.size() / 2, whole.size() - 1})
    EXPECT_EQ(code_of(whole.substr(0, length)), "OVL-PRE-001") << length;
  EXPECT_EQ(code_of(whole + "x"), "OVL-PRE-001");
  std::string other = whole;
  other[8] = 9;  // version
  EXPECT_EQ(code_of(other), "OVL-PRE-001");
  other = whole;
  const auto at = other.find("\"channels\":16");
  ASSERT_NE(at, std::string::npos);
  other.replace(at, 13, "\"channels\":-1");
  EXPECT_EQ(code_of(other), "OVL-PRE-001");
  EXPECT_FALSE(read_model(folder() / "absent.model"));
}

Peptide peptide(const char* text) {
  const auto parsed = parse_peptide(text);
  EXPECT_TRUE(parsed);
  return *parsed;
}

TEST(NetworkPredictor, AnswersInOrderAndAlone) {
  const NetworkPredictor predictor(small_model());
  std::vector<Peptide> peptides;
  std::vector<SpectrumRequest> requests;
  for (int i = 0; i < 40; ++i) {
    peptides.push_back(peptide(i % 2 ? "AAC(UniMod:4)LLPEPTIDEK" : "PEM(UniMod:35)TIDER"));
    for (std::uint8_t z = 2; z <= 3; ++z)
      requests.push_back({static_cast<std::uint32_t>(i), z, 20.0F + static_cast<float>(i)});
  }
  peptides.push_back(peptide("A"));  // nothing to break
  requests.push_back({40, 2, 30});
  PredictedSpectra all, one;
  ASSERT_TRUE(predictor.predict_spectra(peptides, requests, all));
  ASSERT_EQ(all.begin.size(), requests.size() + 1);
  EXPECT_TRUE(all.of(80).empty());
  for (std::size_t i = 0; i < 80; ++i) {
    const std::vector<SpectrumRequest> single{requests[i]};
    ASSERT_TRUE(predictor.predict_spectra(peptides, single, one));
    ASSERT_EQ(one.of(0).size(), all.of(i).size());
    float greatest = 0;
    for (std::size_t k = 0; k < one.of(0).size(); ++k) {
      EXPECT_EQ(one.of(0)[k].ion, all.of(i)[k].ion);
      EXPECT_EQ(one.of(0)[k].intensity, all.of(i)[k].intensity);
      greatest = std::max(greatest, one.of(0)[k].intensity);
    }
    EXPECT_EQ(greatest, 1.0F);
  }
}

TEST(NetworkPredictor, EnergiesOutsideTheRangeAreTakenAtItsEdge) {
  const NetworkPredictor predictor(small_model());
  const std::vector<Peptide> peptides{peptide("PEPTIDEK")};
  PredictedSpectra far, edge;
  ASSERT_TRUE(predictor.predict_spectra(peptides, std::vector<SpectrumRequest>{{0, 2, 90}}, far));
  ASSERT_TRUE(predictor.predict_spectra(peptides, std::vector<SpectrumRequest>{{0, 2, 42}}, edge));
  ASSERT_EQ(far.fragments.size(), edge.fragments.size());
  for (std::size_t i = 0; i < far.fragments.size(); ++i)
    EXPECT_EQ(far.fragments[i].intensity, edge.fragments[i].intensity);
}

}  // namespace
}  // namespace overland::predict
