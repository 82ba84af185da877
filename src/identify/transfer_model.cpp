#include "identify/transfer_model.h"

#include "base/pinned_math.h"

namespace overland::identify {
namespace {

constexpr std::size_t kDonorColumns = 4;

std::array<float, kDonorColumns> donor_columns(const DonorEvidence& evidence, float row_score) {
  return {evidence.best_score, evidence.log_runs, evidence.score_elsewhere, row_score};
}

}  // namespace

std::vector<std::uint32_t> group_winners(const scoring::FeatureMatrix& matrix,
                                         const std::vector<float>& score) {
  std::vector<std::uint32_t> winners;
  for (std::uint32_t i = 0; i < matrix.row_count(); ++i) {
    if (i == 0 || matrix.pair[i] != matrix.pair[i - 1]) {
      winners.push_back(i);
      continue;
    }
    const std::uint32_t best = winners.back();
    const bool is_better = score[i] > score[best] ||
                           (score[i] == score[best] && matrix.is_decoy[i] > matrix.is_decoy[best]);
    if (is_better) winners.back() = i;
  }
  return winners;
}

TransferModel TransferModel::train(const TransferCandidates& sample,
                                   const scoring::RescoreSettings& settings,
                                   const Machine& machine) {
  TransferModel model;
  model.k_ = settings.decoys_per_target;
  const std::vector<float> initial = initial_transfer_score(sample.matrix);
  model.linear_ = scoring::LinearRescorer::train(sample.matrix, initial, settings, machine);
  if (scoring::wants_trees(settings, model.linear_.targets())) {
    const std::vector<float> linear = model.linear_.score(sample.matrix, initial);
    model.trees_ = scoring::TreeRescorer::train(sample.matrix, linear, settings, machine);
  }
  const std::vector<float> row_score = model.row_scores(sample.matrix);
  model.train_peak(sample, row_score);
  model.train_donor(sample, row_score);
  return model;
}

std::vector<float> TransferModel::row_scores(const scoring::FeatureMatrix& matrix) const {
  std::vector<float> score = linear_.score(matrix, initial_transfer_score(matrix));
  if (!trees_) return score;
  const std::vector<float> trees = trees_->score(matrix, score);
  for (std::size_t i = 0; i < score.size(); ++i) score[i] += trees[i];
  return score;
}

// Fits the log-odds of decoys among the winners of target donors' competition groups, as a function
// of the row's score.
void TransferModel::train_peak(const TransferCandidates& sample,
                               const std::vector<float>& row_score) {
  const std::vector<std::uint32_t> winners = group_winners(sample.matrix, row_score);
  for (std::size_t fold = 0; fold < scoring::kFolds; ++fold) {
    std::vector<float> values;
    std::vector<std::uint8_t> label;
    for (const std::uint32_t i : winners) {
      if (sample.rows[i].is_decoys || sample.matrix.fold[i] == fold) continue;
      values.push_back(row_score[i]);
      label.push_back(sample.matrix.is_decoy[i]);
    }
    peak_[fold] = scoring::LogOdds::train(values, 1, label);
  }
}

// Fits the log-odds of decoys among the donors, as a function of the donor's evidence and the score
// of its row.
void TransferModel::train_donor(const TransferCandidates& sample,
                                const std::vector<float>& row_score) {
  for (std::size_t fold = 0; fold < scoring::kFolds; ++fold) {
    std::vector<float> values;
    std::vector<std::uint8_t> label;
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      const TransferRow& row = sample.rows[i];
      if (row.precursor != row.donor || sample.matrix.fold[i] == fold) continue;
      const auto columns = donor_columns(row.evidence, row_score[i]);
      values.insert(values.end(), columns.begin(), columns.end());
      label.push_back(row.is_decoys ? 1 : 0);
    }
    donor_[fold] = scoring::LogOdds::train(values, kDonorColumns, label);
  }
}

std::vector<float> TransferModel::score(const TransferCandidates& found) const {
  std::vector<float> score = row_scores(found.matrix);
  for (std::size_t i = 0; i < score.size(); ++i) {
    const std::uint8_t fold = found.matrix.fold[i];
    const double wrong_peak = pinned::exp(peak_[fold](std::span(&score[i], 1))) / k_;
    const double wrong_donor =
        pinned::exp(donor_[fold](donor_columns(found.rows[i].evidence, score[i]))) / k_;
    score[i] = static_cast<float>(-pinned::log(wrong_peak + wrong_donor));
  }
  return score;
}

}  // namespace overland::identify
