#include "io/mzml_parser.h"

#include <expat.h>

#include <charconv>
#include <map>
#include <optional>

#include "io/mzml_terms.h"

namespace overland::io {
namespace {

// The elements whose terms mean something to us; all others are `other`.
enum class Place : std::uint8_t {
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

constexpr std::size_t kDeepest = 64;  // mzML nests a dozen elements

Place place_of(std::string_view name, Place parent, bool in_spectrum) {
  if (name == "referenceableParamGroup") return Place::parameter_group;
  if (name == "spectrum") return Place::spectrum;
  if (!in_spectrum) return Place::other;
  if (name == "scan") return Place::scan;
  if (name == "scanWindow") return Place::scan_window;
  if (name == "precursor") return Place::precursor;
  if (name == "binaryDataArray") return Place::array;
  if (name == "binary" && parent == Place::array) return Place::binary;
  // A product (of SRM) has an isolation window too.
  if (name == "isolationWindow" && parent == Place::precursor) return Place::isolation;
  if (name == "activation" && parent == Place::precursor) return Place::activation;
  return Place::other;
}

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
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

struct StoredParam {
  int accession;
  std::string term, value, unit_accession, unit_name;
  explicit StoredParam(const MzmlParam& param)
      : accession(param.accession),
        term(param.term),
        value(param.value),
        unit_accession(param.unit_accession),
        unit_name(param.unit_name) {}
  [[nodiscard]] MzmlParam view() const {
    return {accession, term, value, unit_accession, unit_name};
  }
};

}  // namespace

struct MzmlParser::State {
  XML_Parser xml = nullptr;
  std::string where;
  std::optional<Error> error;
  std::map<std::string, std::vector<StoredParam>, std::less<>> groups;
  std::vector<StoredParam>* group = nullptr;  // under way
  std::vector<Place> places;                  // of the open elements
  bool in_spectrum = false;
  std::size_t spectrum_text_begin = 0;
  std::uint64_t spectrum_count = 0;
  MzmlSpectrum spectrum;
  MzmlIsolation isolation;
  MzmlArray array;
  bool is_collecting = false;
  std::string last_id;
  MzmlBatch batch;

  [[nodiscard]] Place place() const { return places.empty() ? Place::other : places.back(); }

  void stop(Error what) {
    if (error) return;
    if (what.where.empty()) what.where = where + ", spectrum '" + spectrum.id + "'";
    error = std::move(what);
    XML_StopParser(xml, XML_FALSE);
  }
  void stop_damaged(std::string what) {
    stop({"OVL-IO-003", "damaged mzML: " + std::move(what), in_spectrum ? "" : where,
          "Copy or convert the file again."});
  }

  void start(std::string_view name, const char** attributes);
  void end();
  void start_spectrum(const char** attributes);
  void end_spectrum();
  void start_array(const char** attributes);
  void start_binary();
  void end_array();
  void add_group(const char** attributes);
  void apply(const MzmlParam& param);
  void apply_group(const char** attributes);
  std::uint64_t read_length(std::string_view text);
};

void MzmlParser::State::start(std::string_view name, const char** attributes) {
  if (error) return;
  if (places.empty() && name != "mzML" && name != "indexedmzML") {
    return stop({"OVL-RUN-008", "XML of another kind: its root is <" + std::string(name) + ">",
                 where, "Convert the run to mzML 1.1, for example with msconvert."});
  }
  if (places.size() >= kDeepest) return stop_damaged("elements nest too deep");
  if (name == "cvParam") apply(read_param(attributes));
  if (name == "referenceableParamGroupRef") apply_group(attributes);
  const Place next = place_of(name, place(), in_spectrum);
  places.push_back(next);
  if (next == Place::spectrum) start_spectrum(attributes);
  if (next == Place::parameter_group) add_group(attributes);
  if (next == Place::precursor) isolation = {};
  if (next == Place::array) start_array(attributes);
  if (next == Place::binary) start_binary();
}

void MzmlParser::State::end() {
  if (error) return;
  const Place closed = place();
  places.pop_back();
  if (closed == Place::spectrum) end_spectrum();
  if (closed == Place::parameter_group) group = nullptr;
  if (closed == Place::precursor) add_isolation(isolation, spectrum);
  if (closed == Place::array) end_array();
  if (closed == Place::binary && is_collecting) {
    is_collecting = false;
    array.text_size = batch.text.size() - array.text_begin;
  }
}

void MzmlParser::State::start_spectrum(const char** attributes) {
  if (in_spectrum) return stop_damaged("a spectrum within a spectrum");
  in_spectrum = true;
  spectrum = {};
  spectrum.index = spectrum_count++;
  spectrum.id = attribute(attributes, "id");
  spectrum.native_scan = native_scan_number(spectrum.id);
  spectrum.default_length = read_length(attribute(attributes, "defaultArrayLength"));
  spectrum_text_begin = batch.text.size();
}

std::uint64_t MzmlParser::State::read_length(std::string_view text) {
  std::uint64_t length = 0;
  const char* const last = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), last, length);
  if (code != std::errc() || stopped != last) {
    stop_damaged("an array length is '" + std::string(text) + "'");
  }
  return length;
}

void MzmlParser::State::end_spectrum() {
  in_spectrum = false;
  if (spectrum.is_profile && !spectrum.is_centroid && spectrum.is_wanted() &&
      spectrum.default_length > 0) {
    return stop({"OVL-RUN-002", "the spectra are profiles, not centroids", "",
                 "Centroid them while converting: msconvert --filter \"peakPicking vendor "
                 "msLevel=1-\", or the default of ThermoRawFileParser."});
  }
  if (spectrum.has_several_windows && spectrum.ms_level == 2) {
    return stop({"OVL-RUN-006", "an MS2 scan has several isolation windows (multiplexed)", "",
                 "Demultiplex while converting: msconvert --filter demultiplex."});
  }
  last_id = spectrum.id;
  batch.spectra.push_back(std::move(spectrum));
  spectrum = {};
}

void MzmlParser::State::start_array(const char** attributes) {
  array = {};
  const std::string_view own_length = attribute(attributes, "arrayLength");
  array.encoding.length = own_length.empty() ? spectrum.default_length : read_length(own_length);
}

void MzmlParser::State::start_binary() {
  array.text_begin = batch.text.size();
  array.text_size = 0;
  is_collecting = spectrum.is_wanted() && array.kind != MzmlArray::Kind::other;
}

void MzmlParser::State::end_array() {
  if (array.kind == MzmlArray::Kind::other) return;
  auto& slot = array.kind == MzmlArray::Kind::mz ? spectrum.mz : spectrum.intensity;
  if (slot) return stop_damaged("a spectrum with two arrays of one kind");
  slot = array;
}

void MzmlParser::State::add_group(const char** attributes) {
  if (in_spectrum) return stop_damaged("a parameter group within a spectrum");
  group = &groups[std::string(attribute(attributes, "id"))];
}

void MzmlParser::State::apply(const MzmlParam& param) {
  Result<void> done;
  switch (place()) {
    case Place::parameter_group:
      if (group != nullptr) group->emplace_back(param);
      break;
    case Place::spectrum:
      done = apply_spectrum_term(param, spectrum);
      break;
    case Place::scan:
      done = apply_scan_term(param, spectrum);
      break;
    case Place::scan_window:
      done = apply_scan_window_term(param, spectrum);
      break;
    case Place::isolation:
      done = apply_isolation_term(param, isolation);
      break;
    case Place::activation:
      done = apply_activation_term(param, spectrum);
      break;
    case Place::array:
      apply_array_term(param, array);
      break;
    case Place::other:
    case Place::precursor:
    case Place::binary:
      break;
  }
  if (!done) stop(done.error());
}

void MzmlParser::State::apply_group(const char** attributes) {
  if (place() == Place::other || place() == Place::parameter_group) return;
  const std::string_view ref = attribute(attributes, "ref");
  const auto found = groups.find(ref);
  if (found == groups.end()) {
    return stop_damaged("no parameter group '" + std::string(ref) + "'");
  }
  for (const StoredParam& param : found->second) apply(param.view());
}

MzmlParser::MzmlParser(std::string where) : state_(std::make_unique<State>()) {
  state_->where = std::move(where);
  state_->xml = XML_ParserCreate(nullptr);
  XML_SetUserData(state_->xml, state_.get());
  XML_SetElementHandler(
      state_->xml,
      [](void* self, const char* name, const char** attributes) {
        static_cast<State*>(self)->start(without_prefix(name), attributes);
      },
      [](void* self, const char*) { static_cast<State*>(self)->end(); });
  XML_SetCharacterDataHandler(state_->xml, [](void* self, const char* text, int size) {
    auto* const state = static_cast<State*>(self);
    if (state->is_collecting) state->batch.text.append(text, static_cast<std::size_t>(size));
  });
  // Entities could grow without bound, and mzML has none.
  XML_SetStartDoctypeDeclHandler(
      state_->xml, [](void* self, const char*, const char*, const char*, int) {
        static_cast<State*>(self)->stop_damaged("a document type declaration");
      });
}

MzmlParser::~MzmlParser() {
  XML_ParserFree(state_->xml);
}

Result<void> MzmlParser::feed(std::span<const std::byte> piece, bool is_last) {
  const auto status = XML_Parse(state_->xml, reinterpret_cast<const char*>(piece.data()),
                                static_cast<int>(piece.size()), is_last ? 1 : 0);
  if (state_->error) return std::unexpected(*state_->error);
  if (status == XML_STATUS_OK) return {};
  std::string place = "line " + std::to_string(XML_GetCurrentLineNumber(state_->xml));
  if (state_->spectrum_count > 0) place += ", after spectrum '" + state_->last_id + "'";
  return fail(
      "OVL-IO-003",
      std::string("truncated or damaged mzML: ") + XML_ErrorString(XML_GetErrorCode(state_->xml)),
      state_->where + ", " + place, "Copy or convert the file again.");
}

std::size_t MzmlParser::text_size() const {
  return state_->batch.text.size();
}

MzmlBatch MzmlParser::take() {
  State& state = *state_;
  MzmlBatch next;
  if (state.in_spectrum) {
    const std::size_t begin = state.spectrum_text_begin;
    next.text = state.batch.text.substr(begin);
    for (auto* array : {&state.spectrum.mz, &state.spectrum.intensity}) {
      if (*array) (*array)->text_begin -= begin;
    }
    if (state.is_collecting) state.array.text_begin -= begin;
    state.spectrum_text_begin = 0;
  }
  std::swap(next, state.batch);
  return next;
}

}  // namespace overland::io
