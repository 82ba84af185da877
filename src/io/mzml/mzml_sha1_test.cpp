#include "io/mzml/mzml_sha1.h"

#include <gtest/gtest.h>

namespace overland::io {
namespace {

std::string sha1(std::string_view text, std::size_t step) {
  Sha1 hash;
  for (; text.size() > step; text.remove_prefix(step)) hash.add(text.substr(0, step));
  hash.add(text);
  return hash.finish();
}

TEST(Sha1, vectors_of_fips_180_whatever_the_pieces) {
  const std::string million(1'000'000, 'a');
  for (const std::size_t step : {1UL, 7UL, 64UL, 100UL, 5'000'000UL}) {
    EXPECT_EQ(sha1("", step), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(sha1("abc", step), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", step),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    EXPECT_EQ(sha1(million, step), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  }
}

}  // namespace
}  // namespace overland::io
