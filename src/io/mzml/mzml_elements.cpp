#include "io/mzml/mzml_elements.h"

#include <charconv>

#include "io/mzml/mzml_terms.h"

namespace overland::io {
namespace {

constexpr std::size_t kDeepest = 64;  // mzML has about a dozen levels

MzmlPlace place_of(std::string_view name, MzmlPlace parent, bool in_spectrum) {
  if (name == "referenceableParamGroup") return MzmlPlace::parameter_group;
  if (name == "spectrum") return MzmlPlace::spectrum;
  if (!in_spectrum) return MzmlPlace::other;
  if (name == "scan") return MzmlPlace::scan;
  if (name == "scanWindow") return MzmlPlace::scan_window;
  if (name == "precursor") return MzmlPlace::precursor;
  if (name == "binaryDataArray") return MzmlPlace::array;
  if (name == "binary" && parent == MzmlPlace::array) return MzmlPlace::binary;
  // The product element (of SRM) has an isolation window, too.
  if (name == "isolationWindow" && parent == MzmlPlace::precursor) return MzmlPlace::isolation;
  if (name == "activation" && parent == MzmlPlace::precursor) return MzmlPlace::activation;
  return MzmlPlace::other;
}

std::string_view attribute(const char** attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (attributes[0] == name) return attributes[1];
  }
  return {};
}

MzmlParam read_param(const char** attributes) {
  MzmlParam param;
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view name = attributes[0], value = attributes[1];
    if (name == "accession") {
      param.term = value;
      param.accession = ms_accession(value);
    } else if (name == "value") {
      param.value = value;
    } else if (name == "unitAccession") {
      param.unit_accession = value;
    } else if (name == "unitName") {
      param.unit_name = value;
    }
  }
  return param;
}

}  // namespace

MzmlElements::StoredParam::StoredParam(const MzmlParam& param)
    : accession(param.accession),
      term(param.term),
      value(param.value),
      unit_accession(param.unit_accession),
      unit_name(param.unit_name) {}

MzmlElements::MzmlElements(std::string where) : where_(std::move(where)) {}

void MzmlElements::stop(Error what) {
  if (error_) return;
  if (what.where.empty()) what.where = where_ + ", spectrum '" + spectrum_.id + "'";
  error_ = std::move(what);
}

void MzmlElements::stop_damaged(const std::string& what) {
  stop({"OVL-IO-003", "damaged mzML: " + what, in_spectrum_ ? "" : where_,
        "Copy or convert the file again."});
}

void MzmlElements::start(std::string_view name, const char** attributes) {
  if (error_) return;
  if (places_.empty() && name != "mzML" && name != "indexedmzML") {
    return stop({"OVL-RUN-008",
                 "the XML is not mzML: its root element is <" + std::string(name) + ">", where_,
                 "Convert the run to mzML 1.1, for example with msconvert."});
  }
  if (places_.size() >= kDeepest) return stop_damaged("elements are nested too deeply");
  if (name == "cvParam") apply(read_param(attributes));
  if (name == "referenceableParamGroupRef") apply_group(attributes);
  const MzmlPlace next = place_of(name, place(), in_spectrum_);
  places_.push_back(next);
  if (next == MzmlPlace::spectrum) start_spectrum(attributes);
  if (next == MzmlPlace::parameter_group) add_group(attributes);
  if (next == MzmlPlace::precursor) isolation_ = {};
  if (next == MzmlPlace::array) start_array(attributes);
  if (next == MzmlPlace::binary) start_binary();
}

void MzmlElements::end() {
  if (error_) return;
  const MzmlPlace closed = place();
  places_.pop_back();
  if (closed == MzmlPlace::spectrum) end_spectrum();
  if (closed == MzmlPlace::parameter_group) group_ = nullptr;
  if (closed == MzmlPlace::precursor) add_isolation(isolation_, spectrum_);
  if (closed == MzmlPlace::array) end_array();
  if (closed == MzmlPlace::binary && is_collecting_) {
    is_collecting_ = false;
    array_.text_size = batch_.text.size() - array_.text_begin;
  }
}

void MzmlElements::start_spectrum(const char** attributes) {
  if (in_spectrum_) return stop_damaged("a spectrum within a spectrum");
  in_spectrum_ = true;
  spectrum_ = {};
  spectrum_.index = spectrum_count_++;
  spectrum_.id = attribute(attributes, "id");
  spectrum_.native_scan = native_scan_number(spectrum_.id);
  spectrum_.default_length = read_length(attribute(attributes, "defaultArrayLength"));
  spectrum_text_begin_ = batch_.text.size();
}

std::uint64_t MzmlElements::read_length(std::string_view text) {
  std::uint64_t length = 0;
  const char* const last = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), last, length);
  if (code != std::errc() || stopped != last) {
    stop_damaged("an array length is '" + std::string(text) + "'");
  }
  return length;
}

void MzmlElements::end_spectrum() {
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

void MzmlElements::start_array(const char** attributes) {
  array_ = {};
  const std::string_view own_length = attribute(attributes, "arrayLength");
  array_.encoding.length = own_length.empty() ? spectrum_.default_length : read_length(own_length);
}

void MzmlElements::start_binary() {
  array_.text_begin = batch_.text.size();
  array_.text_size = 0;
  is_collecting_ = spectrum_.is_wanted() && array_.kind != MzmlArray::Kind::other;
}

void MzmlElements::end_array() {
  if (array_.kind == MzmlArray::Kind::other) return;
  auto& slot = array_.kind == MzmlArray::Kind::mz ? spectrum_.mz : spectrum_.intensity;
  if (slot) return stop_damaged("a spectrum with two arrays of one kind");
  slot = array_;
}

void MzmlElements::add_group(const char** attributes) {
  if (in_spectrum_) return stop_damaged("a parameter group within a spectrum");
  group_ = &groups_[std::string(attribute(attributes, "id"))];
}

void MzmlElements::apply(const MzmlParam& param) {
  Result<void> done;
  switch (place()) {
    case MzmlPlace::parameter_group:
      if (group_ != nullptr) group_->emplace_back(param);
      break;
    case MzmlPlace::spectrum:
      done = apply_spectrum_term(param, spectrum_);
      break;
    case MzmlPlace::scan:
      done = apply_scan_term(param, spectrum_);
      break;
    case MzmlPlace::scan_window:
      done = apply_scan_window_term(param, spectrum_);
      break;
    case MzmlPlace::isolation:
      done = apply_isolation_term(param, isolation_);
      break;
    case MzmlPlace::activation:
      done = apply_activation_term(param, spectrum_);
      break;
    case MzmlPlace::array:
      apply_array_term(param, array_);
      break;
    case MzmlPlace::other:
    case MzmlPlace::precursor:
    case MzmlPlace::binary:
      break;
  }
  if (!done) stop(done.error());
}

void MzmlElements::apply_group(const char** attributes) {
  if (place() == MzmlPlace::other || place() == MzmlPlace::parameter_group) return;
  const std::string_view ref = attribute(attributes, "ref");
  const auto found = groups_.find(ref);
  if (found == groups_.end()) {
    return stop_damaged("no parameter group '" + std::string(ref) + "'");
  }
  for (const StoredParam& param : found->second) apply(param.view());
}

MzmlBatch MzmlElements::take() {
  MzmlBatch next;
  if (in_spectrum_) {
    next.text = batch_.text.substr(spectrum_text_begin_);
    for (auto* array : {&spectrum_.mz, &spectrum_.intensity}) {
      if (*array) (*array)->text_begin -= spectrum_text_begin_;
    }
    if (is_collecting_) array_.text_begin -= spectrum_text_begin_;
    spectrum_text_begin_ = 0;
  }
  std::swap(next, batch_);
  return next;
}

}  // namespace overland::io
