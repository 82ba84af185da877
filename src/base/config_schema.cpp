#include "base/config_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/json_text.h"
#include "base/nearest_name.h"

namespace overland {
namespace {

using Json = nlohmann::ordered_json;
using Value = ConfigSchema::Value;
using Field = ConfigSchema::Field;

// The value in JSON notation: true, 3, 0.5, "text".
std::string value_text(const Value& value) {
  return std::visit(
      [](const auto& v) {
        return nlohmann::json(v).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      },
      value);
}

std::string range_text(const FieldDoc& doc) {
  if (doc.min && doc.max) return fmt::format(" from {} to {}", *doc.min, *doc.max);
  if (doc.min) return fmt::format(" of at least {}", *doc.min);
  if (doc.max) return fmt::format(" of at most {}", *doc.max);
  return {};
}

// "a number from 1 to 200 ppm", "one of 'a', 'b'", "true or false".
std::string allowed_text(const Field& field) {
  const FieldDoc& doc = field.doc;
  if (std::holds_alternative<bool*>(field.target)) return "true or false";
  if (std::holds_alternative<std::string>(field.default_value)) {
    if (doc.choices.empty()) return "a text";
    return fmt::format("one of \"{}\"", fmt::join(doc.choices, "\", \""));
  }
  const bool whole = std::holds_alternative<std::int64_t*>(field.target);
  return fmt::format("{}{}{}{}", whole ? "a whole number" : "a number", range_text(doc),
                     doc.unit.empty() ? "" : " ", doc.unit);
}

struct Node {  // a key or a section
  std::string name;
  const Field* field = nullptr;
  std::vector<Node> children;
};

Node& child_named(Node& parent, const std::string& name) {
  const auto found = std::ranges::find(parent.children, name, &Node::name);
  if (found != parent.children.end()) return *found;
  return parent.children.emplace_back(Node{.name = name, .field = nullptr, .children = {}});
}

// The keys by their sections.
Node tree_of(const std::vector<Field>& fields) {
  Node root;
  for (const Field& field : fields) {
    Node* node = &root;
    std::size_t begin = 0;
    while (begin <= field.key.size()) {
      const std::size_t end = std::min(field.key.find('.', begin), field.key.size());
      node = &child_named(*node, field.key.substr(begin, end - begin));
      begin = end + 1;
    }
    node->field = &field;
  }
  return root;
}

std::string comment_of(const Field& field) {
  const std::string about = field.doc.description.empty() ? "" : field.doc.description + "; ";
  return fmt::format("// {}{} (default {})\n", about, allowed_text(field),
                     value_text(field.default_value));
}

void write_node(const Node& node, const std::string& indent, bool with_comments,
                std::string& text) {
  text += "{\n";
  const std::string inner = indent + "  ";
  for (const Node& child : node.children) {
    if (child.field != nullptr && with_comments) text += inner + comment_of(*child.field);
    text += inner + value_text(child.name) + ": ";
    if (child.field != nullptr)
      text += value_text(ConfigSchema::present_value(*child.field));
    else
      write_node(child, inner, with_comments, text);
    text += &child == &node.children.back() ? "\n" : ",\n";
  }
  text += indent + "}";
}

// The JSON file of the current values, with sections in order of first appearance.
std::string json_text(const std::vector<Field>& fields, bool with_comments) {
  std::string text;
  write_node(tree_of(fields), "", with_comments, text);
  return text + "\n";
}

std::string_view last_part(std::string_view key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

std::unexpected<Error> bad_value(const Field& field, const std::string& found,
                                 const std::string& where) {
  return fail("OVL-CFG-002", fmt::format("'{}' cannot be {}", field.key, found), where,
              fmt::format("Give {}.", allowed_text(field)));
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
  if (!ok) return bad_value(field, value_text(value), where);
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
  if (is_nested_too_deep(text))
    return fail("OVL-CFG-003", "the configuration is nested too deep", where,
                "'overland config' prints a valid file.");
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
  return json_text(fields_, false);
}

std::string ConfigSchema::to_markdown() const {
  std::string text = "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const Field& field : fields_)
    text += fmt::format("| `{}` | `{}` | {} | {} |\n", field.key, value_text(field.default_value),
                        allowed_text(field), field.doc.description);
  return text;
}

std::string ConfigSchema::to_commented_json() const {
  return json_text(fields_, true);
}

}  // namespace overland
