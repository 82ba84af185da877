#include "io/database/hdf5_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/hdf5_example.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;
using support::Hdf5Example;

struct Record {
  std::uint32_t id;
  float mz;
  std::uint16_t half;
  std::uint8_t flag;
  float tuple[4];
};

class Hdf5 : public testing::Test {
 protected:
  Hdf5() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_hdf5_") + info->name() + ".jld2");
    const Hdf5Example example(file_);
    std::vector<Record> records;
    for (std::uint32_t i = 0; i < 10; ++i) {
      const auto x = static_cast<float>(i);
      // Halves of 1.0 and 0.5.
      const auto half = static_cast<std::uint16_t>(i % 2 == 0 ? 0x3C00 : 0x3800);
      records.push_back({i, 100 + x, half, static_cast<std::uint8_t>(i % 2), {x, -x, 2 * x, 1}});
    }
    example.add_records("data",
                        {{"id", offsetof(Record, id), H5T_NATIVE_UINT32},
                         {"mz", offsetof(Record, mz), H5T_NATIVE_FLOAT},
                         {"half", offsetof(Record, half), support::example_half()},
                         {"flag", offsetof(Record, flag), H5T_NATIVE_UINT8},
                         {"tuple", offsetof(Record, tuple), support::example_tuple()}},
                        records);
    const std::vector<std::uint64_t> numbers{1, 5, 9};
    example.add("numbers", H5T_NATIVE_UINT64, numbers.data(), numbers.size());
  }
  ~Hdf5() override { fs::remove(file_); }
  static std::string code_of(const auto& result) { return result ? "" : result.error().code; }
  fs::path file_;
};

TEST_F(Hdf5, GivesNumbersMembersAndTuples) {
  const auto file = Hdf5File::open(file_);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(*file->length("data"), 10U);
  EXPECT_EQ(*file->values<std::uint64_t>("numbers", "", 0, 3),
            (std::vector<std::uint64_t>{1, 5, 9}));
  EXPECT_EQ(*file->values<std::uint32_t>("data", "id", 2, 3),
            (std::vector<std::uint32_t>{2, 3, 4}));
  EXPECT_EQ(*file->values<float>("data", "mz", 8, 2), (std::vector<float>{108, 109}));
  EXPECT_EQ(*file->values<float>("data", "half", 0, 2), (std::vector<float>{1.0F, 0.5F}));
  EXPECT_EQ(*file->values<std::uint8_t>("data", "flag", 0, 2), (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(*file->width("data", "tuple"), 4U);
  EXPECT_EQ(*file->width("data", "mz"), 1U);
  EXPECT_EQ(*file->values<float>("data", "tuple", 3, 2),
            (std::vector<float>{3, -3, 6, 1, 4, -4, 8, 1}));
  EXPECT_TRUE(file->values<float>("data", "mz", 10, 0)->empty());
}

TEST_F(Hdf5, WhatIsNotThereIsAnError) {
  const auto file = Hdf5File::open(file_);
  ASSERT_TRUE(file);
  EXPECT_EQ(code_of(file->length("nothing")), "OVL-IO-003");
  EXPECT_EQ(*file->width("data", "nothing"), 0U);
  EXPECT_EQ(code_of(file->values<float>("data", "nothing", 0, 1)), "OVL-IO-003");
  EXPECT_EQ(code_of(file->values<float>("data", "", 0, 1)), "OVL-IO-003");
  EXPECT_EQ(code_of(file->values<float>("numbers", "mz", 0, 1)), "OVL-IO-003");
  EXPECT_EQ(code_of(file->values<float>("data", "mz", 5, 6)), "OVL-IO-003");
  EXPECT_EQ(code_of(file->values<float>("data", "mz", ~std::uint64_t{0}, 1)), "OVL-IO-003");
}

TEST_F(Hdf5, OtherFilesAreRefused) {
  EXPECT_EQ(code_of(Hdf5File::open(file_.string() + ".absent")), "OVL-IO-001");
  fs::resize_file(file_, 100);
  EXPECT_EQ(code_of(Hdf5File::open(file_)), "OVL-IO-003");
  std::ofstream(file_, std::ios::trunc) << "text";
  EXPECT_EQ(code_of(Hdf5File::open(file_)), "OVL-IO-003");
}

}  // namespace
}  // namespace overland::io
