#include "identify/accepted.h"

namespace overland::identify {

bool is_reported(const ScoredRow& row, const library::LibraryView& library,
                 const params::ReportFilter& filter) {
  const bool passes = row.q_value <= filter.q_value && row.global_q_value <= filter.q_value;
  if (!passes && row.is_matched == 0) return false;
  if (library.is_decoy[row.precursor] != 0 && !filter.decoys) return false;
  return library.entrapment[row.precursor] == 0 || filter.entrapments;
}

std::vector<ScoredRow> accepted_rows(const RunScores& scores, const library::LibraryView& library,
                                     const params::ReportFilter& filter) {
  std::vector<ScoredRow> rows;
  for (const ScoredRow& row : scores.rows) {
    if (is_reported(row, library, filter)) rows.push_back(row);
  }
  return rows;
}

AcceptedCounts count_accepted(const RunScores& scores, const library::LibraryView& library,
                              double q_value) {
  AcceptedCounts counts;
  for (const ScoredRow& row : scores.rows) {
    const bool is_decoy = library.is_decoy[row.precursor] != 0;
    const bool is_entrapment = library.entrapment[row.precursor] != 0;
    if (row.is_matched != 0 && !is_decoy && !is_entrapment) counts.matched += 1;
    if (row.q_value > q_value) continue;
    (is_decoy ? counts.decoys : is_entrapment ? counts.entrapments : counts.targets) += 1;
  }
  return counts;
}

}  // namespace overland::identify
