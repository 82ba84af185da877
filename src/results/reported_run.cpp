#include "results/reported_run.h"

#include "identify/accepted.h"

namespace overland::results {

Result<quantify::ReportedRows> read_reported_rows(const ReportedRun& run,
                                                  const library::LibraryView& library,
                                                  const params::ReportFilter& filter,
                                                  const search::RowBounds& bounds) {
  auto scores = identify::read_scores(run.scores, bounds, [&](const identify::ScoredRow& row) {
    return identify::is_reported(row, library, filter);
  });
  if (!scores) return std::unexpected(scores.error());
  auto quantities = quantify::quantities_of(scores->rows, run.quantities, bounds);
  if (!quantities) return std::unexpected(quantities.error());
  return quantify::ReportedRows{std::move(scores->rows), std::move(*quantities)};
}

Result<bool> GroupNamesFile::open(const std::filesystem::path& file) {
  if (file == file_) return false;
  auto names = identify::read_protein_groups(file);
  if (!names) return std::unexpected(names.error());
  names_ = std::move(*names);
  file_ = file;
  return true;
}

}  // namespace overland::results
