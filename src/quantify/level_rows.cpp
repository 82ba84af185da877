#include "quantify/level_rows.h"

#include <algorithm>

namespace overland::quantify {

std::size_t BlockSizes::wide_rows(std::size_t runs) const {
  return std::max<std::size_t>(values / std::max<std::size_t>(runs, 1), 1);
}

Result<LevelRows> LevelRows::create(const std::filesystem::path& folder,
                                    std::span<const std::uint64_t> rows, const BlockSizes& sizes) {
  auto sorter =
      BlockSorter<LevelRow>::create(folder, rows, {.rows = sizes.rows, .ranks = sizes.names});
  if (!sorter) return std::unexpected(sorter.error());
  return LevelRows(std::move(*sorter));
}

Result<quant::LfqProfiles> LevelRows::quantify(const Block& block,
                                               const quant::LfqOptions& options) const {
  std::vector<std::uint32_t> group, ion, run;
  std::vector<double> quantity, sd;
  {
    const auto rows = sorter_.rows(block);
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
