#include "identify/transfer.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/files/hash.h"
#include "base/files/scratch_file.h"
#include "base/rng.h"
#include "identify/transfer_candidates.h"
#include "identify/transfer_model.h"
#include "scoring/rescore.h"
#include "scoring/sorted_rates.h"

namespace overland::identify {
namespace {

constexpr std::size_t kTransferSampleRows =
    400'000;                          // maximum number of rows in memory for training
constexpr double kTrainQValue = 0.1;  // higher than in rescoring: most candidates are true

struct Winner {  // winner of a competition group of one run
  PrecursorId donor;
  std::uint32_t row = 0;  // of psms.arrow
  float score = 0;
  std::uint32_t is_false = 0;  // 1: the winner is a decoy
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

std::vector<Winner> winners_of(const TransferCandidates& found, const std::vector<float>& score) {
  std::vector<Winner> winners;
  for (const std::uint32_t i : group_winners(found.matrix, score)) {
    winners.push_back({found.rows[i].donor, found.rows[i].row, score[i],
                       found.matrix.is_decoy[i] != 0 ? 1U : 0U});
  }
  return winners;
}

// The winners of all runs, one run after the other, in a scratch file.
class StoredWinners {
 public:
  [[nodiscard]] static Result<StoredWinners> create(const std::filesystem::path& folder) {
    auto file = ScratchFile::create(folder);
    if (!file) return std::unexpected(file.error());
    return StoredWinners(std::move(*file));
  }
  Result<void> add_run(std::span<const Winner> winners) {
    auto done = file_.write(begin_.back(), winners);
    begin_.push_back(begin_.back() + winners.size());
    return done;
  }
  [[nodiscard]] Result<ScratchView<Winner>> of_run(std::size_t run) const {
    return file_.view<Winner>(begin_[run], begin_[run + 1] - begin_[run]);
  }
  [[nodiscard]] std::size_t size() const { return begin_.back(); }

 private:
  explicit StoredWinners(ScratchFile file) : file_(std::move(file)) {}
  ScratchFile file_;
  std::vector<std::uint64_t> begin_{0};  // by run
};

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
    auto winners = StoredWinners::create(scratch());
    if (!winners) return std::unexpected(winners.error());
    scoring::SortedRates rates;
    for (std::uint32_t r = 0; r < runs_.size(); ++r) {
      const auto opened = open(runs_[r], bounds());
      if (!opened) return std::unexpected(opened.error());
      const TransferCandidates found = search.candidates(opened->view(), shifts_[r]);
      const std::vector<Winner> of_run = winners_of(found, model_.score(found));
      for (const Winner& winner : of_run) rates.count(winner.score, winner.is_false != 0);
      if (auto done = winners->add_run(of_run); !done) return std::unexpected(done.error());
    }
    summary_.candidates = winners->size();
    const auto q = rates_of(*winners, rates);
    if (!q) return std::unexpected(q.error());
    for (std::uint32_t r = 0; r < runs_.size(); ++r) {
      const auto of_run = winners->of_run(r);
      if (!of_run) return std::unexpected(of_run.error());
      if (auto done = write(runs_[r], of_run->values, *q); !done)
        return std::unexpected(done.error());
    }
    return summary_;
  }

 private:
  // Where scratch files have room: beside the output.
  [[nodiscard]] std::filesystem::path scratch() const {
    return runs_.front().matched.parent_path();
  }

  // Up to the q-value of the transfers.
  Result<scoring::QValueSteps> rates_of(const StoredWinners& winners,
                                        scoring::SortedRates& rates) const {
    if (auto done = rates.sort_into(scratch()); !done) return std::unexpected(done.error());
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      const auto of_run = winners.of_run(r);
      if (!of_run) return std::unexpected(of_run.error());
      for (const Winner& winner : of_run->values) {
        if (auto done = rates.add(winner.score, winner.is_false != 0); !done)
          return std::unexpected(done.error());
      }
    }
    return rates.finish(k_, config_.transfer.q_value);
  }

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
                     const scoring::QValueSteps& steps) {
    auto opened = open(input, bounds());
    if (!opened) return std::unexpected(opened.error());
    const search::PsmIdentity& psms = opened->psms.identity();
    std::size_t targets = 0;
    std::size_t decoys = 0;
    for (const Winner& winner : winners) {
      const double q = steps.at(winner.score);
      if (q > config_.transfer.q_value) continue;
      (winner.is_false != 0 ? decoys : targets) += 1;
      const bool is_partner = psms.precursor[winner.row] != winner.donor.index();
      const auto row = std::ranges::lower_bound(opened->scores.rows, winner.donor.index(), {},
                                                &ScoredRow::precursor);
      const bool is_there =
          row != opened->scores.rows.end() && row->precursor == winner.donor.index();
      if (is_partner || !is_there) continue;
      copy_peak(psms, winner.row, *row);
      row->score = opened->row_scores.score[winner.row];
      row->is_matched = 1;
      row->transfer_q_value = q;
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
