// A results folder for the exporters: report.parquet in memory, its runs and conditions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/table/table.h"
#include "report/conditions.h"

namespace overland::exchange {

struct SearchResults {
  std::filesystem::path folder;
  std::vector<std::string> runs;   // of runs.parquet, including runs without rows
  std::vector<std::string> files;  // path of each run, or its file name if unknown
  report::Conditions conditions;
  std::string program;  // program that wrote the results: "overland 0.1.0"
  std::string filter;   // of report.parquet
  io::Table report;
  std::vector<std::uint32_t> run_of_row;  // index into runs

  [[nodiscard]] std::size_t row_count() const { return run_of_row.size(); }
  // Precondition: a text column that open_search_results requires.
  [[nodiscard]] const std::vector<std::string>& text(const std::string& name) const;
  // Any numeric column as double; NaN if the report lacks the column.
  [[nodiscard]] std::vector<double> numbers(const std::string& name) const;
  // Whether each row is a decoy; most exporters leave decoys out.
  [[nodiscard]] std::vector<bool> is_decoy() const;
  // Condition of each run; the run's name if its condition is unknown.
  [[nodiscard]] std::vector<std::string> condition_of_run() const;
};

// `conditions` is a table with columns Run and Condition; if empty, conditions are derived from run
// names. Errors OVL-USE-040, OVL-IO-001, 003, OVL-IO-090 to 092.
[[nodiscard]] Result<SearchResults> open_search_results(const std::filesystem::path& folder,
                                                        const std::filesystem::path& conditions);

// The same for a column of any table.
[[nodiscard]] std::vector<double> numbers_of(const io::Table& table, const std::string& name);

}  // namespace overland::exchange
