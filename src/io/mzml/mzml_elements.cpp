#include <map>

#include "io/mzml/mzml_terms.h"
#include "io/mzml/spectrum_elements.h"

namespace overland::io {
namespace {

// The elements whose terms are read; all other elements are `other`.
enum class MzmlElement : std::uint8_t {
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

MzmlElement element_of(std::string_view name, MzmlElement parent, bool in_spectrum) {
  if (name == "referenceableParamGroup") return MzmlElement::parameter_group;
  if (name == "spectrum") return MzmlElement::spectrum;
  if (!in_spectrum) return MzmlElement::other;
  if (name == "scan") return MzmlElement::scan;
  if (name == "scanWindow") return MzmlElement::scan_window;
  if (name == "precursor") return MzmlElement::precursor;
  if (name == "binaryDataArray") return MzmlElement::array;
  if (name == "binary" && parent == MzmlElement::array) return MzmlElement::binary;
  // The product element (of SRM) has an isolation window, too.
  if (name == "isolationWindow" && parent == MzmlElement::precursor) return MzmlElement::isolation;
  if (name == "activation" && parent == MzmlElement::precursor) return MzmlElement::activation;
  return MzmlElement::other;
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

class MzmlElements : public SpectrumElements {
 public:
  using SpectrumElements::SpectrumElements;

  void start(std::string_view name, const char** attributes) override;
  void end() override;
  void add_text(std::string_view text) override {
    if (is_collecting_) batch_.text += text;
  }
  [[nodiscard]] std::string_view array_element() const override { return "binary"; }

 private:
  struct StoredParam {
    int accession;
    std::string term, value, unit_accession, unit_name;
    [[nodiscard]] MzmlParam view() const {
      return {accession, term, value, unit_accession, unit_name};
    }
  };

  [[nodiscard]] MzmlElement innermost() const {
    return open_.empty() ? MzmlElement::other : open_.back();
  }
  void start_spectrum(const char** attributes);
  void start_array(const char** attributes);
  void start_binary();
  void end_array();
  void add_group(const char** attributes);
  void apply(const MzmlParam& param);
  void apply_group(const char** attributes);

  std::vector<MzmlElement> open_;  // the open elements, the innermost last
  std::map<std::string, std::vector<StoredParam>, std::less<>> groups_;
  std::vector<StoredParam>* group_ = nullptr;  // the open parameter group
  MzmlIsolation isolation_;
};

void MzmlElements::start(std::string_view name, const char** attributes) {
  if (error_) return;
  if (open_.size() >= kDeepestElement) return stop_damaged("elements are nested too deeply");
  if (name == "cvParam") apply(read_param(attributes));
  if (name == "referenceableParamGroupRef") apply_group(attributes);
  const MzmlElement next = element_of(name, innermost(), in_spectrum_);
  open_.push_back(next);
  if (next == MzmlElement::spectrum) start_spectrum(attributes);
  if (next == MzmlElement::parameter_group) add_group(attributes);
  if (next == MzmlElement::precursor) isolation_ = {};
  if (next == MzmlElement::array) start_array(attributes);
  if (next == MzmlElement::binary) start_binary();
}

void MzmlElements::end() {
  if (error_) return;
  const MzmlElement closed = innermost();
  open_.pop_back();
  if (closed == MzmlElement::spectrum) finish_spectrum();
  if (closed == MzmlElement::parameter_group) group_ = nullptr;
  if (closed == MzmlElement::precursor) add_isolation(isolation_, spectrum_);
  if (closed == MzmlElement::scan_window) add_scan_window(spectrum_);
  spectrum_.has_isolation |= closed == MzmlElement::isolation;
  if (closed == MzmlElement::array) end_array();
  if (closed == MzmlElement::binary && is_collecting_) end_text(array_);
}

void MzmlElements::start_spectrum(const char** attributes) {
  if (in_spectrum_) return stop_damaged("a spectrum within a spectrum");
  begin_spectrum(std::string(attribute(attributes, "id")));
  spectrum_.native_scan = native_scan_number(spectrum_.id);
  spectrum_.default_length = read_length(attribute(attributes, "defaultArrayLength"));
}

void MzmlElements::start_array(const char** attributes) {
  if (auto done = settle_level(spectrum_); !done) return stop(done.error());
  array_ = {};
  const std::string_view own_length = attribute(attributes, "arrayLength");
  array_.encoding.length = own_length.empty() ? spectrum_.default_length : read_length(own_length);
}

void MzmlElements::start_binary() {
  begin_text(array_);
  is_collecting_ = spectrum_.is_wanted() && (array_.kind == MzmlArray::Kind::mz ||
                                             array_.kind == MzmlArray::Kind::intensity);
}

void MzmlElements::end_array() {
  if (array_.kind == MzmlArray::Kind::mobility && spectrum_.is_wanted()) {
    return stop({"OVL-RUN-026", "the peaks of a spectrum are resolved by ion mobility", "",
                 std::string(kMobilityAdvice)});
  }
  if (array_.kind == MzmlArray::Kind::mobility) return;
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
  switch (innermost()) {
    case MzmlElement::parameter_group:
      if (group_ != nullptr) {
        group_->push_back({param.accession, std::string(param.term), std::string(param.value),
                           std::string(param.unit_accession), std::string(param.unit_name)});
      }
      break;
    case MzmlElement::spectrum:
      done = apply_spectrum_term(param, spectrum_);
      break;
    case MzmlElement::scan:
      done = apply_scan_term(param, spectrum_);
      break;
    case MzmlElement::scan_window:
      done = apply_scan_window_term(param, spectrum_);
      break;
    case MzmlElement::isolation:
      done = apply_isolation_term(param, isolation_);
      break;
    case MzmlElement::activation:
      done = apply_activation_term(param, spectrum_);
      break;
    case MzmlElement::array:
      apply_array_term(param, array_);
      break;
    case MzmlElement::other:
    case MzmlElement::precursor:
    case MzmlElement::binary:
      break;
  }
  if (!done) stop(done.error());
}

void MzmlElements::apply_group(const char** attributes) {
  if (innermost() == MzmlElement::other || innermost() == MzmlElement::parameter_group) return;
  const std::string_view ref = attribute(attributes, "ref");
  const auto found = groups_.find(ref);
  if (found == groups_.end()) {
    return stop_damaged("no parameter group '" + std::string(ref) + "'");
  }
  for (const StoredParam& param : found->second) apply(param.view());
}

}  // namespace

std::unique_ptr<SpectrumElements> mzml_elements(std::string where) {
  return std::make_unique<MzmlElements>(std::move(where));
}

}  // namespace overland::io
