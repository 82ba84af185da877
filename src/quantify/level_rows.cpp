#include "quantify/level_rows.h"

#include <algorithm>

namespace overland::quantify {
namespace {

std::vector<LevelRows::Block> make_blocks(std::span<const std::uint64_t> rows,
                                          const BlockSizes& sizes) {
  std::vector<LevelRows::Block> blocks(1);
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    LevelRows::Block* block = &blocks.back();
    const bool is_full =
        block->last - block->first >= sizes.names || block->rows + rows[rank] > sizes.rows;
    if (is_full && block->rows > 0) {
      blocks.push_back({rank, rank, block->begin + block->rows, 0});
      block = &blocks.back();
    }
    block->last = rank + 1;
    block->rows += rows[rank];
  }
  return blocks;
}

}  // namespace

std::size_t BlockSizes::wide_rows(std::size_t runs) const {
  return std::max<std::size_t>(values / std::max<std::size_t>(runs, 1), 1);
}

Result<LevelRows> LevelRows::create(const std::filesystem::path& folder,
                                    std::span<const std::uint64_t> rows, const BlockSizes& sizes) {
  auto file = ScratchFile::create(folder);
  if (!file) return std::unexpected(file.error());
  return LevelRows(std::move(*file), make_blocks(rows, sizes), rows.size());
}

LevelRows::LevelRows(ScratchFile file, std::vector<Block> blocks, std::size_t names)
    : file_(std::move(file)),
      blocks_(std::move(blocks)),
      block_of_(names),
      waiting_(blocks_.size()),
      most_waiting_(std::clamp<std::size_t>((std::size_t{1} << 20) / blocks_.size(), 64, 4096)) {
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    at_.push_back(blocks_[b].begin);
    for (std::size_t rank = blocks_[b].first; rank < blocks_[b].last; ++rank) block_of_[rank] = b;
  }
}

Result<void> LevelRows::add(const LevelRow& row) {
  const std::uint32_t block = block_of_[row.rank];
  waiting_[block].push_back(row);
  return waiting_[block].size() < most_waiting_ ? Result<void>() : flush(block);
}

Result<void> LevelRows::flush(std::size_t block) {
  auto done = file_.write<LevelRow>(at_[block], waiting_[block]);
  at_[block] += waiting_[block].size();
  waiting_[block].clear();
  return done;
}

Result<void> LevelRows::close() {
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    if (auto done = flush(block); !done) return done;
  }
  waiting_.clear();
  waiting_.shrink_to_fit();
  return {};
}

Result<quant::LfqProfiles> LevelRows::quantify(const Block& block,
                                               const quant::LfqOptions& options) const {
  std::vector<std::uint32_t> group, ion, run;
  std::vector<double> quantity, sd;
  {
    const auto rows = file_.view<LevelRow>(block.begin, block.rows);
    if (!rows) return std::unexpected(rows.error());
    for (auto* column : {&group, &ion, &run}) column->reserve(block.rows);
    for (auto* column : {&quantity, &sd}) column->reserve(block.rows);
    for (const LevelRow& row : rows->values) {
      group.push_back(static_cast<std::uint32_t>(row.rank - block.first));
      ion.push_back(row.ion);
      run.push_back(row.run);
      quantity.push_back(row.quantity);
      sd.push_back(row.sd);
    }
  }
  return quant::quantify_groups({group, ion, run, quantity, sd}, block.last - block.first, options);
}

}  // namespace overland::quantify
