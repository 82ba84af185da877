#include "io/mzml/spectrum_elements.h"

#include <charconv>

namespace overland::io {

std::string_view attribute(const char** attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (attributes[0] == name) return attributes[1];
  }
  return {};
}

void SpectrumElements::stop(Error what) {
  if (error_) return;
  if (what.where.empty()) what.where = where_ + ", spectrum '" + spectrum_.id + "'";
  error_ = std::move(what);
}

void SpectrumElements::stop_damaged(const std::string& what) {
  stop({"OVL-IO-003", "damaged document: " + what, in_spectrum_ ? "" : where_,
        "Copy or convert the file again."});
}

void SpectrumElements::stop_unknown(std::string_view root) {
  stop({"OVL-RUN-008",
        "the XML is neither mzML nor mzXML: its root element is <" + std::string(root) + ">",
        where_, "Convert the run to mzML 1.1, for example with msconvert."});
}

void SpectrumElements::begin_spectrum(std::string id) {
  in_spectrum_ = true;
  spectrum_ = {};
  spectrum_.index = spectrum_count_++;
  spectrum_.id = std::move(id);
  spectrum_text_begin_ = batch_.text.size();
}

void SpectrumElements::finish_spectrum() {
  if (auto done = settle_level(spectrum_); !done) return stop(done.error());
  in_spectrum_ = false;
  if (spectrum_.is_profile && !spectrum_.is_centroid && spectrum_.is_wanted() &&
      spectrum_.default_length > 0) {
    return stop({"OVL-RUN-002", "the spectra are in profile mode, not centroided", "",
                 "Centroid them while converting: msconvert --filter \"peakPicking vendor "
                 "msLevel=1-\", or the default of ThermoRawFileParser."});
  }
  if (spectrum_.has_several_windows && spectrum_.ms_level == 2) {
    return stop({"OVL-RUN-006", "an MS2 scan has several isolation windows (multiplexed)", "",
                 "Demultiplex while converting: msconvert --filter demultiplex."});
  }
  last_id_ = spectrum_.id;
  batch_.spectra.push_back(std::move(spectrum_));
  spectrum_ = {};
}

void SpectrumElements::begin_text(MzmlArray& array) {
  array.text_begin = batch_.text.size();
  array.text_size = 0;
}

void SpectrumElements::end_text(MzmlArray& array) {
  is_collecting_ = false;
  array.text_size = batch_.text.size() - array.text_begin;
}

std::uint64_t SpectrumElements::read_length(std::string_view text) {
  std::uint64_t length = 0;
  const char* const last = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), last, length);
  if (code != std::errc() || stopped != last) {
    stop_damaged("an array length is '" + std::string(text) + "'");
  }
  return length;
}

SpectrumBatch SpectrumElements::take() {
  SpectrumBatch next;
  if (in_spectrum_) {
    next.text = batch_.text.substr(spectrum_text_begin_);
    for (auto* array : {&spectrum_.mz, &spectrum_.intensity, &spectrum_.pairs}) {
      if (*array) (*array)->text_begin -= spectrum_text_begin_;
    }
    if (is_collecting_) array_.text_begin -= spectrum_text_begin_;
    spectrum_text_begin_ = 0;
  }
  std::swap(next, batch_);
  return next;
}

}  // namespace overland::io
