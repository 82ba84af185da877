// A library of Skyline (BiblioSpec, schema 1.10): peaks as zlib streams of little-endian numbers,
// modifications as masses at positions from 1.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "io/sqlite_file.h"
#include "library/export_formats.h"
#include "library/spectrum_blobs.h"

namespace overland {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE LibInfo (libLSID TEXT, createTime TEXT, numSpecs INTEGER, majorVersion INTEGER,
  minorVersion INTEGER);
CREATE TABLE RefSpectra (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, peptideSeq VARCHAR(150),
  precursorMZ REAL, precursorCharge INTEGER, peptideModSeq VARCHAR(200), prevAA CHAR(1),
  nextAA CHAR(1), copies INTEGER, numPeaks INTEGER, ionMobility REAL,
  collisionalCrossSectionSqA REAL, ionMobilityHighEnergyOffset REAL, ionMobilityType TINYINT,
  retentionTime REAL, startTime REAL, endTime REAL, totalIonCurrent REAL,
  moleculeName VARCHAR(128), chemicalFormula VARCHAR(128), precursorAdduct VARCHAR(128),
  inchiKey VARCHAR(128), otherKeys VARCHAR(128), fileID INTEGER, SpecIDinFile VARCHAR(256),
  score REAL, scoreType TINYINT);
CREATE TABLE RefSpectraPeaks (RefSpectraID INTEGER, peakMZ BLOB, peakIntensity BLOB);
CREATE TABLE Modifications (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, RefSpectraID INTEGER,
  position INTEGER, mass REAL);
CREATE TABLE Proteins (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, accession VARCHAR(200));
CREATE TABLE RefSpectraProteins (RefSpectraId INTEGER NOT NULL, ProteinId INTEGER NOT NULL);
CREATE TABLE SpectrumSourceFiles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  fileName VARCHAR(512), idFileName VARCHAR(512), cutoffScore REAL, workflowType TINYINT);
CREATE TABLE ScoreTypes (id INTEGER PRIMARY KEY, scoreType VARCHAR(128),
  probabilityType VARCHAR(128));
CREATE TABLE IonMobilityTypes (id INTEGER PRIMARY KEY, ionMobilityType VARCHAR(128));
INSERT INTO ScoreTypes VALUES (0, 'UNKNOWN', 'NOT_A_PROBABILITY_VALUE');
INSERT INTO IonMobilityTypes VALUES (0, 'none');
INSERT INTO SpectrumSourceFiles VALUES (1, 'overland', 'overland', 0, 1);
BEGIN;
)";

constexpr const char* kSpectrum =
    "INSERT INTO RefSpectra (id, peptideSeq, precursorMZ, precursorCharge, peptideModSeq, prevAA,"
    " nextAA, copies, numPeaks, ionMobilityType, retentionTime, totalIonCurrent, fileID,"
    " SpecIDinFile, score, scoreType)"
    " VALUES (?, ?, ?, ?, ?, '-', '-', 1, ?, 0, ?, ?, 1, ?, 0, 0)";
constexpr const char* kPeaks = "INSERT INTO RefSpectraPeaks VALUES (?, ?, ?)";
constexpr const char* kModification =
    "INSERT INTO Modifications (RefSpectraID, position, mass) VALUES (?, ?, ?)";

// Position from 1; a terminal modification stands at its residue.
std::size_t position_of(const Modification& modification, std::size_t length) {
  const auto site = static_cast<std::size_t>(std::max<std::int16_t>(modification.site, 0));
  return std::min(site + 1, length);
}

// "C[+57.0]AAK"
std::string blib_sequence(const Peptide& peptide) {
  const std::size_t length = peptide.residues.size();
  std::map<std::size_t, double> mass;  // all modifications of a residue together
  for (const Modification& m : peptide.modifications) mass[position_of(m, length)] += m.mass;
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += peptide.residues[i];
    if (const auto found = mass.find(i + 1); found != mass.end())
      text += fmt::format("[{:+.1f}]", found->second);
  }
  return text;
}

class BlibWriter final : public ExportWriter {
 public:
  BlibWriter(io::SqliteFile database, io::SqliteStatement spectra, io::SqliteStatement peaks,
             io::SqliteStatement modifications)
      : database_(std::move(database)),
        spectra_(std::move(spectra)),
        peaks_(std::move(peaks)),
        modifications_(std::move(modifications)) {}

  Result<void> add(const LibraryPrecursor& p) override {
    ++count_;
    auto done = add_spectrum(p);
    if (done) done = add_peaks(p);
    for (const Modification& m : p.peptide.modifications) {
      if (!done) return done;
      const auto position = static_cast<std::int64_t>(position_of(m, p.peptide.residues.size()));
      done = modifications_.bind(0, count_).bind(1, position).bind(2, m.mass).insert();
    }
    if (!p.protein_ids.empty()) proteins_of_[p.protein_ids].push_back(count_);
    return done;
  }

  Result<void> finish() override {
    auto done = add_proteins();
    if (!done) return done;
    return database_.execute(fmt::format(
        "INSERT INTO LibInfo VALUES ('urn:lsid:overland:spectral_library:bibliospec:nr:overland',"
        " '', {}, 1, 10);"
        "CREATE TABLE RetentionTimes (RefSpectraID INTEGER, RedundantRefSpectraID INTEGER,"
        " SpectrumSourceID INTEGER, ionMobility REAL, collisionalCrossSectionSqA REAL,"
        " ionMobilityHighEnergyOffset REAL, ionMobilityType TINYINT, retentionTime REAL,"
        " startTime REAL, endTime REAL, score REAL, bestSpectrum INTEGER,"
        " FOREIGN KEY(RefSpectraID) REFERENCES RefSpectra(id));"
        "INSERT INTO RetentionTimes (RefSpectraID, RedundantRefSpectraID, SpectrumSourceID,"
        " ionMobilityType, retentionTime, score, bestSpectrum)"
        " SELECT id, 0, 1, 0, retentionTime, 0, 1 FROM RefSpectra;"
        "CREATE INDEX idxPeptide ON RefSpectra (peptideSeq, precursorCharge);"
        "CREATE INDEX idxPeptideMod ON RefSpectra (peptideModSeq, precursorCharge);"
        "CREATE INDEX idxRefIdPeaks ON RefSpectraPeaks (RefSpectraID);"
        "CREATE INDEX idxRefIdMods ON Modifications (RefSpectraID);"
        "COMMIT;",
        count_));
  }

 private:
  Result<void> add_spectrum(const LibraryPrecursor& p) {
    double total = 0;
    for (const auto& f : p.fragments) total += static_cast<double>(f.intensity);
    const auto mod_sequence = blib_sequence(p.peptide);
    return spectra_.bind(0, count_)
        .bind(1, std::string_view(p.peptide.residues))
        .bind(2, precursor_mz(p.peptide, p.charge).value)
        .bind(3, static_cast<std::int64_t>(p.charge))
        .bind(4, std::string_view(mod_sequence))
        .bind(5, static_cast<std::int64_t>(p.fragments.size()))
        .bind(6, static_cast<double>(p.irt))
        .bind(7, total)
        .bind(8, std::string_view(std::to_string(count_)))
        .insert();
  }

  // By m/z, which is given with all its digits.
  Result<void> add_peaks(const LibraryPrecursor& p) {
    std::vector<std::pair<double, float>> peaks;
    for (const auto& f : p.fragments)
      peaks.emplace_back(fragment_mz(p.peptide, f.ion).value, f.intensity);
    std::ranges::sort(peaks);
    std::vector<double> mz;
    std::vector<float> intensity;
    for (const auto& [m, i] : peaks) {
      mz.push_back(m);
      intensity.push_back(i);
    }
    return peaks_.bind(0, count_)
        .bind(1, encode_blob<double>(mz))
        .bind(2, encode_blob<float>(intensity))
        .insert();
  }

  Result<void> add_proteins() {
    auto protein = database_.query("INSERT INTO Proteins VALUES (?, ?)");
    if (!protein) return std::unexpected(protein.error());
    auto link = database_.query("INSERT INTO RefSpectraProteins VALUES (?, ?)");
    if (!link) return std::unexpected(link.error());
    std::map<std::string, std::int64_t, std::less<>> ids;
    for (const auto& [list, spectra] : proteins_of_) {
      for (std::string_view rest = list; !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        const auto [place, is_new] =
            ids.try_emplace(std::string(name), static_cast<std::int64_t>(ids.size() + 1));
        if (is_new) {
          if (auto done = protein->bind(0, place->second).bind(1, name).insert(); !done)
            return done;
        }
        for (const std::int64_t spectrum : spectra) {
          if (auto done = link->bind(0, spectrum).bind(1, place->second).insert(); !done)
            return done;
        }
      }
    }
    return {};
  }

  io::SqliteFile database_;
  io::SqliteStatement spectra_, peaks_, modifications_;
  std::int64_t count_ = 0;
  std::map<std::string, std::vector<std::int64_t>> proteins_of_;
};

}  // namespace

MadeWriter blib_writer(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  auto database = io::SqliteFile::create(file);
  if (!database) return std::unexpected(database.error());
  if (auto done = database->execute(kTables); !done) return std::unexpected(done.error());
  auto spectra = database->query(kSpectrum);
  if (!spectra) return std::unexpected(spectra.error());
  auto peaks = database->query(kPeaks);
  if (!peaks) return std::unexpected(peaks.error());
  auto modifications = database->query(kModification);
  if (!modifications) return std::unexpected(modifications.error());
  return std::make_unique<BlibWriter>(std::move(*database), std::move(*spectra), std::move(*peaks),
                                      std::move(*modifications));
}

}  // namespace overland
