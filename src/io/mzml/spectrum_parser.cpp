#include "io/mzml/spectrum_parser.h"

#include <expat.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace overland::io {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // expat counts with int

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

struct SpectrumParser::State {
  XML_Parser xml;
  std::string where;
  std::unique_ptr<SpectrumElements> elements;  // of mzML until the root element tells otherwise
  bool has_root = false;
  XML_Index given = 0;         // bytes passed to expat
  XML_Index array_begin = -1;  // position of the end of the last tag that opens an array
  std::uint64_t skipped = 0;   // bytes not passed to expat

  explicit State(std::string name)
      : xml(XML_ParserCreate(nullptr)), where(std::move(name)), elements(mzml_elements(where)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { XML_ParserFree(xml); }

  void start(std::string_view name, const char** attributes);
  void stop_on_error() const {
    if (elements->error()) XML_StopParser(xml, XML_FALSE);
  }
  Result<void> parse(std::string_view text, bool is_last);
  // The number of bytes up to the end of the first tag that may open an array.
  [[nodiscard]] std::size_t up_to_array(std::string_view text) const;
};

void SpectrumParser::State::start(std::string_view name, const char** attributes) {
  if (!std::exchange(has_root, true)) {
    if (name == "mzXML") {
      elements = mzxml_elements(where);
    } else if (name != "mzML" && name != "indexedmzML") {
      elements->stop_unknown(name);
    }
  }
  elements->start(name, attributes);
  if (name == elements->array_element())
    array_begin = XML_GetCurrentByteIndex(xml) + XML_GetCurrentByteCount(xml);
  stop_on_error();
}

Result<void> SpectrumParser::State::parse(std::string_view text, bool is_last) {
  given += static_cast<XML_Index>(text.size());
  const auto status = XML_Parse(xml, text.data(), static_cast<int>(text.size()), is_last ? 1 : 0);
  if (elements->error()) return std::unexpected(*elements->error());
  if (status == XML_STATUS_OK) return {};
  const auto seen =
      static_cast<std::uint64_t>(std::max(XML_Index{0}, XML_GetCurrentByteIndex(xml)));
  std::string at = "byte " + std::to_string(seen + skipped);
  if (!elements->last_id().empty()) at += ", after spectrum '" + elements->last_id() + "'";
  return fail(
      "OVL-IO-003",
      std::string("truncated or damaged document: ") + XML_ErrorString(XML_GetErrorCode(xml)),
      where + ", " + at, "Copy or convert the file again.");
}

std::size_t SpectrumParser::State::up_to_array(std::string_view text) const {
  const std::string_view name = elements->array_element();
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::size_t after = at + name.size();
    if (at == 0 || text[at - 1] != '<') continue;
    if (after == text.size() || !std::strchr(" \t\r\n>", text[after])) continue;  // a longer name
    const std::size_t end = text.find('>', after);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  return text.size();
}

SpectrumParser::SpectrumParser(std::string where)
    : state_(std::make_unique<State>(std::move(where))) {
  XML_SetUserData(state_->xml, state_.get());
  XML_SetElementHandler(
      state_->xml,
      [](void* self, const char* name, const char** attributes) {
        static_cast<State*>(self)->start(without_prefix(name), attributes);
      },
      [](void* self, const char*) {
        auto* const state = static_cast<State*>(self);
        state->elements->end();
        state->stop_on_error();
      });
  XML_SetCharacterDataHandler(state_->xml, [](void* self, const char* text, int size) {
    static_cast<State*>(self)->elements->add_text({text, static_cast<std::size_t>(size)});
  });
  // Entity expansion is unbounded, and neither format has a document type declaration.
  XML_SetStartDoctypeDeclHandler(state_->xml,
                                 [](void* self, const char*, const char*, const char*, int) {
                                   auto* const state = static_cast<State*>(self);
                                   state->elements->stop_damaged("a document type declaration");
                                   state->stop_on_error();
                                 });
}

SpectrumParser::~SpectrumParser() = default;

// Most of a document is base64, which expat would process byte by byte (10 ns each). If the last
// byte passed to expat ends the tag that opens an array, only text follows up to the next tag, and
// this text bypasses expat. Otherwise (tag spelled differently, split across pieces, inside a
// comment, or expat deferring a token) expat delivers the text.
Result<void> SpectrumParser::feed(std::span<const std::byte> piece, bool is_last) {
  std::string_view text(reinterpret_cast<const char*>(piece.data()), piece.size());
  while (!text.empty()) {
    const bool is_text = state_->array_begin == state_->given && text.front() != '<';
    const std::size_t size = is_text ? text.find('<') : state_->up_to_array(text);
    const std::string_view part = text.substr(0, std::min(size, kMostAtOnce));
    if (is_text && part.find('&') == std::string_view::npos) {
      state_->elements->add_text(part);
      state_->skipped += part.size();
    } else if (auto done = state_->parse(part, false); !done) {
      return done;
    }
    text.remove_prefix(part.size());
  }
  return is_last ? state_->parse({}, true) : Result<void>();
}

const SpectrumBatch& SpectrumParser::batch() const {
  return state_->elements->batch();
}

SpectrumBatch SpectrumParser::take() {
  return state_->elements->take();
}

}  // namespace overland::io
