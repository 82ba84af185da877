#include "base/files/block_sorter.h"

namespace overland {

std::vector<SortedBlock> make_blocks(std::span<const std::uint64_t> rows,
                                     const SortedBlockSize& most) {
  std::vector<SortedBlock> blocks(1);
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    SortedBlock* block = &blocks.back();
    const bool is_full =
        block->last - block->first >= most.ranks || block->rows + rows[rank] > most.rows;
    if (is_full && block->rows > 0) {
      blocks.push_back({rank, rank, block->begin + block->rows, 0});
      block = &blocks.back();
    }
    block->last = rank + 1;
    block->rows += rows[rank];
  }
  return blocks;
}

}  // namespace overland
