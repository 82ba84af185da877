// A streaming parser of mzML: receives the document in pieces and produces spectra. It keeps only
// the spectra that were not taken yet and the parameter groups.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/mzml/mzml_spectrum.h"

namespace overland::io {

// Finished spectra; their arrays refer to `text`.
struct MzmlBatch {
  std::vector<MzmlSpectrum> spectra;
  std::string text;
};

class MzmlParser {
 public:
  explicit MzmlParser(std::string where);  // names the file in errors
  MzmlParser(const MzmlParser&) = delete;
  MzmlParser& operator=(const MzmlParser&) = delete;
  ~MzmlParser();

  // Parses the next piece; the last piece may be empty. Errors OVL-IO-003 (not XML, truncated),
  // OVL-RUN-001 (a bad value), OVL-RUN-002 (profile spectra), OVL-RUN-006 (several windows in one
  // scan), OVL-RUN-008 (XML, but not mzML), OVL-RUN-026 (ion mobility), OVL-RUN-015 (terms that
  // contradict each other).
  [[nodiscard]] Result<void> feed(std::span<const std::byte> piece, bool is_last);
  // The finished spectra; `text` may already contain text of an unfinished spectrum.
  [[nodiscard]] const MzmlBatch& batch() const;
  // Returns the finished spectra and removes them; an unfinished spectrum stays.
  [[nodiscard]] MzmlBatch take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
