#include "library_build/library_block.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "base/rng.h"

namespace overland::library_build {
namespace {

namespace fs = std::filesystem;

std::string block_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

class Block : public testing::Test {
 protected:
  Block() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_block_") + info->name());
  }
  ~Block() override { fs::remove(file_); }

  static LibraryBlock random_block(std::uint64_t seed, bool has_splines) {
    Rng random(seed, 0);
    LibraryBlock block;
    block.counts.peptides = random.below(1000);
    block.counts.guessed = random.below(1000);
    for (int i = 0; i < 50; ++i) {
      BlockPrecursor p{};
      p.mz = static_cast<float>(400 + random.below(600));
      p.irt = static_cast<float>(random.uniform());
      p.pair = static_cast<std::uint32_t>(random.below(100));
      p.charge = static_cast<std::uint8_t>(2 + random.below(3));
      p.first_fragment = static_cast<std::uint32_t>(block.fragments.size());
      p.fragment_count = static_cast<std::uint16_t>(1 + random.below(12));
      p.text_begin = static_cast<std::uint32_t>(block.text.size());
      p.text_length = static_cast<std::uint16_t>(1 + random.below(20));
      block.text.append(p.text_length, static_cast<char>('A' + random.below(26)));
      for (int f = 0; f < p.fragment_count; ++f) {
        block.fragments.push_back({static_cast<float>(random.uniform()),
                                   static_cast<std::uint16_t>(random.below(65536)),
                                   static_cast<std::uint8_t>(random.below(256)),
                                   static_cast<std::uint8_t>(random.below(256))});
        if (!has_splines) continue;
        library::EncodedSpline& spline = block.splines.emplace_back();
        for (std::uint16_t& c : spline) c = static_cast<std::uint16_t>(random.below(65536));
      }
      block.precursors.push_back(p);
    }
    if (has_splines) {
      block.spline = library::SplineForm{.knots = {6, 13, 22, 25, 33, 39, 48, 55},
                                         .low_nce = 21,
                                         .high_nce = 39,
                                         .reference_nce = 28.5};
    }
    return block;
  }
  [[nodiscard]] std::string code() const {
    const auto block = MappedBlock::open(file_);
    return block ? "" : block.error().code;
  }
  fs::path file_;
};

void expect_same(const LibraryBlock& wanted, const MappedBlock& found) {
  EXPECT_EQ(found.counts().peptides, wanted.counts.peptides);
  EXPECT_EQ(found.counts().guessed, wanted.counts.guessed);
  EXPECT_EQ(found.spline(), wanted.spline);
  ASSERT_EQ(found.precursors().size(), wanted.precursors.size());
  for (std::size_t i = 0; i < wanted.precursors.size(); ++i) {
    const BlockPrecursor& p = found.precursors()[i];
    EXPECT_EQ(std::memcmp(&p, &wanted.precursors[i], sizeof p), 0);
    EXPECT_EQ(found.text(p), wanted.text.substr(p.text_begin, p.text_length));
    const auto fragments = found.fragments(p);
    ASSERT_EQ(fragments.size(), p.fragment_count);
    EXPECT_EQ(
        std::memcmp(fragments.data(), &wanted.fragments[p.first_fragment], fragments.size_bytes()),
        0);
    const auto splines = found.splines(p);
    ASSERT_EQ(splines.size(), wanted.spline ? p.fragment_count : 0U);
    for (std::size_t f = 0; f < splines.size(); ++f) {
      EXPECT_EQ(splines[f], wanted.splines[p.first_fragment + f]);
    }
  }
}

TEST_F(Block, ComesBackAsItWasWritten) {
  for (const bool has_splines : {false, true}) {
    const LibraryBlock block = random_block(7, has_splines);
    ASSERT_TRUE(write_block(block, file_));
    auto found = MappedBlock::open(file_);
    ASSERT_TRUE(found) << found.error().message();
    expect_same(block, *found);
    MappedBlock moved = std::move(*found);
    expect_same(block, moved);
    ASSERT_TRUE(write_block(random_block(8, !has_splines), file_));
    auto other = MappedBlock::open(file_);
    ASSERT_TRUE(other) << other.error().message();
    moved = std::move(*other);
    expect_same(random_block(8, !has_splines), moved);
  }
}

TEST_F(Block, AnyOtherByteIsNoticed) {
  ASSERT_TRUE(write_block(random_block(9, true), file_));
  const std::string whole = block_bytes(file_);
  Rng random(9, 1);
  for (int i = 0; i < 300; ++i) {
    std::string changed = whole;
    // The header, with the form of the splines, byte by byte; the rest here and there.
    const std::size_t at = i < 250 ? static_cast<std::size_t>(i) : random.below(whole.size());
    changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1 + random.below(255)));
    put_bytes(file_, changed);
    EXPECT_EQ(code(), "OVL-IO-003") << at;
  }
  for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{9}}) {
    put_bytes(file_, whole.substr(0, length));
    EXPECT_EQ(code(), "OVL-IO-003") << length;
  }
  put_bytes(file_, "OVLBLK01" + whole.substr(8));
  EXPECT_EQ(code(), "OVL-IO-003") << "of an earlier form";
  put_bytes(file_, whole);
  EXPECT_EQ(code(), "");
}

}  // namespace
}  // namespace overland::library_build
