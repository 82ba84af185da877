#include "base/memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace overland {
namespace {

TEST(MemorySize, reads_numbers_with_units) {
  EXPECT_EQ(*parse_memory_size("4096"), 4096U);
  EXPECT_EQ(*parse_memory_size("8G"), 8000000000U);
  EXPECT_EQ(*parse_memory_size("500m"), 500000000U);
  EXPECT_EQ(*parse_memory_size("1.5KiB"), 1536U);
  EXPECT_EQ(*parse_memory_size("2TB"), 2000000000000U);
}

TEST(MemorySize, refuses_what_is_no_size) {
  for (const char* text : {"", "G", "-1G", "0", "8X", "8GG", "1e30", "nan", "inf", "8 G", "8iB"}) {
    const auto size = parse_memory_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, "OVL-USE-016");
  }
}

TEST(Memory, the_process_holds_less_than_the_machine_has) {
  EXPECT_GT(own_memory(), 100000U);
  EXPECT_GT(available_memory(), own_memory() / 100);
}

// Without it the second array stays with the process, the first having raised glibc's threshold.
TEST(Memory, large_arrays_are_given_back_each_time) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "ASan keeps freed memory";
#endif
  give_back_arrays_from(1);
  const std::uint64_t before = own_memory();
  for (const std::size_t bytes : {30'000'000U, 20'000'000U, 10'000'000U}) {
    const std::vector<char> array(bytes, 'x');
    EXPECT_GE(own_memory(), before + bytes * 9 / 10) << array.back();
  }
  EXPECT_LT(own_memory(), before + 2'000'000);
}

}  // namespace
}  // namespace overland
