#include "io/mzml/mzml_parser.h"

#include <expat.h>

#include <algorithm>

namespace overland::io {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // expat counts with int

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
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
