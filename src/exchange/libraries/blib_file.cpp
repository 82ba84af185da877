#include "exchange/libraries/blib_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "exchange/libraries/spectrum_blobs.h"

namespace overland::exchange {
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
INSERT INTO ScoreTypes VALUES (19, 'GENERIC Q-VALUE',
  'PROBABILITY_THAT_IDENTIFICATION_IS_INCORRECT');
INSERT INTO IonMobilityTypes VALUES (0, 'none');
CREATE TABLE RetentionTimes (RefSpectraID INTEGER, RedundantRefSpectraID INTEGER,
  SpectrumSourceID INTEGER, ionMobility REAL, collisionalCrossSectionSqA REAL,
  ionMobilityHighEnergyOffset REAL, ionMobilityType TINYINT, retentionTime REAL,
  startTime REAL, endTime REAL, score REAL, bestSpectrum INTEGER,
  FOREIGN KEY(RefSpectraID) REFERENCES RefSpectra(id));
BEGIN;
)";

constexpr const char* kSpectrum =
    "INSERT INTO RefSpectra (id, peptideSeq, precursorMZ, precursorCharge, peptideModSeq, prevAA,"
    " nextAA, copies, numPeaks, ionMobilityType, retentionTime, startTime, endTime,"
    " totalIonCurrent, fileID, SpecIDinFile, score, scoreType)"
    " VALUES (?, ?, ?, ?, ?, '-', '-', 1, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kPeaks = "INSERT INTO RefSpectraPeaks VALUES (?, ?, ?)";
constexpr const char* kModification =
    "INSERT INTO Modifications (RefSpectraID, position, mass) VALUES (?, ?, ?)";
constexpr const char* kTime =
    "INSERT INTO RetentionTimes (RefSpectraID, RedundantRefSpectraID, SpectrumSourceID,"
    " ionMobilityType, retentionTime, startTime, endTime, score, bestSpectrum)"
    " VALUES (?, 0, ?, 0, ?, ?, ?, ?, ?)";
constexpr const char* kFile = "INSERT INTO SpectrumSourceFiles VALUES (?, ?, ?, ?, 1)";  // 1: DIA

// Position from 1; a terminal modification is placed at the first or last residue.
std::size_t position_of(const Modification& modification, std::size_t length) {
  const auto site = static_cast<std::size_t>(std::max<std::int16_t>(modification.site, 0));
  return std::min(site + 1, length);
}

// SQLite stores NaN as NULL.
double or_null(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace

std::string blib_sequence(const Peptide& peptide) {
  const std::size_t length = peptide.residues.size();
  std::map<std::size_t, double> mass;  // sum of a residue's modifications
  for (const Modification& m : peptide.modifications) mass[position_of(m, length)] += m.mass;
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += peptide.residues[i];
    if (const auto found = mass.find(i + 1); found != mass.end())
      text += fmt::format("[{:+.1f}]", found->second);
  }
  return text;
}

Result<BlibFile> BlibFile::create(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  auto database = io::SqliteFile::create(file);
  if (!database) return std::unexpected(database.error());
  if (auto done = database->execute(kTables); !done) return std::unexpected(done.error());
  BlibFile blib(std::move(*database));
  if (auto done = blib.prepare(); !done) return std::unexpected(done.error());
  return blib;
}

Result<void> BlibFile::prepare() {
  for (const auto& [place, sql] : {std::pair{&spectra_, kSpectrum}, std::pair{&peaks_, kPeaks},
                                   std::pair{&modifications_, kModification},
                                   std::pair{&times_, kTime}, std::pair{&files_, kFile}}) {
    auto statement = database_.query(sql);
    if (!statement) return std::unexpected(statement.error());
    *place = std::move(*statement);
  }
  return {};
}

Result<std::int64_t> BlibFile::add_file(const std::string& spectra,
                                        const std::string& identifications, double cutoff) {
  const auto done = files_->bind(0, ++file_count_)
                        .bind(1, std::string_view(spectra))
                        .bind(2, std::string_view(identifications))
                        .bind(3, cutoff)
                        .insert();
  if (!done) return std::unexpected(done.error());
  return file_count_;
}

Result<std::int64_t> BlibFile::add_spectrum(const BlibSpectrum& s) {
  ++count_;
  double total = 0;
  for (const auto& [mz, intensity] : s.peaks) total += static_cast<double>(intensity);
  const std::string sequence = blib_sequence(s.peptide);
  const std::string number = std::to_string(count_);
  spectra_->bind(0, count_)
      .bind(1, std::string_view(s.peptide.residues))
      .bind(2, precursor_mz(s.peptide, s.charge).value)
      .bind(3, static_cast<std::int64_t>(s.charge))
      .bind(4, std::string_view(sequence))
      .bind(5, static_cast<std::int64_t>(s.peaks.size()))
      .bind(6, s.minutes)
      .bind(7, or_null(s.start_minutes))
      .bind(8, or_null(s.end_minutes));
  auto done = spectra_->bind(9, total)
                  .bind(10, s.file)
                  .bind(11, std::string_view(number))
                  .bind(12, s.score)
                  .bind(13, static_cast<std::int64_t>(s.score_kind))
                  .insert();
  if (done) done = add_peaks(s);
  for (const Modification& m : s.peptide.modifications) {
    if (!done) break;
    const auto position = static_cast<std::int64_t>(position_of(m, s.peptide.residues.size()));
    done = modifications_->bind(0, count_).bind(1, position).bind(2, m.mass).insert();
  }
  if (!done) return std::unexpected(done.error());
  if (!s.protein_ids.empty()) proteins_of_[s.protein_ids].push_back(count_);
  return count_;
}

Result<void> BlibFile::add_time(const BlibTime& time) {
  return times_->bind(0, time.spectrum)
      .bind(1, time.file)
      .bind(2, time.minutes)
      .bind(3, or_null(time.start_minutes))
      .bind(4, or_null(time.end_minutes))
      .bind(5, time.score)
      .bind(6, static_cast<std::int64_t>(time.is_best ? 1 : 0))
      .insert();
}

// Writes the peaks in ascending order of m/z, with m/z as doubles.
Result<void> BlibFile::add_peaks(const BlibSpectrum& spectrum) {
  auto peaks = spectrum.peaks;
  std::ranges::sort(peaks);
  std::vector<double> mz;
  std::vector<float> intensity;
  for (const auto& [m, i] : peaks) {
    mz.push_back(m);
    intensity.push_back(i);
  }
  return peaks_->bind(0, count_)
      .bind(1, encode_blob<double>(mz))
      .bind(2, encode_blob<float>(intensity))
      .insert();
}

Result<void> BlibFile::add_proteins() {
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
        if (auto done = protein->bind(0, place->second).bind(1, name).insert(); !done) return done;
      }
      for (const std::int64_t spectrum : spectra) {
        if (auto done = link->bind(0, spectrum).bind(1, place->second).insert(); !done) return done;
      }
    }
  }
  return {};
}

Result<void> BlibFile::finish() {
  if (auto done = add_proteins(); !done) return done;
  return database_.execute(fmt::format(
      "INSERT INTO LibInfo VALUES ('urn:lsid:overland:spectral_library:bibliospec:nr:overland',"
      " '', {}, 1, 10);"
      "CREATE INDEX idxPeptide ON RefSpectra (peptideSeq, precursorCharge);"
      "CREATE INDEX idxPeptideMod ON RefSpectra (peptideModSeq, precursorCharge);"
      "CREATE INDEX idxRefIdPeaks ON RefSpectraPeaks (RefSpectraID);"
      "CREATE INDEX idxRefIdMods ON Modifications (RefSpectraID);"
      "CREATE INDEX idxRefIdTimes ON RetentionTimes (RefSpectraID);"
      "COMMIT;",
      count_));
}

}  // namespace overland::exchange
