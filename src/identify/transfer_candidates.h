// The transfers to be judged in one run: a donor's peak group where it is expected, and that of
// its decoys at the same time.
#pragma once

#include <cstdint>
#include <vector>

#include "identify/psm_blocks.h"
#include "identify/transfer_donors.h"
#include "scoring/feature_matrix.h"

namespace overland::identify {

// What speaks for a donor: the same for all members of a unit, so that it cannot favour one.
struct DonorEvidence {
  float best_score = 0;       // of the runs in which it passes
  float log_runs = 0;         // log2 of their number
  float score_elsewhere = 0;  // mean of all runs but the acceptor
};

// Parallel to the rows of the matrix. A unit is a donor in a run; its members compete.
struct TransferRow {
  std::uint32_t donor = 0;      // precursor
  std::uint32_t precursor = 0;  // the donor itself, or its partner
  std::uint32_t row = 0;        // of psms.arrow
  bool is_decoys = false;       // the donor is a decoy
  DonorEvidence evidence;
};
struct TransferCandidates {
  scoring::FeatureMatrix matrix;  // pair: the unit; is_decoy: counts as a false transfer
  std::vector<TransferRow> rows;
  void add(const TransferCandidates& from, std::size_t i) {
    matrix.add_row(from.matrix, i);
    rows.push_back(from.rows[i]);
  }
};

struct TransferRun {
  const search::PsmFile& psms;
  const RowScores& row_scores;
  const RunScores& scores;
};

class TransferSearch {
 public:
  TransferSearch(const library::LibraryView& library, const ScoringUnits& units,
                 const Donors& donors);

  // Donors that are decoys count as false with their own peak group: they stand for false donors.
  [[nodiscard]] TransferCandidates candidates(const TransferRun& run, const RunShift& shift) const;

 private:
  [[nodiscard]] DonorEvidence evidence_of(std::uint32_t donor, const RunScores& acceptor) const;

  const library::LibraryView& library_;
  const ScoringUnits& units_;
  const Donors& donors_;
  std::vector<std::uint32_t> member_begin_, members_;  // precursors of each pair
};

// Columns: the score of the row; its distance from the expected time in standard deviations and the
// square of it; its log2 intensity less that of the donor's peaks, and by how much that is less
// than usual; the donor's evidence; and the features of psm_features(). The two of intensity rank
// the members of a unit as the intensity itself does; the amount of the difference would not
// (docs/adr/0021-wrong-peak-and-false-donor-models.md).
[[nodiscard]] scoring::FeatureMatrix empty_transfer_matrix();
[[nodiscard]] std::vector<float> initial_transfer_score(const scoring::FeatureMatrix& matrix);

}  // namespace overland::identify
