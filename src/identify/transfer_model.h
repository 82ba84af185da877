// Estimates the probability that a transfer is false. There are two causes: the peak in the
// acceptor belongs to another ion, estimated from the donors' decoys; or the donor is a false
// identification, estimated from donors that are decoys
// (docs/adr/0021-wrong-peak-and-false-donor-models.md).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/machine.h"
#include "identify/transfer_candidates.h"
#include "scoring/log_odds.h"
#include "scoring/rescore.h"

namespace overland::identify {

class TransferModel {
 public:
  // Trains one model per fold, like rescoring; `settings` are the settings of rescoring.
  static TransferModel train(const TransferCandidates& sample,
                             const scoring::RescoreSettings& settings, const Machine& machine);
  // Score per row: -log(expected false transfers per true transfer). Higher is better.
  [[nodiscard]] std::vector<float> score(const TransferCandidates& found) const;

 private:
  // Score from all columns: the sum of the linear model's and the trees' scores, each scaled by the
  // decoys.
  [[nodiscard]] std::vector<float> row_scores(const scoring::FeatureMatrix& matrix) const;
  void train_peak(const TransferCandidates& sample, const std::vector<float>& row_score);
  void train_donor(const TransferCandidates& sample, const std::vector<float>& row_score);

  scoring::LinearRescorer linear_;
  std::optional<scoring::TreeRescorer> trees_;
  std::array<scoring::LogOdds, scoring::kFolds> peak_, donor_;  // log-odds of a decoy
  double k_ = 1;
};

// The best row of each competition group, whose rows are contiguous; a decoy wins ties.
[[nodiscard]] std::vector<std::uint32_t> group_winners(const scoring::FeatureMatrix& matrix,
                                                       const std::vector<float>& score);

}  // namespace overland::identify
