// Chooses one peak group per precursor of a run, after conflicts between the forms of a peptide
// have been resolved.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "identify/score_levels.h"
#include "search/psm_table.h"

namespace overland::identify {

struct RunCandidates {
  Candidates best;
  std::vector<std::uint32_t> place;  // row of the chosen peak group in the run's table
};

// The forms of a peptide (oxidised, deamidated, another site) share most of their fragments. If two
// forms choose the same peak in one window, only the better-scoring form keeps it; the other form
// gets its next best peak group, or none. The same rule is applied to the targets and, separately,
// to the decoys of a peptide: decoys of all forms have one sequence and share fragments as the
// targets do.
[[nodiscard]] RunCandidates choose_peak_groups(const search::PsmIdentity& psms,
                                               std::span<const float> score,
                                               const library::LibraryView& library,
                                               const CompetitionGroups& competition);

// One row per ion under its reported name, with the best score and the peak group of its targets.
[[nodiscard]] RunCandidates collapse_ions(const RunCandidates& run, const IonNames& names);

// Best score of each precursor over all runs, with which it competes in the global scope.
class BestOfRuns {
 public:
  explicit BestOfRuns(std::size_t precursors);
  void add(const Candidates& run);
  // One row per ion under its reported name, with the best score of all precursors of the ion.
  [[nodiscard]] BestOfRuns collapsed(const IonNames& names) const;
  [[nodiscard]] Candidates result() const;

 private:
  std::vector<float> best_;  // per precursor; -infinity if it is in no run
};

}  // namespace overland::identify
