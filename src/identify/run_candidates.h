// From scores of peak groups to one candidate per precursor of a run: which peak group it stands
// for, after the forms of a peptide have settled which of them it belongs to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "identify/score_levels.h"
#include "search/psm_table.h"

namespace overland::identify {

struct RunCandidates {
  Candidates best;
  std::vector<std::uint32_t> place;  // of the chosen peak group in the run's table
};

// The forms of a peptide (oxidised, deamidated, another site) share most of their fragments. Where
// two of them choose the same peak of one window, only the better one keeps it; the other takes its
// next best peak group, or none. Targets and their decoys alike, each among themselves: all forms
// of a peptide have decoys of one sequence, which share fragments as the targets do.
[[nodiscard]] RunCandidates choose_peak_groups(const search::PsmIdentity& psms,
                                               std::span<const float> score,
                                               const library::LibraryView& library,
                                               const ScoringUnits& units);

// Each ion once, under its name, with the best score and the peak group of its targets.
[[nodiscard]] RunCandidates collapse_ions(const RunCandidates& run, const IonNames& names);

// Over the search each precursor competes once, with its best score.
class BestOfRuns {
 public:
  explicit BestOfRuns(std::size_t precursors);
  void add(const Candidates& run);
  // Each ion once, under its name, with the best score of all its names.
  [[nodiscard]] BestOfRuns collapsed(const IonNames& names) const;
  [[nodiscard]] Candidates result() const;

 private:
  std::vector<float> best_;  // per precursor; -infinity: in no run
};

}  // namespace overland::identify
