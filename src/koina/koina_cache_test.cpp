#include "koina/koina_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "base/rng.h"

namespace overland::koina {
namespace {

class KoinaCacheFile : public testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() /
            fmt::format("overland_cache_{}_{}", ::getpid(),
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove(file_);
  }
  void TearDown() override { std::filesystem::remove(file_); }

  static KeyedRecord record(std::uint64_t i) {
    return {record_key(fmt::format("key {}", i)), std::string(i * 7 % 50, static_cast<char>(i))};
  }
  [[nodiscard]] std::unique_ptr<KoinaCache> open() const {
    auto cache = KoinaCache::open(file_);
    EXPECT_TRUE(cache) << cache.error().message();
    return std::move(*cache);
  }
  void write(std::uint64_t first, std::uint64_t last) const {
    std::vector<KeyedRecord> records;
    for (std::uint64_t i = first; i < last; ++i) records.push_back(record(i));
    ASSERT_TRUE(open()->append(records));
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put_bytes(std::string_view text) const { std::ofstream(file_, std::ios::binary) << text; }
  std::filesystem::path file_;
};

TEST_F(KoinaCacheFile, KeepsRecordsAcrossOpenings) {
  write(0, 20);
  write(10, 40);  // half of them again
  const auto cache = open();
  EXPECT_EQ(cache->size(), 40U);
  for (std::uint64_t i = 0; i < 40; ++i) EXPECT_EQ(cache->find(record(i).first), record(i).second);
  EXPECT_FALSE(cache->find(record(40).first));
}

TEST_F(KoinaCacheFile, EveryTruncationKeepsTheWholeRecordsBefore) {
  write(0, 5);
  const std::string whole = bytes();
  std::size_t last = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    put_bytes(std::string_view(whole).substr(0, size));
    const auto cache = open();
    const std::size_t kept = cache->size();
    EXPECT_TRUE(kept == last || kept == last + 1) << size;
    for (std::uint64_t i = 0; i < kept; ++i)
      EXPECT_EQ(cache->find(record(i).first), record(i).second);
    EXPECT_TRUE(cache->append(std::vector{record(99)}));  // goes on behind the cut
    EXPECT_EQ(cache->find(record(99).first), record(99).second);
    last = kept;
  }
  EXPECT_EQ(last, 5U);
}

TEST_F(KoinaCacheFile, DamagedBytesNeverGiveWrongRecords) {
  write(0, 12);
  const std::string whole = bytes();
  Rng random(7, 7);
  for (int trial = 0; trial < 60; ++trial) {
    std::string damaged = whole;
    const auto at = 8 + random.below(whole.size() - 8);
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.below(8)));
    put_bytes(damaged);
    const auto cache = open();
    EXPECT_LT(cache->size(), 12U);
    for (std::uint64_t i = 0; i < 12; ++i) {
      const auto found = cache->find(record(i).first);
      EXPECT_TRUE(!found || *found == record(i).second) << trial;
    }
  }
}

TEST_F(KoinaCacheFile, OtherFilesAreRefusedAndLeftAlone) {
  put_bytes("protein\tpeptide\n");
  const auto cache = KoinaCache::open(file_);
  ASSERT_FALSE(cache);
  EXPECT_EQ(cache.error().code, "OVL-KOI-007");
  EXPECT_EQ(bytes(), "protein\tpeptide\n");
}

TEST_F(KoinaCacheFile, OneUserAtATime) {
  const auto first = open();
  const auto second = KoinaCache::open(file_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "OVL-KOI-007");
}

TEST_F(KoinaCacheFile, AFolderThatCannotBeWritten) {
  const auto cache = KoinaCache::open("/proc/overland/koina.cache");
  ASSERT_FALSE(cache);
  EXPECT_EQ(cache.error().code, "OVL-IO-002");
}

TEST_F(KoinaCacheFile, SeveralThreadsAppend) {
  {
    const auto cache = open();
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t i = 0; i < 50; ++i) {
          const std::vector<KeyedRecord> mine{record(t * 50 + i)};
          EXPECT_TRUE(cache->append(mine));
          EXPECT_EQ(cache->find(mine[0].first), mine[0].second);
        }
      });
    }
  }
  const auto cache = open();
  EXPECT_EQ(cache->size(), 200U);
  for (std::uint64_t i = 0; i < 200; ++i) EXPECT_EQ(cache->find(record(i).first), record(i).second);
}

}  // namespace
}  // namespace overland::koina
