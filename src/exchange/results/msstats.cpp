// Exports the ten columns of MSstats. One row per feature (precursor or fragment) and run; a
// feature missing in a run has no row, which MSstats adds itself.
#include <cmath>

#include "exchange/results/exports.h"
#include "exchange/results/line_file.h"
#include "exchange/results/observed_fragments.h"

namespace overland::exchange {
namespace {

const std::vector<std::string> kHeader{
    "ProteinName",      "PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge",
    "IsotopeLabelType", "Condition",       "BioReplicate",    "Run",         "Intensity"};

class MsstatsRows {
 public:
  MsstatsRows(const SearchResults& results, LineFile& lines)
      : results_(results),
        lines_(lines),
        condition_(results.condition_of_run()),
        decoy_(results.is_decoy()),
        charge_(results.numbers("Precursor.Charge")) {
    lines_.add_fields(kHeader, ',');
  }

  // Rows without a protein group are left out: MSstats summarises by protein.
  [[nodiscard]] bool counts(std::size_t row) const {
    return !decoy_[row] && !results_.text("Protein.Group")[row].empty();
  }

  void add(std::size_t row, const std::string& fragment, const std::string& charge,
           double intensity) {
    if (!(intensity > 0)) return;
    const std::uint32_t run = results_.run_of_row[row];
    const std::vector<std::string> fields{results_.text("Protein.Group")[row],
                                          results_.text("Modified.Sequence")[row],
                                          std::to_string(std::lround(charge_[row])),
                                          fragment,
                                          charge,
                                          "L",
                                          condition_[run],
                                          std::to_string(run + 1),
                                          results_.runs[run],
                                          number_text(intensity)};
    lines_.add_fields(fields, ',');
  }

 private:
  const SearchResults& results_;
  LineFile& lines_;
  std::vector<std::string> condition_;
  std::vector<bool> decoy_;
  std::vector<double> charge_;
};

}  // namespace

Result<void> export_msstats(const SearchResults& results, const MsstatsOptions& options,
                            const std::filesystem::path& file) {
  return write_line_file(file, [&](LineFile& lines) -> Result<void> {
    MsstatsRows rows(results, lines);
    if (options.by_fragment) {
      return visit_fragments(results,
                             [&](std::size_t row, std::span<const ObservedFragment> fragments) {
                               for (const ObservedFragment& f : fragments)
                                 if (rows.counts(row))
                                   rows.add(row, f.type + std::to_string(f.ordinal),
                                            std::to_string(f.charge), f.corrected);
                               return Result<void>();
                             });
    }
    const std::vector<double> quantity = results.numbers("Precursor.Quantity");
    for (std::size_t row = 0; row < results.row_count(); ++row)
      if (rows.counts(row)) rows.add(row, "NA", "NA", quantity[row]);
    return {};
  });
}

}  // namespace overland::exchange
