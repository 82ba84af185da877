#include <fmt/format.h>

#include <unordered_map>

#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/import_spectra.h"

namespace overland::exchange {
namespace {

using Names = std::unordered_map<std::int64_t, std::string>;

// Names of each peptide, read through a mapping table; empty if the library lacks these tables.
Result<Names> read_names(const io::SqliteFile& database, const std::string& table,
                         const std::string& column) {
  Names names;
  const auto has = has_columns(database, "PEPTIDE_" + table + "_MAPPING", {"PEPTIDE_ID"});
  if (!has) return std::unexpected(has.error());
  if (!*has) return names;
  const auto done =
      for_each_row(database,
                   fmt::format("SELECT m.PEPTIDE_ID, n.{1} FROM PEPTIDE_{0}_MAPPING m JOIN {0} n"
                               " ON n.ID = m.{0}_ID ORDER BY m.PEPTIDE_ID, n.{1}",
                               table, column),
                   [&](io::SqliteStatement& row) -> Result<void> {
                     append_distinct(names[row.integer(0)], row.text(1));
                     return {};
                   });
  if (!done) return std::unexpected(done.error());
  return names;
}

constexpr const char* kIdentifying =
    "SELECT COUNT(*) FROM TRANSITION t JOIN TRANSITION_PRECURSOR_MAPPING tm"
    " ON tm.TRANSITION_ID = t.ID WHERE t.DETECTING <> 1";

constexpr const char* kTransitions =
    "SELECT c.ID, c.TRAML_ID, c.PRECURSOR_MZ, c.CHARGE, c.LIBRARY_RT, c.DECOY, e.ID,"
    " e.MODIFIED_SEQUENCE, t.PRODUCT_MZ, t.LIBRARY_INTENSITY, t.ANNOTATION, t.TYPE, t.ORDINAL,"
    " t.CHARGE FROM PRECURSOR c"
    " JOIN PRECURSOR_PEPTIDE_MAPPING pm ON pm.PRECURSOR_ID = c.ID"
    " JOIN PEPTIDE e ON e.ID = pm.PEPTIDE_ID"
    " JOIN TRANSITION_PRECURSOR_MAPPING tm ON tm.PRECURSOR_ID = c.ID"
    " JOIN TRANSITION t ON t.ID = tm.TRANSITION_ID"
    " WHERE t.DETECTING = 1 ORDER BY c.ID, e.ID, t.ID";

SourcePeak read_peak(const io::SqliteStatement& row) {
  SourcePeak peak{row.number(8), static_cast<float>(row.number(9)), std::string(row.text(10))};
  if (is_missing(peak.annotation)) {
    peak.annotation = fmt::format("{}{}^{}", row.text(11), row.integer(12), row.integer(13));
  }
  return peak;
}

}  // namespace

Result<ImportedLibrary> import_pqp(const io::SqliteFile& database, const std::string& where,
                                   const ImportSettings& settings) {
  const auto proteins = read_names(database, "PROTEIN", "PROTEIN_ACCESSION");
  if (!proteins) return std::unexpected(proteins.error());
  const auto genes = read_names(database, "GENE", "GENE_NAME");
  if (!genes) return std::unexpected(genes.error());
  const auto name_of = [](const Names& names, std::int64_t peptide) {
    const auto found = names.find(peptide);
    return found == names.end() ? std::string() : found->second;
  };
  SpectrumImporter importer(where, settings);
  SourceSpectrum spectrum;
  std::pair<std::int64_t, std::int64_t> last{-1, -1};
  const auto done =
      for_each_row(database, kTransitions, [&](io::SqliteStatement& row) -> Result<void> {
        const std::pair<std::int64_t, std::int64_t> key{row.integer(0), row.integer(6)};
        if (key != last) {
          if (!spectrum.peaks.empty()) importer.take(std::move(spectrum));
          spectrum = {};
          last = key;
          spectrum.name = row.text(1);
          spectrum.precursor_mz = row.number(2);
          spectrum.charge = static_cast<int>(row.integer(3));
          spectrum.irt = row.number(4);
          spectrum.is_decoy = row.integer(5) != 0;
          spectrum.sequence = row.text(7);
          spectrum.proteins = name_of(*proteins, key.second);
          spectrum.genes = name_of(*genes, key.second);
        }
        spectrum.peaks.push_back(read_peak(row));
        return {};
      });
  if (!done) return std::unexpected(done.error());
  if (!spectrum.peaks.empty()) importer.take(std::move(spectrum));
  const auto counted =
      for_each_row(database, kIdentifying, [&](io::SqliteStatement& row) -> Result<void> {
        importer.leave_out(Drop::identifying, static_cast<std::uint64_t>(row.integer(0)));
        return {};
      });
  if (!counted) return std::unexpected(counted.error());
  return importer.finish();
}

}  // namespace overland::exchange
