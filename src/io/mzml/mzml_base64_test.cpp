#include "io/mzml/mzml_base64.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/rng.h"

namespace overland::io {
namespace {

std::vector<std::byte> random_bytes(Rng& rng, std::size_t count) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(rng.below(256)));
  return bytes;
}

std::optional<std::string> decoded(std::string_view text) {
  std::vector<std::byte> bytes;
  if (!decode_base64(text, bytes)) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

TEST(Base64, test_vectors_of_rfc_4648) {
  for (const auto& [text, plain] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYmE=", "fooba"}}) {
    EXPECT_EQ(decoded(text), plain);
    std::string encoded;
    encode_base64(std::as_bytes(std::span(plain)), encoded);
    EXPECT_EQ(encoded, text);
  }
}

TEST(Base64, random_bytes_come_back_whatever_white_space_is_between) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 0);
    const auto bytes = random_bytes(rng, rng.below(400));
    std::string text;
    encode_base64(bytes, text);
    std::string spaced;
    for (const char c : text) {
      spaced += c;
      while (rng.below(9) == 0) spaced += " \n\r\t"[rng.below(4)];
    }
    std::vector<std::byte> back;
    ASSERT_TRUE(decode_base64(text, back));
    EXPECT_EQ(back, bytes);
    ASSERT_TRUE(decode_base64(spaced, back));
    EXPECT_EQ(back, bytes);
  }
}

TEST(Base64, refuses_what_is_not_base64) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zm9v=", "Zg==Zg==", "Zg==x",
                           "Z=g=", "Zm9!", "Zm 9", "Zm9v\xC3\xA9zz", "Zm-_"}) {
    EXPECT_EQ(decoded(text), std::nullopt) << text;
  }
  EXPECT_EQ(decoded(std::string_view("Zm9\0", 4)), std::nullopt);
  EXPECT_EQ(decoded(" Zg=\n= \n"), "f");
  EXPECT_EQ(decoded(" \n "), "");
}

}  // namespace
}  // namespace overland::io
