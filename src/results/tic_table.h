// tic.parquet: total ion current over time of each run, for the report page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/table/table.h"
#include "run/raw_run.h"

namespace overland::results {

// Means over at most 300 spans of equal length of each run, MS1 and MS2 apart.
class TicTable {
 public:
  // `name` as in the report.
  void add(const std::string& name, const run::ScanHeaders& headers);
  [[nodiscard]] io::Table finish() &&;

 private:
  std::vector<std::string> run_;
  std::vector<std::uint8_t> order_;
  std::vector<float> rt_;
  std::vector<double> tic_;
  std::vector<std::uint32_t> scans_;
};

}  // namespace overland::results
