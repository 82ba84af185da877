// Exports for Skyline: observed spectra with the retention times and limits of each run (BLIB), the
// limits as a table, and the quantities for comparison.
#include <cmath>
#include <map>
#include <numeric>

#include "base/files/atomic_file.h"
#include "exchange/libraries/blib_file.h"
#include "exchange/results/exports.h"
#include "exchange/results/line_file.h"
#include "exchange/results/observed_fragments.h"

namespace overland::exchange {
namespace {

struct Numbers {
  explicit Numbers(const SearchResults& r)
      : rt(r.numbers("RT")),
        start(r.numbers("RT.Start")),
        stop(r.numbers("RT.Stop")),
        q_value(r.numbers("Q.Value")),
        charge(r.numbers("Precursor.Charge")),
        mz(r.numbers("Precursor.Mz")),
        quantity(r.numbers("Precursor.Quantity")),
        normalised(r.numbers("Precursor.Normalised")) {}
  std::vector<double> rt, start, stop, q_value, charge, mz, quantity, normalised;
};

// The spectrum of a precursor, from the run with the lowest q-value; of several, the most intense.
struct BestSpectrum {
  std::size_t row = 0;
  std::vector<std::pair<double, float>> peaks;
};

using BestSpectra = std::map<std::string, BestSpectrum>;  // by Precursor.Id

Result<BestSpectra> best_spectra(const SearchResults& results, const Numbers& numbers) {
  BestSpectra best;
  const auto is_better = [&](std::size_t a, std::size_t b) {
    if (numbers.q_value[a] != numbers.q_value[b]) return numbers.q_value[a] < numbers.q_value[b];
    return numbers.quantity[a] > numbers.quantity[b];
  };
  const auto visit = [&](std::size_t row, std::span<const ObservedFragment> fragments) {
    std::vector<std::pair<double, float>> peaks;
    for (const ObservedFragment& f : fragments)
      if (f.area > 0) peaks.emplace_back(f.mz, static_cast<float>(f.area));
    if (peaks.empty()) return Result<void>();
    const auto [place, is_new] = best.try_emplace(results.text("Precursor.Id")[row]);
    if (is_new || is_better(row, place->second.row))
      place->second = {.row = row, .peaks = std::move(peaks)};
    return Result<void>();
  };
  if (auto done = visit_fragments(results, visit); !done) return std::unexpected(done.error());
  return best;
}

std::optional<double> known(double value) {
  if (std::isfinite(value)) return value;
  return {};
}

class SkylineLibrary {
 public:
  SkylineLibrary(const SearchResults& results, const Numbers& numbers, BlibFile file)
      : results_(results), numbers_(numbers), file_(std::move(file)) {}

  Result<void> write(const BestSpectra& best) {
    for (const std::string& run : results_.files)
      if (auto added = file_.add_file(run, "report.parquet", kCutoff); !added)
        return std::unexpected(added.error());
    std::map<std::string, std::vector<std::size_t>> rows_of;
    for (std::size_t row = 0; row < results_.row_count(); ++row)
      rows_of[results_.text("Precursor.Id")[row]].push_back(row);
    const std::vector<bool> decoy = results_.is_decoy();
    for (const auto& [id, spectrum] : best) {
      if (decoy[spectrum.row]) continue;
      if (auto done = add(spectrum, rows_of[id]); !done) return done;
    }
    return file_.finish();
  }

 private:
  static constexpr double kCutoff = 0.01;

  [[nodiscard]] std::int64_t file_of(std::size_t row) const {
    return static_cast<std::int64_t>(results_.run_of_row[row]) + 1;
  }

  Result<void> add(const BestSpectrum& best, const std::vector<std::size_t>& rows) {
    auto peptide = parse_peptide(results_.text("Modified.Sequence")[best.row]);
    if (!peptide) return std::unexpected(peptide.error());
    const auto id = file_.add_spectrum({.peptide = std::move(*peptide),
                                        .charge = static_cast<int>(numbers_.charge[best.row]),
                                        .minutes = numbers_.rt[best.row],
                                        .start_minutes = known(numbers_.start[best.row]),
                                        .end_minutes = known(numbers_.stop[best.row]),
                                        .file = file_of(best.row),
                                        .score = numbers_.q_value[best.row],
                                        .score_kind = BlibScore::q_value,
                                        .peaks = best.peaks,
                                        .protein_ids = results_.text("Protein.Ids")[best.row]});
    if (!id) return std::unexpected(id.error());
    for (const std::size_t row : rows) {
      auto done = file_.add_time({.spectrum = *id,
                                  .file = file_of(row),
                                  .minutes = numbers_.rt[row],
                                  .start_minutes = known(numbers_.start[row]),
                                  .end_minutes = known(numbers_.stop[row]),
                                  .score = numbers_.q_value[row],
                                  .is_best = row == best.row});
      if (!done) return done;
    }
    return {};
  }

  const SearchResults& results_;
  const Numbers& numbers_;
  BlibFile file_;
};

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// Writes a line per row of the report; `fields` gives the fields after file, sequence and charge.
Result<void> write_rows(const SearchResults& results, const Numbers& numbers,
                        std::vector<std::string> header,
                        const std::function<std::vector<std::string>(std::size_t)>& fields,
                        const std::filesystem::path& file) {
  return write_line_file(file, [&](LineFile& lines) -> Result<void> {
    header.insert(header.begin(), {"File Name", "Peptide Modified Sequence", "Precursor Charge"});
    lines.add_fields(header, ',');
    for (std::size_t row = 0; row < results.row_count(); ++row) {
      const auto peptide = parse_peptide(results.text("Modified.Sequence")[row]);
      if (!peptide) return std::unexpected(peptide.error());
      std::vector<std::string> line{file_name(results.files[results.run_of_row[row]]),
                                    blib_sequence(*peptide), number_text(numbers.charge[row])};
      for (std::string& field : fields(row)) line.push_back(std::move(field));
      lines.add_fields(line, ',');
    }
    return {};
  });
}

}  // namespace

Result<void> export_skyline(const SearchResults& results, const std::filesystem::path& folder) {
  const Numbers numbers(results);
  const auto best = best_spectra(results, numbers);
  if (!best) return std::unexpected(best.error());
  auto done = write_atomically(
      folder / "results.blib", [&](const std::filesystem::path& temporary) -> Result<void> {
        auto file = BlibFile::create(temporary);
        if (!file) return std::unexpected(file.error());
        return SkylineLibrary(results, numbers, std::move(*file)).write(*best);
      });
  if (!done) return done;
  const std::vector<bool> decoy = results.is_decoy();
  done = write_rows(
      results, numbers, {"Min Start Time", "Max End Time", "Precursor Is Decoy"},
      [&](std::size_t row) {
        return std::vector<std::string>{number_text(numbers.start[row], "#N/A"),
                                        number_text(numbers.stop[row], "#N/A"),
                                        decoy[row] ? "TRUE" : "FALSE"};
      },
      folder / "peak_boundaries.csv");
  if (!done) return done;
  return write_rows(
      results, numbers,
      {"Protein Accession", "Precursor Mz", "Best Retention Time", "Min Start Time", "Max End Time",
       "Total Area", "Normalized Area", "Detection Q Value"},
      [&](std::size_t row) {
        return std::vector<std::string>{results.text("Protein.Ids")[row],
                                        number_text(numbers.mz[row], "#N/A"),
                                        number_text(numbers.rt[row], "#N/A"),
                                        number_text(numbers.start[row], "#N/A"),
                                        number_text(numbers.stop[row], "#N/A"),
                                        number_text(numbers.quantity[row], "#N/A"),
                                        number_text(numbers.normalised[row], "#N/A"),
                                        number_text(numbers.q_value[row], "#N/A")};
      },
      folder / "precursors.csv");
}

}  // namespace overland::exchange
