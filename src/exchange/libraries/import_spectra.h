// Converts the peaks of libraries with one spectrum per precursor (MSP, SPTXT, DLIB, BLIB, PQP) to
// fragment ions. A peak counts as a row of the report.
//
//   SpectrumImporter importer("human.msp", settings);
//   while (read(spectrum)) importer.take(spectrum);
//   return importer.finish();
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "exchange/libraries/annotate_peaks.h"
#include "exchange/libraries/import_groups.h"

namespace overland::exchange {

struct SourcePeak {
  double mz = 0;  // NaN: unknown
  float intensity = 0;
  std::string annotation;  // "y5^2/0.3ppm"; empty: annotated by m/z
};

struct SourceSpectrum {
  std::string sequence;  // with modifications, in any notation
  int charge = 0;
  double irt = std::numeric_limits<double>::quiet_NaN();
  double precursor_mz = std::numeric_limits<double>::quiet_NaN();
  bool is_decoy = false;
  std::string name, proteins, genes;
  std::vector<SourcePeak> peaks;
};

class SpectrumImporter {
 public:
  SpectrumImporter(std::string where, const ImportSettings& settings)
      : where_(std::move(where)), groups_(settings) {}

  void take(SourceSpectrum spectrum);
  // Counts peaks that are left out unseen.
  void leave_out(Drop reason, std::uint64_t peaks);
  // Errors OVL-LIB-021 (no precursor is left).
  [[nodiscard]] Result<ImportedLibrary> finish();

 private:
  void measure(const SourceSpectrum& spectrum);
  void settle_tolerance();
  void add(const SourceSpectrum& spectrum);
  void add_peaks(const SourceSpectrum& spectrum, ImportGroup& group);
  [[nodiscard]] AnnotatedIon ion_of(const SourcePeak& peak) const;

  std::string where_;
  ImportGroups groups_;
  ImportReport report_;
  IonLadder ladder_;
  // Spectra without annotations, kept until enough of them are read to estimate the m/z accuracy of
  // the file.
  std::vector<SourceSpectrum> waiting_;
  std::vector<double> distances_ppm_;
  std::optional<PeakTolerance> tolerance_;
};

}  // namespace overland::exchange
