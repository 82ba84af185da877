// A run's rows in blocks of whole candidates, as rescoring takes them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "identify/scoring_units.h"
#include "scoring/feature_matrix.h"
#include "search/psm_table.h"

namespace overland::identify {

inline constexpr std::size_t kBlockRows = 4096;

// Where blocks of about kBlockRows rows begin, and the end; no candidate is cut.
[[nodiscard]] std::vector<std::uint32_t> block_starts(const search::PsmFile& psms);

class PsmBlocks {
 public:
  PsmBlocks(const search::PsmFile& psms, const library::LibraryView& library,
            const ScoringUnits& units)
      : psms_(psms), library_(library), units_(units) {}

  // Appends `rows`, ascending; candidates and pairs are numbered on from those that are there.
  // `pair_numbers` (per pair; any size) is scratch of the caller, of one run.
  void append(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& pair_numbers,
              scoring::FeatureMatrix& matrix) const;
  // The same for a matrix of one run, whose pairs keep the library's numbers.
  void append(std::span<const std::uint32_t> rows, scoring::FeatureMatrix& matrix) const;

 private:
  template <class PairOf>
  void append_rows(std::span<const std::uint32_t> rows, const PairOf& pair_of,
                   scoring::FeatureMatrix& matrix) const;

  const search::PsmFile& psms_;
  const library::LibraryView& library_;
  const ScoringUnits& units_;
};

// Names, core columns and directions of psm_features(), without rows.
[[nodiscard]] scoring::FeatureMatrix empty_psm_matrix();

// The first score: agreement with the library and over time, before anything is learned.
[[nodiscard]] std::vector<float> initial_score(const scoring::FeatureMatrix& matrix);

}  // namespace overland::identify
