// What the formats mzML and mzXML have in common: spectra that are built from the elements of a
// document as they open and close.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/mzml/mzml_spectrum.h"

namespace overland::io {

// Finished spectra; their arrays refer to `text`.
struct SpectrumBatch {
  std::vector<MzmlSpectrum> spectra;
  std::string text;
};

class SpectrumElements {
 public:
  explicit SpectrumElements(std::string where) : where_(std::move(where)) {}
  SpectrumElements(const SpectrumElements&) = delete;
  SpectrumElements& operator=(const SpectrumElements&) = delete;
  virtual ~SpectrumElements() = default;

  // An element without its prefix; `attributes` alternates names and values and ends with a null
  // pointer. After an error no call has an effect.
  virtual void start(std::string_view name, const char** attributes) = 0;
  virtual void end() = 0;
  virtual void add_text(std::string_view text) = 0;
  // The element that holds base64 and nothing else.
  [[nodiscard]] virtual std::string_view array_element() const = 0;

  // Records an error at the current position: the document violates its format.
  void stop_damaged(const std::string& what);
  // Records that the document is of another format.
  void stop_unknown(std::string_view root);
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  [[nodiscard]] const SpectrumBatch& batch() const { return batch_; }
  // Returns the finished spectra and removes them; an unfinished spectrum stays, with its text.
  [[nodiscard]] SpectrumBatch take();

 protected:
  void stop(Error what);
  void begin_spectrum(std::string id);
  // Refuses a spectrum that cannot be searched; the others go into the batch.
  void finish_spectrum();
  void begin_text(MzmlArray& array);
  void end_text(MzmlArray& array);
  std::uint64_t read_length(std::string_view text);

  std::string where_;
  std::optional<Error> error_;
  bool in_spectrum_ = false;
  MzmlSpectrum spectrum_;
  MzmlArray array_;             // the open one
  bool is_collecting_ = false;  // inside an array that is read
  SpectrumBatch batch_;

 private:
  std::size_t spectrum_text_begin_ = 0;
  std::uint64_t spectrum_count_ = 0;
  std::string last_id_;
};

// The value of an attribute; empty if it is absent.
[[nodiscard]] std::string_view attribute(const char** attributes, std::string_view name);

inline constexpr std::size_t kDeepestElement = 64;  // both formats have about a dozen levels

[[nodiscard]] std::unique_ptr<SpectrumElements> mzml_elements(std::string where);
[[nodiscard]] std::unique_ptr<SpectrumElements> mzxml_elements(std::string where);

}  // namespace overland::io
