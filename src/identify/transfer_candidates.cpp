#include "identify/transfer_candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/pinned_math.h"

namespace overland::identify {
namespace {

constexpr double kWindowSds = 5;  // half width of the search around the predicted time, in SD
constexpr std::uint32_t kNoRow = std::numeric_limits<std::uint32_t>::max();

// The rows of each precursor of a run, and the peaks that accepted precursors already use.
class RunTable {
 public:
  RunTable(const TransferRun& run, const library::LibraryView& library,
           const CompetitionGroups& competition)
      : run_(run), library_(library), competition_(competition) {
    passes_ = PerId<PairId, std::uint8_t>(competition.fold.size(), 0);
    for (const ScoredRow& row : run.scores.rows) {
      if (row.q_value > kDonorQValue) continue;
      const PairId pair = library.pair_of(PrecursorId(row.precursor));
      passes_[pair] = 1;
      taken_.push_back({competition.family[pair], row.window, row.rt_start, row.rt_stop});
    }
    std::ranges::sort(taken_, {}, &Taken::family);
  }

  // Whether a member of the pair is accepted in this run, so that there is nothing to transfer.
  [[nodiscard]] bool passes(PairId pair) const { return passes_[pair] != 0; }

  // The best-scoring row of a precursor within `reach` of the predicted time whose peak is not used
  // by an accepted form of the same peptide; kNoRow if there is none.
  [[nodiscard]] std::uint32_t best(PrecursorId precursor, double expected, double reach) const {
    const search::PsmIdentity& psms = run_.psms.identity();
    const auto rows = std::ranges::equal_range(psms.precursor, precursor.index());
    const auto first = static_cast<std::uint32_t>(rows.begin() - psms.precursor.begin());
    std::uint32_t best = kNoRow;
    for (std::uint32_t r = first; r < first + rows.size(); ++r) {
      if (std::abs(static_cast<double>(psms.irt_observed[r]) - expected) > reach) continue;
      if (is_taken(competition_.family[library_.pair_of(precursor)], r)) continue;
      if (best == kNoRow || run_.row_scores.score[r] > run_.row_scores.score[best]) best = r;
    }
    return best;
  }

 private:
  struct Taken {
    std::uint32_t family;
    WindowId window;
    float start, stop;
  };
  [[nodiscard]] bool is_taken(std::uint32_t family, std::uint32_t row) const {
    const search::PsmIdentity& psms = run_.psms.identity();
    return std::ranges::any_of(
        std::ranges::equal_range(taken_, family, {}, &Taken::family), [&](const Taken& t) {
          return t.window == psms.window[row] && t.start <= psms.rt_minutes[row] &&
                 psms.rt_minutes[row] <= t.stop;
        });
  }

  const TransferRun& run_;
  const library::LibraryView& library_;
  const CompetitionGroups& competition_;
  PerId<PairId, std::uint8_t> passes_;
  std::vector<Taken> taken_;  // by family
};

constexpr float kUsualShortage = 2;  // log2; smaller shortfalls of intensity count as 0

// `distance`: deviation from the predicted time in SD. `donor_intensity`: log2, mean over the
// donor's peaks.
void add_features(const TransferRun& run, TransferRow row, double distance, float donor_intensity,
                  scoring::FeatureMatrix& matrix) {
  const auto apart = static_cast<float>(std::abs(distance));
  const float shift = run.psms.feature("log_intensity")[row.row] - donor_intensity;
  const float shortage = std::isnan(shift) ? shift : std::min(shift + kUsualShortage, 0.0F);
  const DonorEvidence& donor = row.evidence;
  for (const float value : {run.row_scores.score[row.row], apart, apart * apart, shift, shortage,
                            donor.best_score, donor.log_runs, donor.score_elsewhere}) {
    matrix.values.push_back(value);
  }
  run.psms.gather(std::span(&row.row, 1), matrix.values);
}

}  // namespace

TransferSearch::TransferSearch(const library::LibraryView& library,
                               const CompetitionGroups& competition, const Donors& donors)
    : library_(library), competition_(competition), donors_(donors) {
  member_begin_.assign(competition.fold.size() + 1, 0);
  for (const std::uint32_t pair : library.pair) ++member_begin_[pair + 1];
  for (std::size_t p = 1; p < member_begin_.size(); ++p) member_begin_[p] += member_begin_[p - 1];
  members_.resize(library.precursor_count());
  std::vector<std::uint32_t> next = member_begin_;
  for (PrecursorId p; p.index() < members_.size(); ++p)
    members_[next[library.pair_of(p).index()]++] = p;
}

DonorEvidence TransferSearch::evidence_of(PrecursorId donor, const RunScores& acceptor) const {
  const auto row =
      std::ranges::lower_bound(acceptor.rows, donor.index(), {}, &ScoredRow::precursor);
  std::optional<float> here;
  if (row != acceptor.rows.end() && row->precursor == donor.index()) here = row->score;
  return {donors_.best_score(donor.index()),
          static_cast<float>(pinned::log2(static_cast<double>(donors_.runs(donor.index())))),
          donors_.score_elsewhere(donor.index(), here)};
}

TransferCandidates TransferSearch::candidates(const TransferRun& run, const RunShift& shift) const {
  TransferCandidates found;
  found.matrix = empty_transfer_matrix();
  if (!(shift.sd > 0)) return found;
  const RunTable table(run, library_, competition_);
  std::uint32_t group = 0;
  for (PrecursorId donor; donor.index() < library_.precursor_count(); ++donor) {
    const PairId pair = library_.pair_of(donor);
    if (donors_.runs(donor.index()) == 0 || table.passes(pair)) continue;
    const double expected = shift.expected(donors_.irt(donor.index()));
    const DonorEvidence evidence = evidence_of(donor, run.scores);
    const bool is_target = library_.is_decoy[donor.index()] == 0;
    for (std::uint32_t m = member_begin_[pair.index()]; m < member_begin_[pair.index() + 1]; ++m) {
      if (!is_target && members_[m] != donor) continue;
      const std::uint32_t row = table.best(members_[m], expected, kWindowSds * shift.sd);
      if (row == kNoRow) continue;
      const double off = static_cast<double>(run.psms.identity().irt_observed[row]) - expected;
      found.rows.push_back({donor, members_[m], row, !is_target, evidence});
      add_features(run, found.rows.back(), off / shift.sd, donors_.log_intensity(donor.index()),
                   found.matrix);
      found.matrix.candidate.push_back(static_cast<std::uint32_t>(found.rows.size() - 1));
      found.matrix.pair.push_back(group);
      found.matrix.is_decoy.push_back(library_.is_decoy[members_[m].index()]);
      found.matrix.fold.push_back(competition_.fold[pair]);
    }
    ++group;
  }
  return found;
}

scoring::FeatureMatrix empty_transfer_matrix() {
  scoring::FeatureMatrix matrix;
  matrix.names = {"score",    "distance",    "distance_squared", "intensity_shift",
                  "shortage", "donor_score", "donor_runs",       "score_elsewhere"};
  matrix.direction = {1, -1, -1, 0, 1, 1, 1, 1};
  const scoring::FeatureMatrix psms = empty_psm_matrix();
  matrix.names.insert(matrix.names.end(), psms.names.begin(), psms.names.end());
  matrix.direction.insert(matrix.direction.end(), psms.direction.begin(), psms.direction.end());
  return matrix;
}

std::vector<float> initial_transfer_score(const scoring::FeatureMatrix& matrix) {
  std::vector<float> score;
  score.reserve(matrix.row_count());
  for (std::size_t r = 0; r < matrix.row_count(); ++r) {
    score.push_back(matrix.row(r)[0] - 0.25F * matrix.row(r)[2]);
  }
  return score;
}

}  // namespace overland::identify
