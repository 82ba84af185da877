#include "identify/transfer.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/hash.h"
#include "base/rng.h"
#include "identify/transfer_candidates.h"
#include "identify/transfer_model.h"
#include "scoring/false_discovery.h"
#include "scoring/rescore.h"

namespace overland::identify {
namespace {

constexpr std::size_t kTransferSampleRows =
    400'000;                          // maximum number of rows in memory for training
constexpr double kTrainQValue = 0.1;  // higher than in rescoring: most candidates are true

struct Winner {  // winner of a competition group
  std::uint32_t run = 0;
  PrecursorId donor;
  std::uint32_t row = 0;  // of psms.arrow
  float score = 0;
  bool is_false = false;  // the winner is a decoy
};

struct OpenRun {
  search::PsmFile psms;
  RowScores row_scores;
  RunScores scores;
  [[nodiscard]] TransferRun view() const { return {psms, row_scores, scores}; }
};

Result<OpenRun> open(const TransferInput& input, const search::RowBounds& bounds) {
  auto psms = search::PsmFile::open(input.psms, bounds);
  if (!psms) return std::unexpected(psms.error());
  auto row_scores = read_row_scores(input.rows, psms->size());
  if (!row_scores) return std::unexpected(row_scores.error());
  auto scores = read_scores(input.scores, bounds);
  if (!scores) return std::unexpected(scores.error());
  return OpenRun{std::move(*psms), std::move(*row_scores), std::move(*scores)};
}

void add_winners(const TransferCandidates& found, const std::vector<float>& score,
                 std::uint32_t run, std::vector<Winner>& winners) {
  for (const std::uint32_t i : group_winners(found.matrix, score)) {
    winners.push_back(
        {run, found.rows[i].donor, found.rows[i].row, score[i], found.matrix.is_decoy[i] != 0});
  }
}

std::vector<double> rates_of(const std::vector<Winner>& winners, double k) {
  std::vector<float> score;
  std::vector<std::uint32_t> group;
  std::vector<std::uint8_t> is_false;
  for (std::uint32_t i = 0; i < winners.size(); ++i) {
    score.push_back(winners[i].score);
    group.push_back(i);
    is_false.push_back(winners[i].is_false ? 1 : 0);
  }
  return scoring::q_values(score, group, is_false, k);
}

class Transfers {
 public:
  Transfers(const std::vector<TransferInput>& runs, const library::LibraryView& library,
            const params::TransferParameters& config, const Machine& machine)
      : runs_(runs),
        library_(library),
        config_(config),
        machine_(machine),
        competition_(competition_groups(library, machine)),
        k_(library::decoys_per_target(library)),
        donors_(library.precursor_count()) {}

  Result<TransferSummary> run() {
    if (auto done = gather_donors(); !done) return std::unexpected(done.error());
    const TransferSearch search(library_, competition_, donors_);
    if (auto done = train(search); !done) return std::unexpected(done.error());
    std::vector<Winner> winners;
    for (std::uint32_t r = 0; r < runs_.size(); ++r) {
      const auto opened = open(runs_[r], bounds());
      if (!opened) return std::unexpected(opened.error());
      const TransferCandidates found = search.candidates(opened->view(), shifts_[r]);
      add_winners(found, model_.score(found), r, winners);
    }
    summary_.candidates = winners.size();
    const std::vector<double> q = rates_of(winners, k_);
    std::size_t next = 0;  // winners are sorted by run
    for (std::uint32_t r = 0; r < runs_.size(); ++r) {
      const std::size_t first = next;
      while (next < winners.size() && winners[next].run == r) ++next;
      const auto done = write(runs_[r], std::span(winners).subspan(first, next - first),
                              std::span(q).subspan(first, next - first));
      if (!done) return std::unexpected(done.error());
    }
    return summary_;
  }

 private:
  Result<void> gather_donors() {
    std::size_t accepted = 0;
    for (const TransferInput& input : runs_) {
      const auto scores = read_scores(input.scores, bounds());
      if (!scores) return std::unexpected(scores.error());
      const auto psms = search::PsmFile::open(input.psms, bounds());
      if (!psms) return std::unexpected(psms.error());
      donors_.add(*scores);
      donors_.add_peaks(*scores, *psms);
      for (const ScoredRow& row : scores->rows) accepted += Donors::passes(row) ? 1U : 0U;
    }
    std::size_t donors = 0;
    for (std::uint32_t p = 0; p < library_.precursor_count(); ++p)
      donors += donors_.runs(p) > 0 ? 1U : 0U;
    most_rows_ = static_cast<double>(donors * runs_.size() - accepted) * (1 + k_);
    return {};
  }

  // Trains on as many competition groups as fit into the sample, chosen by a hash of pair and run.
  Result<void> train(const TransferSearch& search) {
    const double share = std::min(1.0, kTransferSampleRows / std::max(most_rows_, 1.0));
    TransferCandidates sample;
    sample.matrix = empty_transfer_matrix();
    std::uint32_t group = 0;
    for (const TransferInput& input : runs_) {
      const auto opened = open(input, bounds());
      if (!opened) return std::unexpected(opened.error());
      shifts_.push_back(fit_shift(opened->scores, donors_));
      summary_.irt_sd.push_back(shifts_.back().sd);
      const TransferCandidates found = search.candidates(opened->view(), shifts_.back());
      for (std::size_t i = 0; i < found.rows.size(); ++i) {
        if (i > 0 && found.matrix.pair[i] != found.matrix.pair[i - 1]) ++group;
        if (!is_sampled(input.name, library_.pair_of(found.rows[i].donor), share)) continue;
        sample.add(found, i);
        sample.matrix.candidate.back() = static_cast<std::uint32_t>(sample.rows.size());
        sample.matrix.pair.back() = group;
      }
      ++group;
    }
    scoring::RescoreSettings settings;
    settings.train_q = kTrainQValue;
    settings.linear_rounds = 5;
    settings.decoys_per_target = k_;
    settings.seed = static_cast<std::uint64_t>(config_.seed);
    settings.trees.seed = settings.seed;
    model_ = TransferModel::train(sample, settings, machine_);
    return {};
  }

  [[nodiscard]] bool is_sampled(const std::string& run, PairId pair, double share) const {
    return share >= 1 ||
           Rng(static_cast<std::uint64_t>(config_.seed) + hash_seed(run), pair.index()).uniform() <
               share;
  }

  Result<void> write(const TransferInput& input, std::span<const Winner> winners,
                     std::span<const double> q) {
    auto opened = open(input, bounds());
    if (!opened) return std::unexpected(opened.error());
    const search::PsmIdentity& psms = opened->psms.identity();
    std::size_t targets = 0;
    std::size_t decoys = 0;
    for (std::size_t i = 0; i < winners.size(); ++i) {
      if (q[i] > config_.transfer.q_value) continue;
      (winners[i].is_false ? decoys : targets) += 1;
      const bool is_partner = psms.precursor[winners[i].row] != winners[i].donor.index();
      const auto row = std::ranges::lower_bound(opened->scores.rows, winners[i].donor.index(), {},
                                                &ScoredRow::precursor);
      const bool is_there =
          row != opened->scores.rows.end() && row->precursor == winners[i].donor.index();
      if (is_partner || !is_there) continue;
      copy_peak(psms, winners[i].row, *row);
      row->score = opened->row_scores.score[winners[i].row];
      row->is_matched = 1;
      row->transfer_q_value = q[i];
    }
    summary_.targets.push_back(targets);
    summary_.decoys.push_back(decoys);
    return write_scores(opened->scores, input.matched);
  }

  [[nodiscard]] search::RowBounds bounds() const {
    return {.precursors = library_.precursor_count()};
  }

  const std::vector<TransferInput>& runs_;
  const library::LibraryView& library_;
  const params::TransferParameters& config_;
  Machine machine_;
  CompetitionGroups competition_;
  double k_;
  Donors donors_;
  double most_rows_ = 0;
  std::vector<RunShift> shifts_;  // per run
  TransferModel model_;
  TransferSummary summary_;
};

}  // namespace

Result<TransferSummary> transfer_runs(const std::vector<TransferInput>& runs,
                                      const library::LibraryView& library,
                                      const params::TransferParameters& config,
                                      const Machine& machine) {
  return Transfers(runs, library, config, machine).run();
}

}  // namespace overland::identify
