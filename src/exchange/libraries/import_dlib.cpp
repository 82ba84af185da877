#include <map>

#include "base/protein_marks.h"
#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/import_spectra.h"
#include "exchange/libraries/spectrum_blobs.h"

namespace overland::exchange {
namespace {

struct Proteins {
  std::string accessions;
  bool is_target = false, is_decoy = false;
};
using ProteinsOfPeptide = std::map<std::string, Proteins, std::less<>>;

Result<ProteinsOfPeptide> read_dlib_proteins(const io::SqliteFile& database) {
  ProteinsOfPeptide proteins;
  const auto has = has_columns(database, "peptidetoprotein", {"PeptideSeq", "ProteinAccession"});
  if (!has) return std::unexpected(has.error());
  if (!*has) return proteins;
  const auto has_decoy = has_columns(database, "peptidetoprotein", {"isDecoy"});
  if (!has_decoy) return std::unexpected(has_decoy.error());
  const std::string sql = std::string("SELECT PeptideSeq, ProteinAccession, ") +
                          (*has_decoy ? "isDecoy" : "0") + " FROM peptidetoprotein";
  const auto done = for_each_row(database, sql, [&](io::SqliteStatement& row) -> Result<void> {
    Proteins& of = proteins[std::string(row.text(0))];
    append_distinct(of.accessions, row.text(1));
    // SQLite has no booleans; EncyclopeDIA writes 0/1, other programs words.
    const bool is_decoy =
        row.integer(2) != 0 || row.text(2) == "true" || is_decoy_name(row.text(1));
    (is_decoy ? of.is_decoy : of.is_target) = true;
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return proteins;
}

constexpr const char* kSpectra =
    "SELECT PrecursorMz, PrecursorCharge, PeptideModSeq, PeptideSeq, RTInSeconds,"
    " MassEncodedLength, MassArray, IntensityEncodedLength, IntensityArray"
    " FROM entries ORDER BY rowid";

// The encoded lengths are the sizes of the uncompressed arrays in bytes.
bool read_dlib_peaks(const io::SqliteStatement& row, std::vector<SourcePeak>& peaks) {
  const std::int64_t mass_bytes = row.integer(5);
  const std::int64_t intensity_bytes = row.integer(7);
  if (mass_bytes < 0 || intensity_bytes < 0 || mass_bytes % 8 != 0) return false;
  const auto count = static_cast<std::size_t>(mass_bytes) / 8;
  if (static_cast<std::size_t>(intensity_bytes) != count * 4) return false;
  const auto mz = decode_blob<double>(row.blob(6), count, std::endian::big);
  const auto intensity = decode_blob<float>(row.blob(8), count, std::endian::big);
  if (!mz || !intensity) return false;
  for (std::size_t i = 0; i < count; ++i) peaks.push_back({(*mz)[i], (*intensity)[i], {}});
  return true;
}

}  // namespace

Result<ImportedLibrary> import_dlib(const io::SqliteFile& database, const std::string& where,
                                    const ImportSettings& settings) {
  const auto proteins = read_dlib_proteins(database);
  if (!proteins) return std::unexpected(proteins.error());
  SpectrumImporter importer(where, settings);
  std::int64_t number = 0;
  const auto done = for_each_row(database, kSpectra, [&](io::SqliteStatement& row) -> Result<void> {
    ++number;
    SourceSpectrum spectrum;
    spectrum.precursor_mz = row.number(0);
    spectrum.charge = static_cast<int>(row.integer(1));
    spectrum.sequence = row.text(2);
    spectrum.irt = row.number(4) / 60;
    if (const auto found = proteins->find(row.text(3)); found != proteins->end()) {
      spectrum.proteins = found->second.accessions;
      spectrum.is_decoy = found->second.is_decoy && !found->second.is_target;
    }
    if (!read_dlib_peaks(row, spectrum.peaks)) return damaged_spectrum(where, number);
    importer.take(std::move(spectrum));
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return importer.finish();
}

}  // namespace overland::exchange
