#include "io/mzml/mzml_spectrum.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "support/mzml_example.h"

namespace overland::io {
namespace {

using support::base64;
using support::Bytes;
using support::numpress_bytes;
using support::plain_bytes;
using support::zlib_bytes;

ArrayEncoding plain(NumberType number, std::uint64_t length) {
  return {.number = number, .names_compression = true, .length = length, .other_terms = {}};
}

std::vector<double> random_mz(std::uint64_t seed, std::size_t count) {
  Rng rng(seed, 0);
  std::vector<double> values;
  double mz = 100;
  for (std::size_t i = 0; i < count; ++i) values.push_back(mz += 0.01 + 3 * rng.uniform());
  return values;
}

std::vector<float> decode(const Bytes& bytes, const ArrayEncoding& encoding) {
  ArrayDecoder decoder;
  std::vector<float> values;
  const auto done = decoder.decode(base64(bytes), encoding, values);
  EXPECT_TRUE(done) << done.error().message();
  return values;
}

std::string error_of(std::string_view text, const ArrayEncoding& encoding) {
  ArrayDecoder decoder;
  std::vector<float> values;
  const auto done = decoder.decode(text, encoding, values);
  return done ? "none" : done.error().code;
}

TEST(MzmlArray, plain_numbers_with_and_without_zlib) {
  const auto values = random_mz(1, 300);
  const std::vector<float> narrowed(values.begin(), values.end());
  std::vector<double> whole;
  for (const double value : values) whole.push_back(std::floor(value));
  const std::vector<float> narrowed_whole(whole.begin(), whole.end());
  for (const bool is_zlib : {false, true}) {
    const auto pack = [&](const Bytes& bytes) { return is_zlib ? zlib_bytes(bytes) : bytes; };
    const auto as = [&](NumberType type) {
      auto encoding = plain(type, values.size());
      encoding.compression = is_zlib ? Compression::zlib : Compression::none;
      return encoding;
    };
    EXPECT_EQ(decode(pack(plain_bytes<double>(values)), as(NumberType::float64)), narrowed);
    EXPECT_EQ(decode(pack(plain_bytes<float>(values)), as(NumberType::float32)), narrowed);
    EXPECT_EQ(decode(pack(plain_bytes<std::int32_t>(whole)), as(NumberType::int32)),
              narrowed_whole);
    EXPECT_EQ(decode(pack(plain_bytes<std::int64_t>(whole)), as(NumberType::int64)),
              narrowed_whole);
  }
}

TEST(MzmlArray, numpress_within_its_own_error) {
  const auto values = random_mz(2, 501);
  struct Case {
    Numpress kind;
    double tolerance;
  };
  for (const auto& [kind, tolerance] :
       {Case{Numpress::linear, 1e-4}, Case{Numpress::positive_integer, 0.5001},
        Case{Numpress::short_logged, 0.2}}) {
    for (const bool is_zlib : {false, true}) {
      auto encoding = plain(NumberType::float64, values.size());
      encoding.numpress = kind;
      encoding.compression = is_zlib ? Compression::zlib : Compression::none;
      const Bytes packed = numpress_bytes(values, kind);
      const auto back = decode(is_zlib ? zlib_bytes(packed) : packed, encoding);
      ASSERT_EQ(back.size(), values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(back[i]), values[i], tolerance) << static_cast<int>(kind);
      }
    }
  }
}

TEST(MzmlArray, short_logged_agrees_with_the_library) {
  const auto values = random_mz(3, 200);
  const Bytes packed = numpress_bytes(values, Numpress::short_logged);
  auto encoding = plain(NumberType::none, values.size());
  encoding.numpress = Numpress::short_logged;
  const auto ours = decode(packed, encoding);
  std::vector<double> theirs(values.size());
  ms::numpress::MSNumpress::decodeSlof(reinterpret_cast<const unsigned char*>(packed.data()),
                                       packed.size(), theirs.data());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_FLOAT_EQ(ours[i], static_cast<float>(theirs[i]));
  }
}

TEST(MzmlArray, empty_arrays_in_every_encoding) {
  EXPECT_TRUE(decode({}, plain(NumberType::float64, 0)).empty());
  auto zipped = plain(NumberType::float64, 0);
  zipped.compression = Compression::zlib;
  EXPECT_TRUE(decode({}, zipped).empty());
  EXPECT_TRUE(decode(zlib_bytes({}), zipped).empty());
}

TEST(MzmlArray, unknown_encodings_are_named) {
  ArrayEncoding encoding{
      .number = NumberType::float64, .length = 1, .other_terms = "MS:1003089, MS:9"};
  ArrayDecoder decoder;
  std::vector<float> values;
  encoding.length = 3;  // neither 24 bytes nor zlib
  const auto compression = decoder.decode("AAAAAAAA8D8=", encoding, values);
  ASSERT_FALSE(compression);
  EXPECT_EQ(compression.error().code, "OVL-RUN-005");
  EXPECT_NE(compression.error().what.find("MS:1003089"), std::string::npos);
  encoding = {.names_compression = true, .length = 1, .other_terms = "MS:1000520"};
  const auto number = decoder.decode("AAAAAAAA8D8=", encoding, values);
  ASSERT_FALSE(number);
  EXPECT_NE(number.error().what.find("number type not known (terms: MS:1000520)"),
            std::string::npos);
}

TEST(MzmlArray, without_a_compression_term_the_data_tell) {
  const auto values = random_mz(6, 30);
  const std::vector<float> narrowed(values.begin(), values.end());
  auto encoding = plain(NumberType::float64, values.size());
  encoding.names_compression = false;
  const Bytes bytes = plain_bytes<double>(values);
  EXPECT_EQ(decode(bytes, encoding), narrowed);
  EXPECT_EQ(decode(zlib_bytes(bytes), encoding), narrowed);
  encoding.length = 0;
  EXPECT_TRUE(decode({}, encoding).empty());
  EXPECT_TRUE(decode(zlib_bytes({}), encoding).empty());
  encoding.length = 29;
  EXPECT_EQ(error_of(base64(bytes), encoding), "OVL-RUN-005");
  EXPECT_EQ(error_of(base64(zlib_bytes(bytes)), encoding), "OVL-RUN-005");
}

TEST(MzmlArray, terms_that_contradict_the_data_are_named) {
  const auto values = random_mz(7, 30);
  const Bytes bytes = plain_bytes<double>(values);
  const auto message = [](const Bytes& data, const ArrayEncoding& encoding) {
    ArrayDecoder decoder;
    std::vector<float> unused;
    const auto done = decoder.decode(base64(data), encoding, unused);
    return done ? std::string("none") : done.error().message();
  };
  const auto encoding = plain(NumberType::float64, values.size());
  auto zipped = encoding;
  zipped.compression = Compression::zlib;
  EXPECT_NE(message(bytes, zipped).find("OVL-RUN-005"), std::string::npos);
  EXPECT_NE(message(bytes, zipped).find("MS:1000574"), std::string::npos);
  EXPECT_NE(message(bytes, zipped).find("30 values uncompressed"), std::string::npos);
  EXPECT_NE(message(zlib_bytes(bytes), encoding).find("MS:1000576"), std::string::npos);
  EXPECT_NE(message(zlib_bytes(bytes), encoding).find("compressed with zlib"), std::string::npos);
  EXPECT_NE(message(plain_bytes<float>(values), encoding).find("64-bit numbers"),
            std::string::npos);
  auto both = zipped;
  both.names_none = true;
  EXPECT_NE(message(zlib_bytes(bytes), both).find("MS:1000576"), std::string::npos);
}

struct StatedWindow {
  double target, lower, upper, low, high;
  WindowDefect defect;
};

TEST(MzmlIsolation, limits_or_what_is_wrong_with_them) {
  using enum WindowDefect;
  constexpr double kNone = MzmlSpectrum::kNone;
  const std::vector<StatedWindow> cases = {
      {500, 4, 6, 496, 506, none},
      {500, 0, 25, 500, 525, none},
      {700, 300, 500, 400, 1200, none},  // wide, but these are offsets
      {500, 490, 510, 490, 510, none},   // these are limits
      {500, 500, 525, 500, 525, none},   // also
      {kNone, kNone, kNone, kNone, kNone, no_window},
      {kNone, 4, 6, kNone, kNone, no_target},
      {0, 0, 0, kNone, kNone, no_target},
      {500, kNone, kNone, kNone, kNone, no_offsets},
      {500, 4, kNone, kNone, kNone, one_offset},
      {500, kNone, 6, kNone, kNone, one_offset},
      {500, -4, 6, kNone, kNone, negative_offset},
      {500, 4, -6, kNone, kNone, negative_offset},
      {500, 0, 0, kNone, kNone, no_width},
      {100, 150, 20, kNone, kNone, below_zero}};
  for (const StatedWindow& stated : cases) {
    SCOPED_TRACE(testing::Message() << stated.target << " " << stated.lower << " " << stated.upper);
    MzmlSpectrum spectrum;
    add_isolation(
        {.target = stated.target, .lower_offset = stated.lower, .upper_offset = stated.upper},
        spectrum);
    EXPECT_EQ(spectrum.window_defect, stated.defect);
    EXPECT_EQ(std::isnan(spectrum.window_low), std::isnan(stated.low));
    if (!std::isnan(stated.low)) {
      EXPECT_EQ(spectrum.window_low, stated.low);
      EXPECT_EQ(spectrum.window_high, stated.high);
    }
    EXPECT_EQ(spectrum.has_limits_as_offsets, stated.lower == stated.low);
  }
  MzmlSpectrum of_width;
  add_isolation({.target = 500, .width = 8}, of_width);
  EXPECT_EQ(of_width.window_low, 496);
  EXPECT_EQ(of_width.window_high, 504);
}

TEST(MzmlArray, wrong_lengths_are_refused) {
  const auto values = random_mz(4, 10);
  const std::string text = base64(plain_bytes<double>(values));
  EXPECT_EQ(error_of(text, plain(NumberType::float64, 10)), "none");
  EXPECT_EQ(error_of(text, plain(NumberType::float64, 9)), "OVL-RUN-004");
  EXPECT_EQ(error_of(text, plain(NumberType::float64, 11)), "OVL-RUN-004");
  EXPECT_EQ(error_of(text, plain(NumberType::float32, 10)), "OVL-RUN-005");  // 8 bytes per value
  EXPECT_EQ(error_of(text, plain(NumberType::float32, 20)), "none");
  EXPECT_EQ(error_of("", plain(NumberType::float64, 1)), "OVL-RUN-004");
  // Nothing is allocated for a length that the bytes cannot hold.
  EXPECT_EQ(error_of(text, plain(NumberType::float64, std::uint64_t{1} << 60)), "OVL-RUN-004");
}

TEST(MzmlArray, damage_is_refused_at_every_length_and_every_place) {
  const auto values = random_mz(5, 40);
  const Bytes packed = zlib_bytes(plain_bytes<double>(values));
  auto encoding = plain(NumberType::float64, values.size());
  encoding.compression = Compression::zlib;
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const Bytes cut(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(error_of(base64(cut), encoding), "none") << size;
  }
  // From the fourth byte: bits of the third may be padding, which no one reads.
  for (std::size_t i = 3; i < packed.size(); ++i) {
    Bytes flipped = packed;
    flipped[i] ^= std::byte{0x10};
    EXPECT_EQ(error_of(base64(flipped), encoding), "OVL-IO-003") << i;
  }
  EXPECT_EQ(error_of("AAA!", encoding), "OVL-IO-003");
}

TEST(MzmlArray, zlib_bombs_do_not_grow) {
  auto encoding = plain(NumberType::float32, 4);
  encoding.compression = Compression::zlib;
  EXPECT_EQ(error_of(base64(zlib_bytes(Bytes(50'000'000))), encoding), "OVL-IO-003");
}

TEST(MzmlArray, damaged_numpress_never_crashes) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 7);
    Bytes bytes(rng.below(60));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng.below(256));
    for (const auto kind : {Numpress::linear, Numpress::positive_integer, Numpress::short_logged}) {
      auto encoding = plain(NumberType::float64, rng.below(100));
      encoding.numpress = kind;
      const std::string code = error_of(base64(bytes), encoding);
      EXPECT_TRUE(code == "none" || code == "OVL-IO-003" || code == "OVL-RUN-004") << code;
    }
  }
}

}  // namespace
}  // namespace overland::io
