// Rows of quantities on disk, sorted into blocks of the names that they quantify, so that protein
// quantities of any number of runs need the memory of one block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

#include "base/files/block_sorter.h"
#include "quant/maxlfq.h"

namespace overland::quantify {

// Maximum held in memory at a time; the rows of one name in any case.
struct BlockSizes {
  std::size_t rows = std::size_t{1} << 18;
  std::size_t names = std::size_t{1} << 16;
  std::size_t values = std::size_t{1} << 19;  // of a table with a column for each run
  // Rows of such a table.
  [[nodiscard]] std::size_t wide_rows(std::size_t runs) const;
};

struct LevelRow {
  std::uint32_t rank = 0;  // of the protein group, gene or peptide among all names, from 0
  std::uint32_t ion = 0, run = 0;
  double quantity = 0, sd = 0;  // in one unit; NaN or 0: unknown
};

class LevelRows {
 public:
  using Block = SortedBlock;  // of names
  // `rows`: how many will be added, by rank. `folder`: of the scratch file. Errors OVL-IO-002.
  [[nodiscard]] static Result<LevelRows> create(const std::filesystem::path& folder,
                                                std::span<const std::uint64_t> rows,
                                                const BlockSizes& sizes);
  // The rows of one name keep their order. Errors OVL-IO-002.
  [[nodiscard]] Result<void> add(const LevelRow& row) { return sorter_.add(row.rank, row); }
  // Call after the last row. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close() { return sorter_.close(); }
  // In the order of ranks; at least one, which may be empty.
  [[nodiscard]] std::span<const Block> blocks() const { return sorter_.blocks(); }
  // Groups of the profiles are numbered from the first name of the block. Errors OVL-RES-002.
  [[nodiscard]] Result<quant::LfqProfiles> quantify(const Block& block,
                                                    const quant::LfqOptions& options) const;

 private:
  explicit LevelRows(BlockSorter<LevelRow> sorter) : sorter_(std::move(sorter)) {}

  BlockSorter<LevelRow> sorter_;
};

}  // namespace overland::quantify
