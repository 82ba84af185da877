#include "report/chromatogram_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/report_example.h"

namespace overland::report {
namespace {

using namespace support;

// By the alphabet of RFC 4648, six bits at a time.
std::string decoded(const std::string& text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits, bytes;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t value = kLetters.find(c);
    EXPECT_NE(value, std::string_view::npos) << c;
    for (int bit = 5; bit >= 0; --bit) bits += (value >> bit & 1U) != 0 ? '1' : '0';
  }
  for (std::size_t i = 0; i + 8 <= bits.size(); i += 8)
    bytes += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
  return bytes;
}

TEST(Base64, of_any_bytes_decodes_to_them) {
  constexpr std::uint64_t kSeed = 41;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (std::size_t length = 0; length < 200; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(random.below(256));
    const std::string text = base64(bytes);
    EXPECT_EQ(text.size(), (length + 2) / 3 * 4);
    EXPECT_EQ(decoded(text), bytes);
  }
}

class Chromatograms : public testing::Test {
 protected:
  Chromatograms() { example_.write_traces(file_); }
  TestFolder folder_;
  std::filesystem::path file_ = folder_ / "xic.parquet";
  ExampleResults example_ = example_results();
};

TEST_F(Chromatograms, are_found_by_precursor_over_all_runs) {
  const auto file = ChromatogramFile::open(file_);
  ASSERT_TRUE(file) << file.error().message();
  ASSERT_EQ(file->precursors().size(), 5U);
  EXPECT_EQ(file->precursors()[0], "AC(UniMod:4)LLPEPK2") << "in order of first appearance";
  for (std::size_t p = 0; p < 5; ++p) {
    const std::string& id = file->precursors()[p];
    std::vector<const ExampleTrace*> want;
    for (const ExampleTrace& t : example_.traces)
      if (example_.id(example_.rows[t.row]) == id) want.push_back(&t);
    const auto got = file->of(id);
    ASSERT_TRUE(got) << got.error().message();
    ASSERT_EQ(got->size(), want.size());
    EXPECT_EQ(file->run_count(p), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      const ReportRow& row = example_.rows[want[i]->row];
      const Chromatogram& c = (*got)[i];
      EXPECT_EQ(c.run, example_.runs[row.run]);
      EXPECT_EQ(c.is_decoy, row.precursor == 4);
      EXPECT_EQ(c.rt_minutes, want[i]->minutes);
      EXPECT_EQ(c.fragments, want[i]->fragments);
      EXPECT_EQ(c.raw, want[i]->raw);
      EXPECT_EQ(c.weight, want[i]->weight);
      EXPECT_EQ(c.share, want[i]->share);
      EXPECT_EQ(c.apex, row.rt);
      EXPECT_EQ(std::isnan(c.area), std::isnan(row.quantity));
    }
  }
  EXPECT_TRUE(file->of("NOSUCH2")->empty());
}

TEST_F(Chromatograms, of_many_are_those_of_each_whatever_the_order) {
  const auto file = ChromatogramFile::open(file_);
  ASSERT_TRUE(file);
  const std::vector<std::size_t> wanted{3, 0, 4, 0};
  const auto many = file->of_many(wanted);
  ASSERT_TRUE(many);
  ASSERT_EQ(many->size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto one = file->of(file->precursors()[wanted[i]]);
    ASSERT_EQ((*many)[i].size(), one->size());
    for (std::size_t k = 0; k < one->size(); ++k) {
      EXPECT_EQ((*many)[i][k].run, (*one)[k].run);
      EXPECT_EQ((*many)[i][k].raw, (*one)[k].raw);
    }
  }
  EXPECT_TRUE(file->of_many({})->empty());
}

TEST_F(Chromatograms, lists_that_are_too_short_are_filled_with_zeros) {
  example_.traces[0].raw.resize(4);
  example_.traces[0].weight.clear();
  example_.traces[0].share.clear();
  example_.write_traces(file_);
  const auto c = ChromatogramFile::open(file_)->of("AC(UniMod:4)LLPEPK2")->front();
  EXPECT_EQ(c.raw.size(), 15U);
  EXPECT_EQ(c.raw[14], 0);
  EXPECT_EQ(c.weight, std::vector<float>(5, 0));
  EXPECT_EQ(c.share, std::vector<float>(3, 0));
}

TEST_F(Chromatograms, a_file_without_what_is_needed_is_refused) {
  const auto code = [&] {
    const auto file = ChromatogramFile::open(file_);
    return file ? std::string() : file.error().code;
  };
  EXPECT_EQ(code(), "");
  ASSERT_TRUE(io::write_parquet(example_.report(), file_));
  EXPECT_EQ(code(), "OVL-IO-090");
  write_text(file_, "PAR1");
  EXPECT_EQ(code(), "OVL-IO-003");
  std::filesystem::remove(file_);
  EXPECT_EQ(code(), "OVL-IO-001");
}

Chromatogram trace() {
  return {.run = "b",
          .rt_minutes = {1, 2},
          .fragments = {"y1^1", "b2^1"},
          .raw = {0, 100, 25, 1},
          .weight = {0, 40},
          .share = {0.75F, 0.25F},
          .rt_start = 1,
          .rt_stop = 2,
          .apex = std::numeric_limits<float>::quiet_NaN(),
          .area = 7};
}

TEST(ChromatogramJson, plain_has_the_numbers) {
  const PageJson json = chromatogram_json(trace(), {"a", "b"}, false);
  EXPECT_EQ(json["run"], 1);
  EXPECT_EQ(json["raw"].dump(), "[0,100,25,1]");
  EXPECT_EQ(json["weight"].dump(), "[0,40]");
  EXPECT_EQ(json["library"].dump(), "[0.75,0.25]");
  EXPECT_TRUE(json["apex"].is_null());
  EXPECT_EQ(json["area"], 7);
  EXPECT_EQ(json["isDecoy"], false);
  EXPECT_EQ(chromatogram_json(trace(), {"a"}, false)["run"], "b") << "a run of another search";
}

TEST(ChromatogramJson, compact_is_right_to_a_step_of_the_square_root_scale) {
  constexpr std::uint64_t kSeed = 43;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  Chromatogram many = trace();
  many.raw.clear();
  for (int i = 0; i < 500; ++i) many.raw.push_back(static_cast<float>(1e6 * random.uniform()));
  const PageJson json = chromatogram_json(many, {"b"}, true);
  const auto top = json["top"].get<double>();
  const std::string bytes = decoded(json["raw"].get<std::string>());
  ASSERT_EQ(bytes.size(), many.raw.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const double root = static_cast<unsigned char>(bytes[i]) / 255.0;
    const double want = std::sqrt(static_cast<double>(many.raw[i]) / top);
    EXPECT_NEAR(root, want, 0.5 / 255 + 1e-3) << many.raw[i];
  }
}

TEST(ChromatogramJson, of_nothing_observed_is_dark_and_not_broken) {
  Chromatogram dark = trace();
  dark.raw = {0, -1, std::numeric_limits<float>::quiet_NaN(), 0};
  dark.weight = {0, 0};
  const PageJson json = chromatogram_json(dark, {"b"}, true);
  EXPECT_EQ(json["top"], 0);
  EXPECT_EQ(decoded(json["raw"].get<std::string>()), std::string(4, '\0'));
}

}  // namespace
}  // namespace overland::report
