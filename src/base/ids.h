// Numbers of things, one type for each table or list they count in: the number of one thing cannot
// stand where the number of another is expected. A number is made explicitly and used as an index
// by index(). Numbers of one kind are compared and subtracted, and moved by a count; there is no
// number for "none", which is an empty std::optional. The types take the memory of their integer,
// so that a column of a file maps onto a span of them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace overland {

// `Index`: the unsigned integer that memory and files hold.
template <class Tag, class Index = std::uint32_t>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Index index) : index_(index) {}
  [[nodiscard]] constexpr Index index() const { return index_; }

  auto operator<=>(const Id&) const = default;
  constexpr Id& operator++() {
    ++index_;
    return *this;
  }
  friend constexpr Id operator+(Id id, Index count) {
    return Id(static_cast<Index>(id.index_ + count));
  }
  // Precondition: first <= last.
  friend constexpr Index operator-(Id last, Id first) {
    return static_cast<Index>(last.index_ - first.index_);
  }
  // Moved back by a count, but not before the first of all.
  friend constexpr Id earlier(Id id, Index count) {
    return Id(static_cast<Index>(id.index_ > count ? id.index_ - count : 0));
  }

 private:
  Index index_ = 0;
};

// A row of the library.
using PrecursorId = Id<struct PrecursorTag>;
// A target and its decoys.
using PairId = Id<struct PairTag>;
// A candidate of one window: its place among those that are scored together.
using CandidateId = Id<struct CandidateTag>;
// A scan of the run, in order of retention time.
using RunScan = Id<struct RunScanTag>;
// A scan of a list of scans, such as those of one isolation window: its place in the list.
using WindowScan = Id<struct WindowScanTag>;
// An isolation window of the run, by lower limit. Files hold 16 bits of it.
using WindowId = Id<struct WindowTag, std::uint16_t>;

// One value for each thing of a kind, found by its number and by no other.
template <class AnyId, class T>
class PerId {
 public:
  PerId() = default;
  explicit PerId(std::vector<T> values) : values_(std::move(values)) {}
  PerId(std::size_t count, const T& value) : values_(count, value) {}

  [[nodiscard]] T& operator[](AnyId id) { return values_[id.index()]; }
  [[nodiscard]] const T& operator[](AnyId id) const { return values_[id.index()]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  void push_back(const T& value) { values_.push_back(value); }

 private:
  std::vector<T> values_;
};

// How files hold a value: a number of a thing as its integer, all else as it is.
template <class T>
[[nodiscard]] constexpr T stored(T value) {
  return value;
}
template <class Tag, class Index>
[[nodiscard]] constexpr Index stored(Id<Tag, Index> id) {
  return id.index();
}
template <class T>
using Stored = decltype(stored(T()));

// A mapped column as what it holds: the reverse of stored().
template <class T>
[[nodiscard]] std::span<const T> from_stored(std::span<const Stored<T>> column) {
  static_assert(sizeof(T) == sizeof(Stored<T>));
  return {reinterpret_cast<const T*>(column.data()), column.size()};
}

}  // namespace overland
