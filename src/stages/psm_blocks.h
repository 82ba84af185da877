// A run's rows in blocks of whole candidates, as rescoring takes them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scoring/feature_matrix.h"
#include "stages/psm_table.h"
#include "stages/scoring_units.h"

namespace overland {

inline constexpr std::size_t kBlockRows = 4096;

// Where blocks of about kBlockRows rows begin, and the end; no candidate is cut.
[[nodiscard]] std::vector<std::uint32_t> block_starts(const PsmFile& psms);

class PsmBlocks {
 public:
  PsmBlocks(const PsmFile& psms, const LibraryView& library, const ScoringUnits& units)
      : psms_(psms), library_(library), units_(units) {}

  // Appends `rows`, ascending; candidates and pairs are numbered on from those that are there.
  // `pair_numbers` (per pair; any size) is scratch of the caller, of one run.
  void append(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& pair_numbers,
              FeatureMatrix& matrix) const;
  // The same for a matrix of one run, whose pairs keep the library's numbers.
  void append(std::span<const std::uint32_t> rows, FeatureMatrix& matrix) const;

 private:
  template <class PairOf>
  void append_rows(std::span<const std::uint32_t> rows, const PairOf& pair_of,
                   FeatureMatrix& matrix) const;

  const PsmFile& psms_;
  const LibraryView& library_;
  const ScoringUnits& units_;
};

// Names, core columns and directions of psm_features(), without rows.
[[nodiscard]] FeatureMatrix empty_psm_matrix();

// The first score: agreement with the library and over time, before anything is learned.
[[nodiscard]] std::vector<float> initial_score(const FeatureMatrix& matrix);

}  // namespace overland
