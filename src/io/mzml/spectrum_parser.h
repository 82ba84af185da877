// A streaming parser of mzML and mzXML: receives the document in pieces and produces spectra. It
// keeps only the spectra that were not taken yet and, of mzML, the parameter groups.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "io/mzml/spectrum_elements.h"

namespace overland::io {

class SpectrumParser {
 public:
  explicit SpectrumParser(std::string where);  // names the file in errors
  SpectrumParser(const SpectrumParser&) = delete;
  SpectrumParser& operator=(const SpectrumParser&) = delete;
  ~SpectrumParser();

  // Parses the next piece; the last piece may be empty. The root element tells the format. Errors
  // OVL-IO-003 (not XML, truncated), OVL-RUN-001 (a bad value), OVL-RUN-002 (profile spectra),
  // OVL-RUN-005 (an unknown encoding of mzXML), OVL-RUN-006 (several windows in one scan),
  // OVL-RUN-008 (XML, but neither mzML nor mzXML), OVL-RUN-026 (ion mobility), OVL-RUN-015 (terms
  // that contradict each other).
  [[nodiscard]] Result<void> feed(std::span<const std::byte> piece, bool is_last);
  // The finished spectra; `text` may already contain text of an unfinished spectrum.
  [[nodiscard]] const SpectrumBatch& batch() const;
  // Returns the finished spectra and removes them; an unfinished spectrum stays.
  [[nodiscard]] SpectrumBatch take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
