#include "io/mzml/mzml_parser.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "io/mzml/mzml_terms.h"

namespace overland::io {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // expat counts with int
constexpr std::size_t kDeepest = 64;                       // mzML has about a dozen levels

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

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

// Builds spectra from the elements of a document as they open and close.
class MzmlElements {
 public:
  explicit MzmlElements(std::string where) : where_(std::move(where)) {}

  // `attributes` alternates names and values and ends with a null pointer. After an error no call
  // has an effect.
  void start(std::string_view name, const char** attributes);
  void end();
  void add_text(std::string_view text) {
    if (is_collecting_) batch_.text += text;
  }
  // Records an error at the current position: the document violates the mzML format.
  void stop_damaged(const std::string& what) {
    stop({"OVL-IO-003", "damaged mzML: " + what, in_spectrum_ ? "" : where_,
          "Copy or convert the file again."});
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  [[nodiscard]] const MzmlBatch& batch() const { return batch_; }
  // Returns the finished spectra and removes them; an unfinished spectrum stays, with its text.
  [[nodiscard]] MzmlBatch take();

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
  std::vector<MzmlElement> open_;  // the open elements, the innermost last
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

void MzmlElements::stop(Error what) {
  if (error_) return;
  if (what.where.empty()) what.where = where_ + ", spectrum '" + spectrum_.id + "'";
  error_ = std::move(what);
}

void MzmlElements::start(std::string_view name, const char** attributes) {
  if (error_) return;
  if (open_.empty() && name != "mzML" && name != "indexedmzML") {
    return stop({"OVL-RUN-008",
                 "the XML is not mzML: its root element is <" + std::string(name) + ">", where_,
                 "Convert the run to mzML 1.1, for example with msconvert."});
  }
  if (open_.size() >= kDeepest) return stop_damaged("elements are nested too deeply");
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
  if (closed == MzmlElement::spectrum) end_spectrum();
  if (closed == MzmlElement::parameter_group) group_ = nullptr;
  if (closed == MzmlElement::precursor) add_isolation(isolation_, spectrum_);
  if (closed == MzmlElement::scan_window) add_scan_window(spectrum_);
  spectrum_.has_isolation |= closed == MzmlElement::isolation;
  if (closed == MzmlElement::array) end_array();
  if (closed == MzmlElement::binary && is_collecting_) {
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

void MzmlElements::start_array(const char** attributes) {
  if (auto done = settle_level(spectrum_); !done) return stop(done.error());
  array_ = {};
  const std::string_view own_length = attribute(attributes, "arrayLength");
  array_.encoding.length = own_length.empty() ? spectrum_.default_length : read_length(own_length);
}

void MzmlElements::start_binary() {
  array_.text_begin = batch_.text.size();
  array_.text_size = 0;
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

}  // namespace

struct MzmlParser::State {
  XML_Parser xml;
  MzmlElements elements;
  std::string where;
  XML_Index given = 0;        // bytes passed to expat
  XML_Index binary_end = -1;  // position of the end of the last tag <binary>
  std::uint64_t skipped = 0;  // bytes not passed to expat

  explicit State(std::string name)
      : xml(XML_ParserCreate(nullptr)), elements(name), where(std::move(name)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { XML_ParserFree(xml); }

  void stop_on_error() const {
    if (elements.error()) XML_StopParser(xml, XML_FALSE);
  }
  Result<void> parse(std::string_view text, bool is_last);
};

Result<void> MzmlParser::State::parse(std::string_view text, bool is_last) {
  given += static_cast<XML_Index>(text.size());
  const auto status = XML_Parse(xml, text.data(), static_cast<int>(text.size()), is_last ? 1 : 0);
  if (elements.error()) return std::unexpected(*elements.error());
  if (status == XML_STATUS_OK) return {};
  const auto seen =
      static_cast<std::uint64_t>(std::max(XML_Index{0}, XML_GetCurrentByteIndex(xml)));
  std::string at = "byte " + std::to_string(seen + skipped);
  if (!elements.last_id().empty()) at += ", after spectrum '" + elements.last_id() + "'";
  return fail("OVL-IO-003",
              std::string("truncated or damaged mzML: ") + XML_ErrorString(XML_GetErrorCode(xml)),
              where + ", " + at, "Copy or convert the file again.");
}

MzmlParser::MzmlParser(std::string where) : state_(std::make_unique<State>(std::move(where))) {
  XML_SetUserData(state_->xml, state_.get());
  XML_SetElementHandler(
      state_->xml,
      [](void* self, const char* name, const char** attributes) {
        auto* const state = static_cast<State*>(self);
        const std::string_view element = without_prefix(name);
        state->elements.start(element, attributes);
        if (element == "binary") {
          state->binary_end =
              XML_GetCurrentByteIndex(state->xml) + XML_GetCurrentByteCount(state->xml);
        }
        state->stop_on_error();
      },
      [](void* self, const char*) {
        auto* const state = static_cast<State*>(self);
        state->elements.end();
        state->stop_on_error();
      });
  XML_SetCharacterDataHandler(state_->xml, [](void* self, const char* text, int size) {
    static_cast<State*>(self)->elements.add_text({text, static_cast<std::size_t>(size)});
  });
  // Entity expansion is unbounded, and mzML has no document type declaration.
  XML_SetStartDoctypeDeclHandler(state_->xml,
                                 [](void* self, const char*, const char*, const char*, int) {
                                   auto* const state = static_cast<State*>(self);
                                   state->elements.stop_damaged("a document type declaration");
                                   state->stop_on_error();
                                 });
}

MzmlParser::~MzmlParser() = default;

// Most of a document is base64, which expat would process byte by byte (10 ns each). If the last
// byte passed to expat ends a tag <binary>, only text follows up to the next tag, and this text
// bypasses expat. Otherwise (tag spelled differently, split across pieces, inside a comment, or
// expat deferring a token) expat delivers the text.
Result<void> MzmlParser::feed(std::span<const std::byte> piece, bool is_last) {
  constexpr std::string_view kBinary = "<binary>";
  std::string_view text(reinterpret_cast<const char*>(piece.data()), piece.size());
  while (!text.empty()) {
    const bool is_text = state_->binary_end == state_->given && text.front() != '<';
    std::size_t size = is_text ? text.find('<') : text.find(kBinary);
    if (size != std::string_view::npos && !is_text) size += kBinary.size();
    const std::string_view part = text.substr(0, std::min(size, kMostAtOnce));
    if (is_text && part.find('&') == std::string_view::npos) {
      state_->elements.add_text(part);
      state_->skipped += part.size();
    } else if (auto done = state_->parse(part, false); !done) {
      return done;
    }
    text.remove_prefix(part.size());
  }
  return is_last ? state_->parse({}, true) : Result<void>();
}

const MzmlBatch& MzmlParser::batch() const {
  return state_->elements.batch();
}

MzmlBatch MzmlParser::take() {
  return state_->elements.take();
}

}  // namespace overland::io
