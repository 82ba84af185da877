#include "io/byte_source.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/rng.h"
#include "support/mzml_example.h"

namespace overland::io {
namespace {

using support::Bytes;
using support::gzip_bytes;

// In pieces of any size, as a file or a network might give them.
ByteSource pieces(const Bytes& bytes, std::uint64_t seed) {
  return [&bytes, at = std::size_t{0},
          rng = Rng(seed, 0)]() mutable -> Result<std::span<const std::byte>> {
    const std::size_t size = std::min(bytes.size() - at, 1 + rng.below(50));
    at += size;
    return std::span(bytes).subspan(at - size, size);
  };
}

std::optional<std::string> read_all(const ByteSource& source) {
  std::string text;
  for (;;) {
    const auto piece = source();
    if (!piece) return std::nullopt;
    if (piece->empty()) return text;
    text.append(reinterpret_cast<const char*>(piece->data()), piece->size());
  }
}

std::string random_text(std::uint64_t seed, std::size_t size) {
  Rng rng(seed, 1);
  std::string text;
  while (text.size() < size) text += "abcdefgh"[rng.below(8)];
  return text;
}

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(MzmlSource, gzip_of_one_or_more_members_in_any_pieces) {
  const std::string one = random_text(1, 1'500'000), two = random_text(2, 1000);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    EXPECT_EQ(read_all(gunzip_source(pieces(gzip_bytes(two), seed), "x")), two);
  }
  const Bytes both = joined(joined(gzip_bytes(one), gzip_bytes("")), gzip_bytes(two));
  EXPECT_EQ(read_all(gunzip_source(memory_source(both), "x")), one + two);
  EXPECT_EQ(read_all(read_ahead_source(gunzip_source(memory_source(both), "x"))), one + two);
  EXPECT_EQ(read_all(gunzip_source(memory_source(joined(both, Bytes(513))), "x")), one + two);
}

TEST(MzmlSource, cut_gzip_is_an_error_at_every_length) {
  const Bytes whole = gzip_bytes(random_text(3, 500));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(read_all(gunzip_source(memory_source(cut), "x")), std::nullopt) << size;
    if (size % 16 != 0) continue;  // a thread each
    const auto ahead = read_ahead_source(gunzip_source(memory_source(cut), "x"));
    EXPECT_EQ(read_all(ahead), std::nullopt) << size;
  }
}

TEST(MzmlSource, changed_gzip_is_an_error) {
  const Bytes whole = gzip_bytes(random_text(4, 500));
  for (std::size_t i = 10; i < whole.size(); ++i) {  // after the header, most of which is free
    Bytes changed = whole;
    changed[i] ^= std::byte{1};
    EXPECT_EQ(read_all(gunzip_source(memory_source(changed), "x")), std::nullopt) << i;
  }
  EXPECT_EQ(read_all(gunzip_source(memory_source(joined(whole, Bytes(9, std::byte{7}))), "x")),
            std::nullopt);
}

TEST(MzmlSource, a_reader_ahead_may_be_dropped_at_any_time) {
  const Bytes bytes(5'000'000);
  const auto source = read_ahead_source(memory_source(bytes));
  EXPECT_TRUE(source());  // the next piece is under way when the source goes
}

TEST(MzmlSource, missing_file_is_named) {
  const auto source = file_source("/nowhere/run.mzML");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, "OVL-IO-001");
  EXPECT_EQ(source.error().where, "/nowhere/run.mzML");
}

}  // namespace
}  // namespace overland::io
