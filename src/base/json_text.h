// JSON from files that may be damaged or hostile. Every reader of the program parses through here,
// except for the replies of prediction services, which are read as a stream of events
// (koina/koina_reply.h).
#pragma once

#include <cstddef>
#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace overland {

// More levels than any file of Overland has. The destructor and the printing of deeper values
// would use up the stack.
inline constexpr std::size_t kMostJsonLevels = 100;

// Whether arrays and objects of a text are nested deeper than kMostJsonLevels. The text need not be
// valid JSON.
[[nodiscard]] bool is_nested_too_deep(std::string_view text);

enum class JsonComments : bool { are_errors, are_skipped };

// A discarded value (`is_discarded()`; `at()` throws) where the text is not valid JSON, or is
// nested too deep.
template <class Json = nlohmann::json>
[[nodiscard]] Json parse_json(std::string_view text,
                              JsonComments comments = JsonComments::are_errors) {
  if (is_nested_too_deep(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false, comments == JsonComments::are_skipped);
}

// The rest of a stream.
template <class Json = nlohmann::json>
[[nodiscard]] Json parse_json(std::istream& in, JsonComments comments = JsonComments::are_errors) {
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  return parse_json<Json>(text, comments);
}

}  // namespace overland
