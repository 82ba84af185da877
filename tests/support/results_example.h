// The results of report_example.h as an exporter is given them.
#pragma once

#include <string>

#include "exchange/results/search_results.h"
#include "support/report_example.h"

namespace overland::support {

// Writes the results into `folder` and reads them as `overland export` does.
inline exchange::SearchResults opened(const ExampleResults& results,
                                      const std::filesystem::path& folder,
                                      const std::filesystem::path& conditions = {}) {
  results.write(folder);
  auto read = exchange::open_search_results(folder, conditions);
  EXPECT_TRUE(read) << read.error().message();
  return std::move(*read);
}

inline std::string code_of(const auto& result) {
  return result ? std::string() : result.error().code;
}

// Rows of the example that are targets, in the order of the report.
inline std::vector<std::size_t> target_rows(const ExampleResults& results) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < results.rows.size(); ++i)
    if (!results.precursors[results.rows[i].precursor].is_decoy) rows.push_back(i);
  return rows;
}

}  // namespace overland::support
