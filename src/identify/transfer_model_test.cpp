#include "identify/transfer_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace overland::identify {
namespace {

constexpr std::uint64_t kSeed = 71;

// Units of donors and their decoys. Peaks that are the precursor's are better by 2; a donor that is
// a decoy has such a peak, for what was mistaken once is mistaken again.
class SimulatedTransfers {
 public:
  SimulatedTransfers() { drawn_.matrix = empty_transfer_matrix(); }

  void add_target_donor(bool is_there) {
    const DonorEvidence evidence = draw_evidence(0);
    add(is_there ? 2 : 0, false, false, evidence);
    add(0, true, false, evidence);
    ++group_;
  }
  void add_decoy_donor(double worse) {
    add(2, true, true, draw_evidence(-worse));
    ++group_;
  }
  [[nodiscard]] const TransferCandidates& drawn() const { return drawn_; }

 private:
  DonorEvidence draw_evidence(double mean) {
    return {static_cast<float>(5 + mean + rng_.normal()), static_cast<float>(rng_.below(3)),
            static_cast<float>(4 + mean + rng_.normal())};
  }
  void add(double mean, bool is_false, bool is_decoys, DonorEvidence evidence) {
    for (std::size_t c = 0; c < drawn_.matrix.width(); ++c) {
      drawn_.matrix.values.push_back(static_cast<float>(rng_.normal() + (c == 0 ? mean : 0)));
    }
    const auto row = static_cast<std::uint32_t>(drawn_.rows.size());
    drawn_.matrix.candidate.push_back(row);
    drawn_.matrix.pair.push_back(group_);
    drawn_.matrix.is_decoy.push_back(is_false ? 1 : 0);
    drawn_.matrix.fold.push_back(static_cast<std::uint8_t>(group_ % scoring::kFolds));
    const std::uint32_t partner = is_false && !is_decoys ? 1 : 0;
    const PrecursorId donor(2 * group_);
    drawn_.rows.push_back({donor, donor + partner, row, is_decoys, evidence});
  }

  Rng rng_{kSeed, 0};
  std::uint32_t group_ = 0;
  TransferCandidates drawn_;
};

std::vector<float> scores_of(const TransferCandidates& drawn) {
  scoring::RescoreSettings settings;
  settings.train_q = 0.1;
  return TransferModel::train(drawn, settings, 2).score(drawn);
}

// Of the best `share` of the groups' winners: those that `holds`.
template <class Holds>
double share_among_best(const TransferCandidates& drawn, double share, const Holds& holds) {
  const std::vector<float> score = scores_of(drawn);
  std::vector<std::uint32_t> winners = group_winners(drawn.matrix, score);
  std::ranges::sort(winners, [&](std::uint32_t a, std::uint32_t b) { return score[a] > score[b]; });
  winners.resize(static_cast<std::size_t>(share * static_cast<double>(winners.size())));
  return static_cast<double>(std::ranges::count_if(winners, holds)) /
         static_cast<double>(winners.size());
}

TEST(TransferModel, RanksTransfersOfPoorDonorsLast) {
  SimulatedTransfers transfers;
  for (int i = 0; i < 1500; ++i) transfers.add_target_donor(i % 3 != 0);
  for (int i = 0; i < 300; ++i) transfers.add_decoy_donor(2);
  const TransferCandidates& drawn = transfers.drawn();
  const double of_decoys =
      share_among_best(drawn, 0.3, [&](std::uint32_t i) { return drawn.rows[i].is_decoys; });
  EXPECT_LT(of_decoys, 0.03) << "of 17 %, with peaks like the true ones";
}

TEST(TransferModel, ScoreIsTheLogOfTheOdds) {
  SimulatedTransfers transfers;
  for (int i = 0; i < 3000; ++i) transfers.add_target_donor(i % 3 != 0);
  for (int i = 0; i < 300; ++i) transfers.add_decoy_donor(2);
  const TransferCandidates& drawn = transfers.drawn();
  const std::vector<float> score = scores_of(drawn);
  double expected = 0, decoys = 0;
  for (const std::uint32_t i : group_winners(drawn.matrix, score)) {
    if (score[i] < 1) continue;
    expected += drawn.matrix.is_decoy[i] == 0 ? std::exp(-static_cast<double>(score[i])) : 0;
    decoys += drawn.matrix.is_decoy[i];
  }
  EXPECT_GT(decoys, 30);
  EXPECT_NEAR(expected / decoys, 1, 0.25);
}

// Where nothing is there, donors and their decoys win alike, the best of them too.
TEST(TransferModel, FavoursNoMemberOfAUnit) {
  SimulatedTransfers transfers;
  for (int i = 0; i < 4000; ++i) transfers.add_target_donor(false);
  const TransferCandidates& drawn = transfers.drawn();
  for (const double share : {0.1, 0.3, 1.0}) {
    const double of_decoys = share_among_best(
        drawn, share, [&](std::uint32_t i) { return drawn.matrix.is_decoy[i] != 0; });
    EXPECT_NEAR(of_decoys, 0.5, 1.5 / std::sqrt(4000 * share)) << share;
  }
}

TEST(TransferModel, FewDecoysAmongTheDonorsRankNobody) {
  SimulatedTransfers transfers;
  for (int i = 0; i < 900; ++i) transfers.add_target_donor(i % 2 == 0);
  for (int i = 0; i < 6; ++i) transfers.add_decoy_donor(2);
  TransferCandidates drawn = transfers.drawn();
  scoring::RescoreSettings settings;
  settings.train_q = 0.1;
  const TransferModel model = TransferModel::train(drawn, settings, 1);
  const std::vector<float> before = model.score(drawn);
  for (TransferRow& row : drawn.rows) row.evidence = {};
  EXPECT_EQ(model.score(drawn), before);
}

TEST(UnitWinners, TiesGoToTheDecoy) {
  SimulatedTransfers transfers;
  transfers.add_target_donor(true);
  transfers.add_target_donor(true);
  EXPECT_EQ(group_winners(transfers.drawn().matrix, {1, 1, 2, 1}),
            (std::vector<std::uint32_t>{1, 2}));
}

}  // namespace
}  // namespace overland::identify
