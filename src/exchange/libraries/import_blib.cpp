#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/import_spectra.h"
#include "exchange/libraries/listed_modifications.h"
#include "exchange/libraries/protein_names.h"
#include "exchange/libraries/spectrum_blobs.h"

namespace overland::exchange {
namespace {

// Proteins of each spectrum; empty if the library has none.
Result<std::unordered_map<std::int64_t, std::string>> read_blib_proteins(
    const io::SqliteFile& database) {
  std::unordered_map<std::int64_t, std::string> proteins;
  const auto has = has_columns(database, "RefSpectraProteins", {"RefSpectraId", "ProteinId"});
  if (!has) return std::unexpected(has.error());
  if (!*has) return proteins;
  const auto done =
      for_each_row(database,
                   "SELECT s.RefSpectraId, p.accession FROM RefSpectraProteins s JOIN Proteins p"
                   " ON p.id = s.ProteinId ORDER BY s.RefSpectraId, p.accession",
                   [&](io::SqliteStatement& row) -> Result<void> {
                     append_distinct(proteins[row.integer(0)], row.text(1));
                     return {};
                   });
  if (!done) return std::unexpected(done.error());
  return proteins;
}

// Modifications with exact masses; the masses in peptideModSeq have one decimal. Positions start at
// 1.
Result<std::unordered_map<std::int64_t, std::vector<ListedModification>>> read_modifications(
    const io::SqliteFile& database) {
  std::unordered_map<std::int64_t, std::vector<ListedModification>> modifications;
  const auto has = has_columns(database, "Modifications", {"RefSpectraID", "position", "mass"});
  if (!has) return std::unexpected(has.error());
  if (!*has) return modifications;
  const auto done = for_each_row(
      database, "SELECT RefSpectraID, position, mass FROM Modifications ORDER BY RefSpectraID, id",
      [&](io::SqliteStatement& row) -> Result<void> {
        const auto position = static_cast<int>(row.integer(1)) - 1;
        modifications[row.integer(0)].push_back({position, fmt::format("{:+.6f}", row.number(2))});
        return {};
      });
  if (!done) return std::unexpected(done.error());
  return modifications;
}

bool is_known(const std::string& text) {
  const auto peptide = parse_peptide(text);
  return peptide && !peptide->modifications.empty() && peptide->modifications.front().unimod != 0;
}

// BLIB places terminal modifications at the first and the last residue. They are moved to the
// terminus if the modification is known for the terminus but not for the residue.
std::string sequence_of(std::string_view plain, std::string_view modified,
                        std::vector<ListedModification> listed) {
  if (listed.empty() || plain.empty()) return std::string(modified.empty() ? plain : modified);
  const auto last = static_cast<int>(plain.size()) - 1;
  for (ListedModification& modification : listed) {
    const std::string bracket = "[" + modification.text + "]";
    if (modification.position == 0 && !is_known(plain.front() + bracket) &&
        is_known(bracket + plain.front())) {
      modification.position = kBeforeFirst;
    } else if (modification.position == last && !is_known(plain.back() + bracket) &&
               is_known(std::string(1, plain.back()) + "." + bracket)) {
      modification.position = kAfterLast;
    }
  }
  const auto sequence = with_modifications(plain, listed);
  return sequence ? *sequence : std::string(modified);
}

bool read_blib_peaks(const io::SqliteStatement& row, std::vector<SourcePeak>& peaks) {
  const std::int64_t declared = row.integer(5);
  if (declared < 0) return false;
  const auto count = static_cast<std::size_t>(declared);
  const auto mz = decode_blob<double>(row.blob(7), count, std::endian::little);
  const auto intensity = decode_blob<float>(row.blob(8), count, std::endian::little);
  if (!mz || !intensity) return false;
  for (std::size_t i = 0; i < count; ++i) peaks.push_back({(*mz)[i], (*intensity)[i], {}});
  return true;
}

}  // namespace

Result<ImportedLibrary> import_blib(const io::SqliteFile& database, const std::string& where,
                                    const ImportSettings& settings) {
  const auto has_time = has_columns(database, "RefSpectra", {"retentionTime"});
  if (!has_time) return std::unexpected(has_time.error());
  auto modifications = read_modifications(database);
  if (!modifications) return std::unexpected(modifications.error());
  const auto proteins = read_blib_proteins(database);
  if (!proteins) return std::unexpected(proteins.error());
  const std::string sql = fmt::format(
      "SELECT s.id, s.peptideSeq, s.peptideModSeq, s.precursorMZ, s.precursorCharge,"
      " s.numPeaks, {}, p.peakMZ, p.peakIntensity FROM RefSpectra s"
      " JOIN RefSpectraPeaks p ON p.RefSpectraID = s.id ORDER BY s.id",
      *has_time ? "s.retentionTime" : "NULL");
  SpectrumImporter importer(where, settings);
  const auto done = for_each_row(database, sql, [&](io::SqliteStatement& row) -> Result<void> {
    const std::int64_t id = row.integer(0);
    SourceSpectrum spectrum;
    const auto listed = modifications->find(id);
    spectrum.sequence = sequence_of(
        row.text(1), row.text(2),
        listed == modifications->end() ? std::vector<ListedModification>() : listed->second);
    spectrum.precursor_mz = row.number(3);
    spectrum.charge = static_cast<int>(row.integer(4));
    spectrum.irt = row.number(6);
    if (const auto found = proteins->find(id); found != proteins->end()) {
      spectrum.proteins = found->second;
      spectrum.is_decoy = are_decoys(found->second);
    }
    if (!read_blib_peaks(row, spectrum.peaks)) return damaged_spectrum(where, id);
    importer.take(std::move(spectrum));
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return importer.finish();
}

}  // namespace overland::exchange
