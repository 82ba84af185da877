// Quantify: all runs together are made comparable (Precursor.Normalised) and summarised per protein
// group, gene and peptide. Memory does not grow with the number of runs: names are summarised block
// by block, and what comes out does not depend on the sizes of the blocks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "quant/maxlfq.h"
#include "quant/normalise.h"
#include "quantify/cohort_rows.h"
#include "quantify/level_rows.h"
#include "report/quantity_tables.h"

namespace overland::quantify {

// Makes quantity and sd of all rows comparable between runs; one curve per run. Errors of the
// scratch files.
[[nodiscard]] Result<std::vector<quant::NormalisationCurve>> normalise_rows(
    CohortRows& cohort, const library::LibraryView& library, const params::QuantifyConfig& config,
    const BlockSizes& sizes);

// The names at which quantities are summarised: protein groups, genes or peptides.
class CohortLevel {
 public:
  enum class Kind { proteins, genes, peptides };
  static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();

  // Of normalised rows; `cohort` must outlive it.
  CohortLevel(const CohortRows& cohort, Kind kind);
  [[nodiscard]] std::size_t size() const { return order_.size(); }  // names with counted rows
  // Place of a name among them in the order of the alphabet, or kNoRank.
  [[nodiscard]] std::uint32_t rank_of(std::uint32_t name) const {
    return name < rank_.size() ? rank_[name] : kNoRank;
  }

  struct Job {
    const params::QuantifyConfig& config;
    std::filesystem::path folder;  // of the scratch file
    Machine machine = {};
    BlockSizes sizes;
  };
  // `first`: rank of the block's first name.
  using Take = std::function<Result<void>(std::size_t first, report::LevelQuantities block)>;
  // Blocks in the order of names; at least one, which may be empty. Errors of the scratch files and
  // of `take`.
  [[nodiscard]] Result<void> quantify(const Job& job, const Take& take) const;

 private:
  [[nodiscard]] Result<LevelRows> sorted_rows(const Job& job) const;
  [[nodiscard]] report::LevelQuantities names_of(const LevelRows::Block& block) const;

  const CohortRows& cohort_;
  Kind kind_;
  const NameList& names_;
  const NameUse& use_;
  std::uint32_t CohortRow::* name_;   // of a row
  std::vector<std::uint32_t> order_;  // numbers of names by rank
  std::vector<std::uint32_t> rank_;   // by number
};

// The quantities of a level run by run: a run's row of the report has those of its groups.
class LevelByRun {
 public:
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<LevelByRun> create(const std::filesystem::path& folder,
                                                 std::size_t names, std::size_t runs);
  [[nodiscard]] Result<void> add(std::size_t first, const report::LevelQuantities& block,
                                 const BlockSizes& sizes);
  // By rank of the name; NaN where the run has none.
  [[nodiscard]] Result<ScratchView<double>> of_run(std::size_t run) const;

 private:
  LevelByRun(ScratchFile file, std::size_t names, std::size_t runs)
      : file_(std::move(file)), names_(names), runs_(runs) {}
  ScratchFile file_;
  std::size_t names_, runs_;
};

}  // namespace overland::quantify
