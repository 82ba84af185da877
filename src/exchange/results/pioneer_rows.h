// Selects the rows of a report for Pioneer's tables, and converts peptides to Pioneer's notation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "exchange/results/search_results.h"

namespace overland::exchange {

// The properties of a precursor that do not depend on the run.
struct PioneerPeptide {
  std::string structural_mods;  // "(5,M,Unimod:35)", positions from 1
  std::string written;          // "_AC(Unimod:4)K_.2"
  std::uint8_t missed_cleavages = 0;
};

// Errors OVL-LIB-010.
[[nodiscard]] Result<PioneerPeptide> pioneer_peptide(const std::string& modified, int charge);

// The exported rows: targets with a quantity. Precursors are numbered by m/z, from 1.
class PioneerRows {
 public:
  // Errors OVL-LIB-010.
  [[nodiscard]] static Result<PioneerRows> make(const SearchResults& results);

  [[nodiscard]] const SearchResults& results() const { return *results_; }
  [[nodiscard]] const std::vector<std::size_t>& rows() const { return rows_; }
  // One row of each precursor, at index number - 1.
  [[nodiscard]] const std::vector<std::size_t>& row_of_precursor() const { return first_row_; }
  [[nodiscard]] std::uint32_t number(std::size_t row) const {
    return number_.at(results_->text("Precursor.Id")[row]);
  }
  [[nodiscard]] const PioneerPeptide& peptide(std::size_t row) const {
    return peptides_[number(row) - 1];
  }

 private:
  explicit PioneerRows(const SearchResults& results) : results_(&results) {}
  Result<void> read_peptides();

  const SearchResults* results_;
  std::vector<std::size_t> rows_, first_row_;
  std::map<std::string, std::uint32_t> number_;
  std::vector<PioneerPeptide> peptides_;
};

}  // namespace overland::exchange
