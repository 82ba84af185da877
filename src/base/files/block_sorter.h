// Sorts rows by a number into blocks on disk, so that what is computed for one number after the
// other (a median, a profile, a rate) needs the memory of one block and one pass over the rows.
//
//   auto sorter = BlockSorter<Row>::create(folder, rows_by_rank, {.rows = 1 << 18});
//   for (...) sorter->add(rank, row);
//   sorter->close();
//   for (const SortedBlock& block : sorter->blocks()) use(*sorter->rows(block));
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "base/files/scratch_file.h"

namespace overland {

// Ranks `first` to `last` - 1, with the place of their rows in the file.
struct SortedBlock {
  std::size_t first = 0, last = 0;
  std::uint64_t begin = 0;
  std::size_t rows = 0;
};

// Maximum of one block; the rows of one rank in any case.
struct SortedBlockSize {
  std::size_t rows = std::size_t{1} << 18;
  std::size_t ranks = std::size_t{1} << 16;
  std::size_t waiting_rows = std::size_t{1} << 20;  // of all blocks, before they are written
};

// `rows`: how many each rank has. In the order of ranks; at least one block, which may be empty.
[[nodiscard]] std::vector<SortedBlock> make_blocks(std::span<const std::uint64_t> rows,
                                                   const SortedBlockSize& most);

// Row: trivially copyable.
template <class Row>
class BlockSorter {
 public:
  // `rows`: how many will be added, by rank. `folder`: of the scratch file. Errors OVL-IO-002.
  [[nodiscard]] static Result<BlockSorter> create(const std::filesystem::path& folder,
                                                  std::span<const std::uint64_t> rows,
                                                  const SortedBlockSize& most) {
    auto file = ScratchFile::create(folder);
    if (!file) return std::unexpected(file.error());
    return BlockSorter(std::move(*file), make_blocks(rows, most), rows.size(), most.waiting_rows);
  }

  // In a block rows stay in the order in which they were added. Errors OVL-IO-002.
  [[nodiscard]] Result<void> add(std::size_t rank, const Row& row) {
    const std::uint32_t block = block_of_[rank];
    waiting_[block].push_back(row);
    return waiting_[block].size() < most_waiting_ ? Result<void>() : flush(block);
  }

  // Call after the last row. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close() {
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      if (auto done = flush(block); !done) return done;
    }
    waiting_.clear();
    waiting_.shrink_to_fit();
    return {};
  }

  [[nodiscard]] std::span<const SortedBlock> blocks() const { return blocks_; }
  // Errors OVL-RES-002.
  [[nodiscard]] Result<ScratchView<Row>> rows(const SortedBlock& block) const {
    return file_.view<Row>(block.begin, block.rows);
  }

 private:
  BlockSorter(ScratchFile file, std::vector<SortedBlock> blocks, std::size_t ranks,
              std::size_t waiting_rows)
      : file_(std::move(file)),
        blocks_(std::move(blocks)),
        block_of_(ranks),
        waiting_(blocks_.size()),
        most_waiting_(std::clamp<std::size_t>(waiting_rows / blocks_.size(), 64, 4096)) {
    for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
      at_.push_back(blocks_[b].begin);
      for (std::size_t rank = blocks_[b].first; rank < blocks_[b].last; ++rank) block_of_[rank] = b;
    }
  }

  [[nodiscard]] Result<void> flush(std::size_t block) {
    auto done = file_.write<Row>(at_[block], waiting_[block]);
    at_[block] += waiting_[block].size();
    waiting_[block].clear();
    return done;
  }

  ScratchFile file_;
  std::vector<SortedBlock> blocks_;
  std::vector<std::uint32_t> block_of_;    // by rank
  std::vector<std::vector<Row>> waiting_;  // by block; written many at a time
  std::vector<std::uint64_t> at_;          // place of the next row, by block
  std::size_t most_waiting_;               // rows of a block
};

}  // namespace overland
