// Builds spectra from the elements of an mzML document as they open and close. Independent of the
// XML parser. Private to the mzML parser.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/mzml/mzml_spectrum.h"

namespace overland::io {

// Finished spectra; their arrays refer to `text`.
struct MzmlBatch {
  std::vector<MzmlSpectrum> spectra;
  std::string text;
};

// The elements whose terms are read; all other elements are `other`.
enum class MzmlPlace : std::uint8_t {
  other,
  parameter_group,
  spectrum,
  scan,
  scan_window,
  precursor,
  isolation,
  activation,
  array,
  binary
};

class MzmlElements {
 public:
  explicit MzmlElements(std::string where);  // names the file in errors

  // `attributes` alternates names and values and ends with a null pointer. After an error no call
  // has an effect.
  void start(std::string_view name, const char** attributes);
  void end();
  void add_text(std::string_view text) {
    if (is_collecting_) batch_.text += text;
  }
  // Records an error at the current position: the document violates the mzML format.
  void stop_damaged(const std::string& what);

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  [[nodiscard]] const MzmlBatch& batch() const { return batch_; }
  // Returns the finished spectra and removes them; an unfinished spectrum stays, with its text.
  [[nodiscard]] MzmlBatch take();

 private:
  struct StoredParam {
    int accession;
    std::string term, value, unit_accession, unit_name;
    explicit StoredParam(const MzmlParam& param);
    [[nodiscard]] MzmlParam view() const {
      return {accession, term, value, unit_accession, unit_name};
    }
  };

  [[nodiscard]] MzmlPlace place() const {
    return places_.empty() ? MzmlPlace::other : places_.back();
  }
  void stop(Error what);
  void start_spectrum(const char** attributes);
  void end_spectrum();
  void start_array(const char** attributes);
  void start_binary();
  void end_array();
  void add_group(const char** attributes);
  void apply(const MzmlParam& param);
  void apply_group(const char** attributes);
  std::uint64_t read_length(std::string_view text);

  std::string where_;
  std::optional<Error> error_;
  std::vector<MzmlPlace> places_;  // one per open element
  std::map<std::string, std::vector<StoredParam>, std::less<>> groups_;
  std::vector<StoredParam>* group_ = nullptr;  // the open parameter group
  bool in_spectrum_ = false;
  std::size_t spectrum_text_begin_ = 0;
  std::uint64_t spectrum_count_ = 0;
  MzmlSpectrum spectrum_;
  MzmlIsolation isolation_;
  MzmlArray array_;
  bool is_collecting_ = false;  // inside an array that is read
  std::string last_id_;
  MzmlBatch batch_;
};

}  // namespace overland::io
