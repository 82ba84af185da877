// `overland lfq`: protein quantities from a table of precursor quantities, written by Overland or
// another program.
#pragma once

#include <filesystem>

#include "lfq/lfq_layout.h"
#include "quant/maxlfq.h"

namespace overland::lfq {

struct QuantifyTableOptions {
  std::filesystem::path table, out;
  LfqColumnChoice columns;
  quant::LfqOptions lfq;
  bool tsv = false;
};

// Writes quantities.parquet (a row per group and run) and quantities_wide.parquet (a column per
// run) into the folder `out`. Errors of read_lfq_table, of check_output_folder, and OVL-IO-002.
[[nodiscard]] Result<void> quantify_table(const QuantifyTableOptions& options);

}  // namespace overland::lfq
