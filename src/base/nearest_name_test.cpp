#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/rng.h"

namespace overland {
namespace {

// The definition, by recursion.
std::size_t slow_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const std::size_t replaced =
      slow_distance(a.substr(1), b.substr(1)) + (a.front() == b.front() ? 0 : 1);
  return std::min({replaced, 1 + slow_distance(a.substr(1), b), 1 + slow_distance(a, b.substr(1))});
}

TEST(NearestName, distanceEqualsItsDefinition) {
  constexpr std::uint64_t kSeed = 7;
  Rng rng(kSeed, 0);
  const auto word = [&rng] {
    std::string text;
    for (std::uint64_t n = rng.below(6); n > 0; --n) text += static_cast<char>('a' + rng.below(3));
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string a = word(), b = word();
    ASSERT_EQ(edit_distance(a, b), slow_distance(a, b)) << a << ' ' << b << " seed " << kSeed;
  }
}

TEST(NearestName, takesTheFirstOfTheClosest) {
  const std::vector<std::string> names{"convert", "config", "search"};
  EXPECT_EQ(nearest_name("convrt", names), "convert");
  EXPECT_EQ(nearest_name("", names), "config");
  EXPECT_EQ(nearest_name("serach", names), "search");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(NearestName, whatWasBegunIsNearerThanWhatIsShorter) {
  const std::vector<std::string> names{"calibration.huber", "integrate.huber_delta_factor"};
  EXPECT_EQ(nearest_name("integrate.huber_delta", names), "integrate.huber_delta_factor");
}

}  // namespace
}  // namespace overland
