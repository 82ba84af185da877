#include "base/config_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/config_text.h"
#include "base/nearest_name.h"

namespace overland {
namespace {

using Json = nlohmann::ordered_json;
using Value = ConfigSchema::Value;
using Field = ConfigSchema::Field;

std::string_view last_part(std::string_view key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

std::unexpected<Error> bad_value(const Field& field, const std::string& found,
                                 const std::string& where) {
  return fail("OVL-CFG-002", fmt::format("'{}' cannot be {}", field.key, found), where,
              fmt::format("Give {}.", config_text::allowed(field)));
}

// Checks the range and the choices of a value of the right type.
Result<Value> check_value(const Field& field, Value value, const std::string& where) {
  const FieldDoc& doc = field.doc;
  bool ok = true;
  if (const auto* text = std::get_if<std::string>(&value)) {
    ok = doc.choices.empty() || std::ranges::find(doc.choices, *text) != doc.choices.end();
  } else if (!std::holds_alternative<bool>(value)) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const double number = whole ? static_cast<double>(*whole) : std::get<double>(value);
    ok = std::isfinite(number) && (!doc.min || number >= *doc.min) &&
         (!doc.max || number <= *doc.max);
  }
  if (!ok) return bad_value(field, config_text::value_text(value), where);
  return value;
}

bool is_text(const Field& field) {
  return std::holds_alternative<std::string>(field.default_value);
}

std::optional<Value> typed_json(const Field& field, const Json& json) {
  if (std::holds_alternative<bool*>(field.target)) {
    if (json.is_boolean()) return json.get<bool>();
  } else if (is_text(field)) {
    if (json.is_string()) return json.get<std::string>();
  } else if (std::holds_alternative<double*>(field.target)) {
    if (json.is_number()) return json.get<double>();
  } else if (json.is_number_integer()) {
    const bool fits = !json.is_number_unsigned() || json.get<std::uint64_t>() <= INT64_MAX;
    if (fits) return json.get<std::int64_t>();
  }
  return std::nullopt;
}

template <class T>
std::optional<Value> parse_number(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Value> typed_text(const Field& field, std::string_view text) {
  if (is_text(field)) return std::string(text);
  if (std::holds_alternative<double*>(field.target)) return parse_number<double>(text);
  if (std::holds_alternative<std::int64_t*>(field.target)) return parse_number<std::int64_t>(text);
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// The user's value, shortened to fit on one line of a message.
std::string shown(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  constexpr std::size_t kLongest = 60;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

std::size_t line_of(std::string_view text, std::size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

struct KeysTwice {
  std::vector<std::set<std::string>> open;  // keys seen in each open object
  std::string first;                        // the first duplicate key
  bool operator()(int /*depth*/, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
      if (first.empty()) first = parsed.get<std::string>();
    return true;
  }
};

Result<Json> parse(std::string_view text, const std::string& where) {
  KeysTwice keys;
  const Json::parser_callback_t watch = [&keys](int depth, Json::parse_event_t event, Json& json) {
    return keys(depth, event, json);
  };
  try {
    Json json = Json::parse(text, watch, true, true);
    if (!keys.first.empty())
      return fail("OVL-CFG-003", fmt::format("the key '{}' occurs twice", keys.first), where,
                  "Keep one of the two.");
    if (!json.is_object())
      return fail("OVL-CFG-003", "the configuration is not a JSON object", where,
                  "Start it with '{'; 'overland config' prints a valid file.");
    return json;
  } catch (const Json::parse_error& error) {
    return fail("OVL-CFG-003", "the configuration is not valid JSON",
                fmt::format("{}, line {}", where, line_of(text, error.byte)),
                "Look for a missing comma, quote or bracket there or just before.");
  } catch (const Json::exception&) {  // a number beyond double
    return fail("OVL-CFG-003", "the configuration holds a number that is too large", where,
                "Write numbers below 1e308.");
  }
}

}  // namespace

void ConfigSchema::add(Field field) {
  check(find(field.key) == nullptr && !is_section(field.key),
        "a configuration key is declared once and is not a section");
  fields_.push_back(std::move(field));
}

void ConfigSchema::section(const std::string& name, const ConfigSchema& other) {
  for (Field field : other.fields_) {
    field.key = name.empty() ? field.key : fmt::format("{}.{}", name, field.key);
    add(std::move(field));
  }
}

const Field* ConfigSchema::find(std::string_view key) const {
  const auto found = std::ranges::find(fields_, key, &Field::key);
  return found == fields_.end() ? nullptr : &*found;
}

bool ConfigSchema::is_section(std::string_view key) const {
  return std::ranges::any_of(fields_, [key](const Field& field) {
    return field.key.size() > key.size() && field.key[key.size()] == '.' &&
           field.key.starts_with(key);
  });
}

std::string ConfigSchema::nearest_key(std::string_view unknown) const {
  std::string nearest;
  std::size_t least = SIZE_MAX;
  for (const Field& field : fields_) {
    // A correct name in the wrong section, or without a section, counts as one edit.
    const std::size_t distance =
        std::min(name_distance(unknown, field.key),
                 1 + name_distance(last_part(unknown), last_part(field.key)));
    if (distance < least) {
      least = distance;
      nearest = field.key;
    }
    for (std::size_t dot = field.key.find('.'); dot != std::string::npos;
         dot = field.key.find('.', dot + 1)) {
      const std::string section = field.key.substr(0, dot);
      if (edit_distance(unknown, section) >= least) continue;
      least = edit_distance(unknown, section);
      nearest = section;
    }
  }
  return nearest;
}

Error ConfigSchema::unknown_key(std::string_view key, const std::string& where) const {
  return {"OVL-CFG-001", fmt::format("there is no key '{}'", key), where,
          fmt::format("Did you mean '{}'? 'overland config' lists all keys.", nearest_key(key))};
}

template <class JsonObject>
Result<void> ConfigSchema::collect(const JsonObject& object, const std::string& section,
                                   const std::string& where, std::vector<Change>& changes) const {
  for (const auto& [name, json] : object.items()) {
    const std::string key = section.empty() ? name : fmt::format("{}.{}", section, name);
    if (std::ranges::find(foreign_, key) != foreign_.end()) continue;
    const Field* field = find(key);
    if (field == nullptr) {
      if (!is_section(key)) return std::unexpected(unknown_key(key, where));
      if (!json.is_object())
        return fail("OVL-CFG-002", fmt::format("'{}' cannot be {}", key, shown(json)), where,
                    "This key is a section: give an object { ... } with its keys.");
      if (auto done = collect(json, key, where, changes); !done) return done;
      continue;
    }
    const std::optional<Value> typed = typed_json(*field, json);
    if (!typed) return bad_value(*field, shown(json), where);
    Result<Value> value = check_value(*field, *typed, where);
    if (!value) return std::unexpected(value.error());
    if (std::ranges::find(changes, field, &Change::field) != changes.end())
      return fail("OVL-CFG-003", fmt::format("the key '{}' occurs twice", key), where,
                  "Keep one of the two.");
    changes.push_back({field, std::move(*value)});
  }
  return {};
}

void ConfigSchema::assign(const Change& change) {
  std::visit(
      [&change]<class T>(const T& target) {
        if constexpr (std::is_pointer_v<T>)
          *target = std::get<std::remove_pointer_t<T>>(change.value);
        else
          target.set(std::get<std::string>(change.value));
      },
      change.field->target);
}

Result<void> ConfigSchema::apply_json(std::string_view text, const std::string& where) {
  const Result<Json> json = parse(text, where);
  if (!json) return std::unexpected(json.error());
  std::vector<Change> changes;
  if (auto done = collect(*json, "", where, changes); !done) return done;
  std::ranges::for_each(changes, assign);
  return {};
}

Result<void> ConfigSchema::apply_assignment(std::string_view key_equals_value) {
  const std::string where(key_equals_value);
  const std::size_t equals = key_equals_value.find('=');
  if (equals == std::string_view::npos)
    return fail("OVL-USE-001", "an assignment without '='", where, "Write section.key=value.");
  const std::string_view key = key_equals_value.substr(0, equals);
  const std::string_view text = key_equals_value.substr(equals + 1);
  const Field* field = find(key);
  if (field == nullptr) return std::unexpected(unknown_key(key, where));
  const std::optional<Value> typed = typed_text(*field, text);
  if (!typed) return bad_value(*field, fmt::format("'{}'", text), where);
  Result<Value> value = check_value(*field, *typed, where);
  if (!value) return std::unexpected(value.error());
  assign({field, std::move(*value)});
  return {};
}

Value ConfigSchema::present_value(const Field& field) {
  return std::visit(
      []<class T>(const T& target) -> Value {
        if constexpr (std::is_pointer_v<T>)
          return *target;
        else
          return target.get();
      },
      field.target);
}

std::string ConfigSchema::to_json() const {
  return config_text::write(fields_, false);
}

std::string ConfigSchema::to_markdown() const {
  return config_text::markdown(fields_);
}

std::string ConfigSchema::to_commented_json() const {
  return config_text::write(fields_, true);
}

}  // namespace overland
