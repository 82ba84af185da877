// A results folder as the exporters read it: report.parquet in memory, its runs and conditions.
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
  std::vector<std::string> runs;   // of runs.parquet, those without rows too
  std::vector<std::string> files;  // where each run was, else its file name
  report::Conditions conditions;
  std::string program;  // that wrote the results, "overland 0.1.0"
  std::string filter;   // of report.parquet
  io::Table report;
  std::vector<std::uint32_t> run_of_row;  // index into runs

  [[nodiscard]] std::size_t row_count() const { return run_of_row.size(); }
  // Precondition: a column of text that open_search_results asks for.
  [[nodiscard]] const std::vector<std::string>& text(const std::string& name) const;
  // Any column of numbers as double; NaN where the report lacks it.
  [[nodiscard]] std::vector<double> numbers(const std::string& name) const;
  // 0: the rows of decoys are left out by most exporters.
  [[nodiscard]] std::vector<bool> is_decoy() const;
  // Condition of each run; its own name where none is known.
  [[nodiscard]] std::vector<std::string> condition_of_run() const;
};

// `conditions`: table of Run and Condition; empty: by run names.
// Errors OVL-USE-040, OVL-IO-001, 003, OVL-IO-090 to 092.
[[nodiscard]] Result<SearchResults> open_search_results(const std::filesystem::path& folder,
                                                        const std::filesystem::path& conditions);

// Numbers of any table's column, as above.
[[nodiscard]] std::vector<double> numbers_of(const io::Table& table, const std::string& name);

}  // namespace overland::exchange
