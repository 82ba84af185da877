// How likely a transfer is false. Two things can be wrong: the peak is not the precursor's, which
// the donors' decoys show, or the donor was no identification, which the donors that are decoys
// show. docs/adr/0021-wrong-peak-and-false-donor-models.md
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "identify/transfer_candidates.h"
#include "scoring/log_odds.h"
#include "scoring/rescore.h"

namespace overland::identify {

class TransferModel {
 public:
  // Cross-validated by fold, like all rescoring, of which `settings` are those.
  static TransferModel train(const TransferCandidates& sample,
                             const scoring::RescoreSettings& settings, int threads);
  // - log of the estimated number of false transfers for a true one at such a row; per row.
  [[nodiscard]] std::vector<float> score(const TransferCandidates& found) const;

 private:
  // By all columns: the sum of a linear model and of trees, each on the scale of the decoys.
  [[nodiscard]] std::vector<float> row_scores(const scoring::FeatureMatrix& matrix) const;
  void train_peak(const TransferCandidates& sample, const std::vector<float>& row_score);
  void train_donor(const TransferCandidates& sample, const std::vector<float>& row_score);

  scoring::LinearRescorer linear_;
  std::optional<scoring::TreeRescorer> trees_;
  std::array<scoring::LogOdds, scoring::kFolds> peak_, donor_;  // of a decoy
  double k_ = 1;
};

// Of rows that stand together by unit: the place of each unit's best; ties go to the decoy.
[[nodiscard]] std::vector<std::uint32_t> unit_winners(const scoring::FeatureMatrix& matrix,
                                                      const std::vector<float>& score);

}  // namespace overland::identify
