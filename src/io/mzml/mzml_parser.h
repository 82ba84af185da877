// A streaming parser of mzML: takes the document in pieces, gives spectra. Nothing but the spectra
// not yet taken and the parameter groups is kept.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "io/mzml/mzml_elements.h"

namespace overland::io {

class MzmlParser {
 public:
  explicit MzmlParser(std::string where);  // names the file in errors
  MzmlParser(const MzmlParser&) = delete;
  MzmlParser& operator=(const MzmlParser&) = delete;
  ~MzmlParser();

  // The next piece; the last one may be empty. Errors OVL-IO-003 (not XML, cut), OVL-RUN-001 (a bad
  // value), OVL-RUN-002 (profile spectra), OVL-RUN-006 (several windows in one scan), OVL-RUN-008
  // (XML, but not mzML).
  [[nodiscard]] Result<void> feed(std::span<const std::byte> piece, bool is_last);
  // What is waiting to be taken; a spectrum under way may have text in it already.
  [[nodiscard]] const MzmlBatch& batch() const;
  // The finished spectra so far are handed over; one under way stays.
  [[nodiscard]] MzmlBatch take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
