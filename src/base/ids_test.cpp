#include "base/ids.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <type_traits>

namespace overland {
namespace {

template <class A, class B>
constexpr bool kMixes = std::is_constructible_v<A, B> || std::is_assignable_v<A&, B> ||
                        requires(A a, B b) { a == b; } || requires(A a, B b) { a - b; };

static_assert(!kMixes<RunScan, WindowScan> && !kMixes<WindowScan, RunScan>);
static_assert(!kMixes<PrecursorId, CandidateId> && !kMixes<CandidateId, PrecursorId>);
static_assert(!kMixes<PairId, PrecursorId> && !kMixes<PrecursorId, PairId>);
static_assert(!kMixes<WindowId, RunScan> && !kMixes<PrecursorId, WindowId>);
static_assert(!std::is_convertible_v<std::uint32_t, RunScan>);
static_assert(!std::is_convertible_v<RunScan, std::uint32_t>);
static_assert(!std::is_assignable_v<RunScan&, std::uint32_t>);

template <class Column, class Index>
constexpr bool kTakes = requires(const Column& column, Index index) { column[index]; };
using PerPair = PerId<PairId, float>;
static_assert(kTakes<PerPair, PairId>);
static_assert(!kTakes<PerPair, PrecursorId> && !kTakes<PerPair, std::size_t>);

// A span of them lies on a column of a file, and they are passed in registers.
template <class T>
constexpr bool kIsPlain = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> &&
                          sizeof(T) == sizeof(Stored<T>) && alignof(T) == alignof(Stored<T>);
static_assert(kIsPlain<RunScan> && kIsPlain<PrecursorId> && kIsPlain<WindowId>);
static_assert(std::is_same_v<Stored<WindowId>, std::uint16_t>);
static_assert(std::is_same_v<Stored<float>, float>);

TEST(Ids, are_ordered_and_counted_like_their_integers) {
  const WindowScan first(3);
  WindowScan next = first;
  ++next;
  EXPECT_EQ(next.index(), 4U);
  EXPECT_LT(first, next);
  EXPECT_EQ(first + 7, WindowScan(10));
  EXPECT_EQ(WindowScan(10) - first, 7U);
  EXPECT_EQ(WindowScan(), WindowScan(0));
}

TEST(Ids, do_not_go_back_beyond_the_first) {
  EXPECT_EQ(earlier(WindowScan(5), 2), WindowScan(3));
  EXPECT_EQ(earlier(WindowScan(5), 5), WindowScan(0));
  EXPECT_EQ(earlier(WindowScan(5), 6), WindowScan(0));
  EXPECT_EQ(earlier(WindowScan(5), std::numeric_limits<std::uint32_t>::max()), WindowScan(0));
}

TEST(Ids, find_what_there_is_one_of_for_each) {
  PerId<PairId, int> sizes(2, 7);
  sizes[PairId(1)] = 3;
  sizes.push_back(5);
  EXPECT_EQ(sizes.size(), 3U);
  EXPECT_EQ(sizes[PairId(0)], 7);
  EXPECT_EQ(sizes[PairId(1)], 3);
  EXPECT_EQ(sizes[PairId(2)], 5);
}

TEST(Ids, lie_on_the_columns_of_files) {
  const std::array<std::uint16_t, 3> column{7, 0, 65535};
  const std::span<const WindowId> windows = from_stored<WindowId>(column);
  ASSERT_EQ(windows.size(), column.size());
  for (std::size_t i = 0; i < column.size(); ++i) EXPECT_EQ(stored(windows[i]), column[i]);
  EXPECT_EQ(stored(1.5F), 1.5F);
}

}  // namespace
}  // namespace overland
