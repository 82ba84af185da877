// The fragment index of one isolation window for the first pass: finds the precursors whose
// fragments have peaks in a scan, without knowledge of retention times.
//
// Holds at most 65,535 precursors (16-bit local ids; a larger slice is cut into tiles by the
// caller) and the first kIndexedFragments fragments of each. A query sets one bit per fragment
// seen, so a fragment counts once, whatever the number of peaks near it, and the counter cannot
// overflow. Immutable after building; many threads may query at once, each with its own Hits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/units.h"

namespace overland::kernel {

inline constexpr std::size_t kIndexedFragments = 8;
inline constexpr std::size_t kMaxIndexedPrecursors = 65535;

class WindowIndex {
 public:
  // Scratch and result of a query. Sized once for an index; all masks are zero between queries.
  struct Hits {
    explicit Hits(std::size_t precursor_count)
        : mask(precursor_count), touched(precursor_count + 1) {}
    std::vector<std::uint8_t> mask;      // per local id: bit r = fragment r seen
    std::vector<std::uint16_t> touched;  // local ids with any bit set, in order of first touch
    std::size_t touched_count = 0;
  };

  // CSR of fragments: precursor i owns fragment_mz[fragment_begin[i] .. fragment_begin[i + 1]),
  // most intense first. Fragments outside of the searched m/z (peak_match.h) are left out.
  WindowIndex(std::span<const std::uint64_t> fragment_begin, std::span<const float> fragment_mz);

  // Sets the bits of all fragments that match a peak by peak_match.h. `peak_mz` ascending. The
  // caller reads `hits` and then calls reset.
  void query(std::span<const float> peak_mz, PpmWindow tolerance, Hits& hits) const;
  static void reset(Hits& hits);

  [[nodiscard]] std::size_t precursor_count() const { return precursor_count_; }
  [[nodiscard]] std::size_t entry_count() const { return entry_mz_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  std::size_t precursor_count_ = 0;
  std::uint32_t first_bin_ = 0;
  std::vector<std::uint32_t> bin_begin_;  // first entry of each logarithmic m/z bin
  std::vector<float> entry_mz_;           // ascending
  std::vector<std::uint16_t> entry_id_;
  std::vector<std::uint8_t> entry_bit_;
};

}  // namespace overland::kernel
