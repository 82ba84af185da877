#include "kernel/window_index.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/check.h"
#include "kernel/peak_match.h"

namespace overland::kernel {
namespace {

constexpr int kShift = 9;  // 2^14 bins an octave: 30 to 60 ppm wide

std::uint32_t bin_of(float mz) {
  return std::bit_cast<std::uint32_t>(mz) >> kShift;
}

struct Entry {
  float mz;
  std::uint16_t id;
  std::uint8_t bit;
};

std::vector<Entry> collect_entries(std::span<const std::uint64_t> begin,
                                   std::span<const float> mz) {
  std::vector<Entry> entries;
  entries.reserve((begin.size() - 1) * kIndexedFragments);
  for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
    const std::size_t count = std::min<std::size_t>(begin[i + 1] - begin[i], kIndexedFragments);
    for (std::size_t rank = 0; rank < count; ++rank) {
      const float fragment = mz[begin[i] + rank];
      if (!is_searched(fragment)) continue;
      entries.push_back(
          {fragment, static_cast<std::uint16_t>(i), static_cast<std::uint8_t>(1U << rank)});
    }
  }
  return entries;
}

bool stands_before(const Entry& a, const Entry& b) {
  return a.mz != b.mz ? a.mz < b.mz : a.id != b.id ? a.id < b.id : a.bit < b.bit;
}

}  // namespace

// Counting sort into bins, then a sort within each bin, which holds few entries.
WindowIndex::WindowIndex(std::span<const std::uint64_t> fragment_begin,
                         std::span<const float> fragment_mz)
    : precursor_count_(fragment_begin.size() - 1) {
  check(precursor_count_ <= kMaxIndexedPrecursors,
        "a window index holds at most 65,535 precursors");
  const std::vector<Entry> entries = collect_entries(fragment_begin, fragment_mz);
  if (entries.empty()) return;
  const auto [lowest, highest] = std::ranges::minmax(entries, {}, &Entry::mz);
  first_bin_ = bin_of(lowest.mz);
  bin_begin_.assign(bin_of(highest.mz) - first_bin_ + 2, 0);
  for (const Entry& e : entries) ++bin_begin_[bin_of(e.mz) - first_bin_ + 1];
  std::partial_sum(bin_begin_.begin(), bin_begin_.end(), bin_begin_.begin());
  std::vector<Entry> sorted(entries.size());
  std::vector<std::uint32_t> next(bin_begin_.begin(), bin_begin_.end() - 1);
  for (const Entry& e : entries) sorted[next[bin_of(e.mz) - first_bin_]++] = e;
  for (std::size_t bin = 0; bin + 1 < bin_begin_.size(); ++bin) {
    std::sort(sorted.begin() + bin_begin_[bin], sorted.begin() + bin_begin_[bin + 1],
              stands_before);
  }
  entry_mz_.reserve(sorted.size());
  entry_id_.reserve(sorted.size());
  entry_bit_.reserve(sorted.size());
  for (const Entry& e : sorted) {
    entry_mz_.push_back(e.mz);
    entry_id_.push_back(e.id);
    entry_bit_.push_back(e.bit);
  }
}

void WindowIndex::query(std::span<const float> peak_mz, PpmWindow tolerance, Hits& hits) const {
  if (entry_mz_.empty()) return;
  const MatchRule rule(tolerance);
  const auto last_bin = static_cast<std::uint32_t>(bin_begin_.size() - 2);
  const std::size_t entry_count = entry_mz_.size();
  for (const float mz : peak_mz) {
    if (!is_searched(mz)) continue;
    if (mz < rule.low(entry_mz_.front()) || mz > rule.high(entry_mz_.back())) continue;
    const float least = std::max(rule.least_theoretical(mz), kLowestMz);
    const std::uint32_t bin = std::max(bin_of(least), first_bin_) - first_bin_;
    std::size_t i = bin_begin_[std::min(bin, last_bin)];
    while (i < entry_count && rule.high(entry_mz_[i]) < mz) ++i;
    for (; i < entry_count && rule.low(entry_mz_[i]) <= mz; ++i) {
      const std::uint16_t id = entry_id_[i];
      // Unconditional write (one spare slot at the end) and conditional advance avoid a branch.
      hits.touched[hits.touched_count] = id;
      hits.touched_count += static_cast<std::size_t>(hits.mask[id] == 0);
      hits.mask[id] = static_cast<std::uint8_t>(hits.mask[id] | entry_bit_[i]);
    }
  }
}

void WindowIndex::reset(Hits& hits) {
  for (std::size_t i = 0; i < hits.touched_count; ++i) hits.mask[hits.touched[i]] = 0;
  hits.touched_count = 0;
}

std::size_t WindowIndex::memory_bytes() const {
  return bin_begin_.size() * sizeof(std::uint32_t) +
         entry_mz_.size() * (sizeof(float) + sizeof(std::uint16_t) + sizeof(std::uint8_t));
}

}  // namespace overland::kernel
