// The first spectra of an mzML file, as text: what the size of the whole run is estimated from
// without reading it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"

namespace overland::io {

struct MzmlSample {
  std::uint64_t announced_spectra = 0;  // spectrumList/@count; 0: not found
  // Of the spectra that begin in the sample.
  std::uint64_t ms1_scans = 0, ms2_scans = 0;
  std::uint64_t windows = 0;        // different isolation targets, m/z
  std::uint64_t peaks = 0;          // defaultArrayLength
  std::uint64_t encoded_bytes = 0;  // encodedLength, the text of the peaks
  std::uint64_t text_bytes = 0;     // from the first spectrum to the end of the sample
  double file_share = 1;            // share of the file that the sample was read from
  [[nodiscard]] std::uint64_t scans() const { return ms1_scans + ms2_scans; }
};

// Reads the first 8 MB of text; a .gz file is decompressed. Nothing is checked: a damaged file
// gives zeros. Errors OVL-IO-001, OVL-IO-003 (does not decompress).
[[nodiscard]] Result<MzmlSample> sample_mzml(const std::filesystem::path& file);

}  // namespace overland::io
