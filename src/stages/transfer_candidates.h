// The transfers to be judged in one run: a donor's peak group where it is expected, and that of
// its decoys at the same time.
#pragma once

#include <cstdint>
#include <vector>

#include "scoring/feature_matrix.h"
#include "stages/psm_blocks.h"
#include "stages/transfer_donors.h"

namespace overland {

// Parallel to the rows of the matrix. A unit is a donor in a run; its members compete.
struct TransferRow {
  std::uint32_t donor = 0;      // precursor
  std::uint32_t precursor = 0;  // the donor itself, or its partner
  std::uint32_t row = 0;        // of psms.arrow
};
struct TransferCandidates {
  FeatureMatrix matrix;  // pair: the unit; is_decoy: counts as a false transfer
  std::vector<TransferRow> rows;
};

struct TransferRun {
  const PsmFile& psms;
  const RowScores& row_scores;
  const RunScores& scores;
};

class TransferSearch {
 public:
  TransferSearch(const LibraryView& library, const ScoringUnits& units, const Donors& donors);

  // Donors that are decoys count as false with their own peak group: they stand for false donors.
  [[nodiscard]] TransferCandidates candidates(const TransferRun& run, const RunShift& shift) const;

 private:
  const LibraryView& library_;
  const ScoringUnits& units_;
  const Donors& donors_;
  std::vector<std::uint32_t> member_begin_, members_;  // precursors of each pair
};

// Columns: the score of the row, its distance from the expected time, how sure the donor is (its
// best score, the number of runs in which it passes), and the features of psm_features().
[[nodiscard]] FeatureMatrix empty_transfer_matrix();
[[nodiscard]] std::vector<float> initial_transfer_score(const FeatureMatrix& matrix);

}  // namespace overland
