// Writes a library of Skyline (BiblioSpec, schema 1.10): peaks as zlib streams of little-endian
// numbers, modifications as masses at positions from 1, and the retention times of each spectrum in
// each file.
//
//   auto blib = BlibFile::create("x.blib");
//   auto id = blib->add_spectrum(spectrum);
//   auto done = blib->add_time({.spectrum = *id, .file = 1, .minutes = 20.5});
//   done = blib->finish();
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chemistry/peptide.h"
#include "io/database/sqlite_file.h"

namespace overland::exchange {

// A modified sequence in the notation of Skyline: "C[+57.0]AAK".
[[nodiscard]] std::string blib_sequence(const Peptide& peptide);

enum class BlibScore : std::uint8_t { unknown = 0, q_value = 19 };  // BiblioSpec's numbers

struct BlibSpectrum {
  Peptide peptide;
  int charge = 0;
  double minutes = 0;  // or on the scale of the library
  std::optional<double> start_minutes, end_minutes;
  std::int64_t file = 1;  // number from add_file
  double score = 0;
  BlibScore score_kind = BlibScore::unknown;
  std::vector<std::pair<double, float>> peaks;  // m/z and intensity, in any order
  std::string protein_ids;                      // joined by ';'
};

struct BlibTime {
  std::int64_t spectrum = 0, file = 0;
  double minutes = 0;
  std::optional<double> start_minutes, end_minutes;
  double score = 0;
  bool is_best = true;  // the spectrum comes from this file
};

class BlibFile {
 public:
  // An existing file is replaced. Errors OVL-IO-002.
  [[nodiscard]] static Result<BlibFile> create(const std::filesystem::path& file);

  // Both functions return the number of the new entry, from 1. Errors OVL-IO-002.
  [[nodiscard]] Result<std::int64_t> add_file(const std::string& spectra,
                                              const std::string& identifications, double cutoff);
  [[nodiscard]] Result<std::int64_t> add_spectrum(const BlibSpectrum& spectrum);
  [[nodiscard]] Result<void> add_time(const BlibTime& time);
  // Writes proteins and indices, and commits.
  [[nodiscard]] Result<void> finish();

 private:
  explicit BlibFile(io::SqliteFile database) : database_(std::move(database)) {}
  Result<void> prepare();
  Result<void> add_peaks(const BlibSpectrum& spectrum);
  Result<void> add_proteins();

  io::SqliteFile database_;
  std::optional<io::SqliteStatement> spectra_, peaks_, modifications_, times_, files_;
  std::int64_t count_ = 0, file_count_ = 0;
  std::map<std::string, std::vector<std::int64_t>> proteins_of_;
};

}  // namespace overland::exchange
