// A block of a library under construction: the precursors of some hundred peptides in their stored
// form, but in the order in which they were made. Blocks are kept on disk until all are complete;
// an existing block is not made again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "library/library_writer.h"

namespace overland::library_build {

// Counts of one block, or sums over all blocks.
struct BlockCounts {
  std::uint64_t peptides = 0;  // target peptides processed
  std::uint64_t forms = 0;     // modified and labelled forms of these peptides
  std::uint64_t capped = 0;    // peptides with more forms than allowed
  std::uint64_t pairs = 0;     // targets and entrapments, each with its decoys
  // Precursors of the block.
  std::uint64_t targets = 0;
  std::uint64_t entrapments = 0;
  std::uint64_t decoys = 0;
  // Target precursors left out, by reason.
  std::uint64_t outside_mz = 0;     // m/z outside the range
  std::uint64_t unpredicted = 0;    // no prediction
  std::uint64_t few_fragments = 0;  // too few fragments, also of an entrapment
  std::uint64_t alike = 0;          // a decoy would share most of the fragments
  std::uint64_t guessed = 0;        // peptides predicted without their unknown modifications
  BlockCounts& operator+=(const BlockCounts& other);
};

struct BlockPrecursor {
  float mz, irt;
  std::uint32_t pair, partner;   // relative to the first of the block
  std::uint32_t protein_set;     // protein list * (entrapments + 1) + entrapment
  std::uint32_t first_fragment;  // in the block
  std::uint32_t text_begin;      // modified sequence in the block's text
  std::uint16_t text_length, fragment_count;
  std::uint8_t charge, is_decoy, entrapment, unused;
};
static_assert(sizeof(BlockPrecursor) == 36);

// A block in memory, before it is written.
struct LibraryBlock {
  BlockCounts counts;
  std::vector<BlockPrecursor> precursors;
  std::vector<library::EncodedFragment> fragments;
  std::vector<library::EncodedSpline> splines;  // one per fragment, or none
  std::optional<library::SplineForm> spline;    // form of the splines; empty without splines
  std::string text;
};

// Errors OVL-IO-002.
[[nodiscard]] Result<void> write_block(const LibraryBlock& block,
                                       const std::filesystem::path& file);

// A block on disk, mapped into memory.
class MappedBlock {
 public:
  // Compares the bytes with their hash. Errors OVL-IO-001, OVL-IO-003.
  [[nodiscard]] static Result<MappedBlock> open(const std::filesystem::path& file);
  MappedBlock(MappedBlock&& other) noexcept;
  MappedBlock& operator=(MappedBlock&& other) noexcept;
  ~MappedBlock();

  [[nodiscard]] const BlockCounts& counts() const { return counts_; }
  [[nodiscard]] std::span<const BlockPrecursor> precursors() const { return precursors_; }
  [[nodiscard]] std::string_view text(const BlockPrecursor& p) const {
    return {text_ + p.text_begin, p.text_length};
  }
  [[nodiscard]] std::span<const library::EncodedFragment> fragments(const BlockPrecursor& p) const {
    return {fragments_ + p.first_fragment, p.fragment_count};
  }
  // One per fragment, or none.
  [[nodiscard]] std::span<const library::EncodedSpline> splines(const BlockPrecursor& p) const {
    if (!spline_) return {};
    return {splines_ + p.first_fragment, p.fragment_count};
  }
  [[nodiscard]] const std::optional<library::SplineForm>& spline() const { return spline_; }

 private:
  MappedBlock() = default;
  void* mapping_ = nullptr;
  std::size_t bytes_ = 0;
  BlockCounts counts_;
  std::span<const BlockPrecursor> precursors_;
  const library::EncodedFragment* fragments_ = nullptr;
  const library::EncodedSpline* splines_ = nullptr;
  std::optional<library::SplineForm> spline_;
  const char* text_ = nullptr;
};

}  // namespace overland::library_build
