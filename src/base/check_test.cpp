#include "base/check.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/parallel.h"

namespace overland {
namespace {

TEST(Check, passes_what_holds) {
  EXPECT_NO_THROW(check(true, "one is one"));
}

// Tests run with and without NDEBUG.
TEST(Check, names_the_promise_the_file_and_the_line) {
  const int line = __LINE__ + 2;
  try {
    check(false, "two is one");
    FAIL();
  } catch (const CheckFailed& failed) {
    EXPECT_STREQ(failed.what(), "two is one");
    EXPECT_EQ(failed.where(), "base/check_test.cpp:" + std::to_string(line));
  }
}

TEST(Check, reaches_the_caller_of_a_loop_of_several_threads) {
  EXPECT_THROW(
      parallel_for(100, 2, [](std::size_t i, int) { check(i != 70, "the item is not 70"); }),
      CheckFailed);
}

}  // namespace
}  // namespace overland
