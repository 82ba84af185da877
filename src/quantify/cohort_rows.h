// What quantification wants of all runs together: their rows in a scratch file, a run after the
// other, and beside them what is as long as the library and not as the cohort.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/files/scratch_file.h"
#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"
#include "quant/run_quantities.h"
#include "quantify/integrate.h"

namespace overland::quantify {

// The rows of one run that go into the report, by precursor; of one length.
struct ReportedRows {
  std::vector<identify::ScoredRow> scored;
  std::vector<Quantity> quantities;
};

// What is kept of one such row.
struct CohortRow {
  double quantity = 0, sd = 0;  // intensity x minutes; NaN when missing
  float rt_minutes = 0;
  std::uint32_t precursor = 0;
  std::uint32_t protein = 0, genes = 0, peptide = 0;  // numbers of the names below
  std::uint8_t is_counted = 0;                        // in normalisation and summaries
};

// Distinct names, numbered as they come.
class NameList {
 public:
  NameList() = default;
  NameList(NameList&&) = default;  // a copy would point into the other's names
  NameList& operator=(NameList&&) = default;
  ~NameList() = default;
  [[nodiscard]] std::uint32_t number_of(std::string_view name);
  [[nodiscard]] const std::string& operator[](std::uint32_t number) const {
    return *names_[number];
  }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> number_;
  std::vector<const std::string*> names_;
};

// By number of a name, of the rows that are counted.
struct NameUse {
  std::vector<std::uint64_t> rows;
  std::vector<double> q_value;                // the least
  std::vector<std::uint32_t> protein, genes;  // of the last row
};

// How a precursor stands in the table of one row per precursor: as in the last run that has it.
struct ReportedPrecursor {
  std::uint32_t precursor = 0, il_twin = 0;
  std::uint32_t protein = 0, genes = 0, peptide = 0;
  std::uint8_t is_razor = 0;
};

class CohortRows final : public quant::CohortSource {
 public:
  // `run_count`: of all runs, with those that have no rows. Errors OVL-IO-002.
  [[nodiscard]] static Result<CohortRows> create(const std::filesystem::path& folder,
                                                 std::size_t run_count,
                                                 const library::LibraryView& library,
                                                 const params::QuantifyConfig& config);

  // Run by run. Errors OVL-IO-002.
  [[nodiscard]] Result<void> add(std::size_t run, const ReportedRows& rows,
                                 const identify::ProteinGroupNames& groups, bool are_new_groups);
  // The same rows with other quantities. Errors OVL-IO-002.
  [[nodiscard]] Result<void> replace(std::size_t run, std::span<const CohortRow> rows);
  // By precursor. Errors OVL-RES-002.
  [[nodiscard]] Result<ScratchView<CohortRow>> rows(std::size_t run) const;
  // By precursor.
  [[nodiscard]] std::vector<ReportedPrecursor> precursors() const;

  // Of the counted rows.
  [[nodiscard]] std::size_t run_count() const override { return rows_of_run_.size(); }
  [[nodiscard]] std::size_t row_count(std::size_t run) const override {
    return rows_of_run_[run].counted;
  }
  [[nodiscard]] Result<quant::RunQuantities> open(std::size_t run) const override;

  NameList proteins, genes, peptides;
  NameUse of_proteins, of_genes, of_peptides;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  // Of a run's rows in the scratch files.
  struct RunRows {
    std::uint64_t begin = 0, counted_begin = 0;
    std::size_t rows = 0, counted = 0;
  };

  CohortRows(ScratchFile rows, ScratchFile quantities, ScratchFile orders, std::size_t run_count,
             const library::LibraryView& library, const params::QuantifyConfig& config);
  [[nodiscard]] CohortRow row_of(const identify::ScoredRow& scored, const Quantity& quantity);
  void number_groups(const identify::ProteinGroupNames& groups);
  void note_precursor(const identify::ScoredRow& scored, const CohortRow& row);
  void note_names(const identify::ScoredRow& scored, const CohortRow& row);
  [[nodiscard]] Result<void> write_counted(std::size_t run, std::span<const CohortRow> rows);

  library::LibraryView library_;
  const params::QuantifyConfig* config_;
  ScratchFile rows_, quantities_, orders_;
  std::vector<RunRows> rows_of_run_;  // by run
  std::uint64_t end_ = 0, counted_end_ = 0;
  std::vector<std::uint32_t> protein_of_group_, genes_of_group_;  // numbers of names
  std::vector<std::uint32_t> entry_;                              // by precursor, or kNone
  std::vector<ReportedPrecursor> entries_;
};

}  // namespace overland::quantify
