// The candidate transfers of one run: a donor's peak group at its predicted retention time, and the
// peak groups of its decoys at the same time.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "identify/psm_blocks.h"
#include "identify/transfer_donors.h"
#include "scoring/feature_matrix.h"

namespace overland::identify {

// Evidence for a donor. It is equal for all members of a competition group, so that it cannot
// favour a member.
struct DonorEvidence {
  float best_score = 0;       // best score over the runs in which the donor is accepted
  float log_runs = 0;         // log2 of the number of these runs
  float score_elsewhere = 0;  // mean score over all runs but the acceptor
};

// Parallel to the rows of the matrix. A competition group is a donor and its decoys in one
// acceptor.
struct TransferRow {
  PrecursorId donor{};
  PrecursorId precursor{};  // the donor, or another member of its pair
  std::uint32_t row = 0;    // row of psms.arrow
  bool is_decoys = false;   // the donor is a decoy
  DonorEvidence evidence;
};
struct TransferCandidates {
  scoring::FeatureMatrix matrix;  // pair: competition group; is_decoy: counts as a false transfer
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
  TransferSearch(const library::LibraryView& library, const CompetitionGroups& competition,
                 const Donors& donors);

  // If the donor is a decoy, its own peak group also counts as false, to estimate false donors.
  [[nodiscard]] TransferCandidates candidates(const TransferRun& run, const RunShift& shift) const;

 private:
  [[nodiscard]] DonorEvidence evidence_of(PrecursorId donor, const RunScores& acceptor) const;

  const library::LibraryView& library_;
  const CompetitionGroups& competition_;
  const Donors& donors_;
  // Precursors of each pair: from member_begin_[pair] to before the next pair's.
  std::vector<std::uint32_t> member_begin_;
  std::vector<PrecursorId> members_;
};

// Columns: score of the row; deviation from the predicted retention time in standard deviations,
// and its square; log2(intensity / donor intensity), and the shortfall of that ratio below its
// usual range; the donor's evidence; and psm_features(). Both intensity columns are monotone in
// intensity within a competition group, so that they cannot favour targets over decoys; the
// absolute difference could (docs/adr/0021-wrong-peak-and-false-donor-models.md).
[[nodiscard]] scoring::FeatureMatrix empty_transfer_matrix();
[[nodiscard]] std::vector<float> initial_transfer_score(const scoring::FeatureMatrix& matrix);

}  // namespace overland::identify
