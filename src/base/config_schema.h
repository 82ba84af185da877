// The single declaration of a parameter, with key, default, unit, range and meaning. The strict
// check of JSON files, `--set` and the commented default configuration are derived from it.
//
//   SearchConfig config;                       // plain struct; its initial values are the defaults
//   ConfigSchema schema;
//   schema.field("calibration.start_ppm", config.start_ppm,
//                {.unit = "ppm", .description = "fragment tolerance before calibration",
//                 .min = 1, .max = 200});
//   if (auto done = schema.apply_json(text, "search.json"); !done) return done;
//
// The schema keeps references to its targets, which must outlive it. A call that fails changes no
// target. Const members are thread-safe; nothing else is.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/enum_text.h"
#include "base/error.h"

namespace overland {

struct FieldDoc {
  std::string unit = {};           // "ppm", "minutes"; empty for a pure number
  std::string description = {};    // its effect, in one sentence
  std::optional<double> min = {};  // closed range, for numbers
  std::optional<double> max = {};
  std::vector<std::string> choices = {};  // allowed values, for strings
};

template <class T>
concept ConfigValue = std::same_as<T, bool> || std::same_as<T, std::int64_t> ||
                      std::same_as<T, double> || std::same_as<T, std::string>;

class ConfigSchema {
 public:
  using Value = std::variant<bool, std::int64_t, double, std::string>;
  // An enumeration is written and read by its names (base/enum_text.h).
  struct EnumTarget {
    std::function<std::string()> get;
    std::function<void(const std::string&)> set;
  };
  using Target = std::variant<bool*, std::int64_t*, double*, std::string*, EnumTarget>;
  struct Field {
    std::string key;  // "section.key"; sections may nest
    Target target;
    FieldDoc doc;
    Value default_value;  // the target's value when it was registered
  };

  // Precondition: the key is new, and no key is a section of another.
  template <ConfigValue T>
  void field(std::string key, T& target, FieldDoc doc) {
    add({std::move(key), &target, std::move(doc), target});
  }
  // The allowed values are the names of the enumeration.
  template <NamedEnum Enum>
  void field(std::string key, Enum& target, FieldDoc doc) {
    doc.choices = names_of<Enum>();
    EnumTarget text{
        [&target] { return to_text(target); },
        [&target](const std::string& name) { target = from_text<Enum>(name).value_or(target); }};
    add({std::move(key), std::move(text), std::move(doc), to_text(target)});
  }

  // All fields of `other`, as a section of this schema.
  void section(const std::string& name, const ConfigSchema& other);
  // A key of the file that other code reads: apply_json ignores it.
  void foreign(std::string key) { foreign_.push_back(std::move(key)); }

  // Sets the keys that `text` contains and leaves the others unchanged. `//` comments are allowed.
  // `where` is the file name for messages. Errors OVL-CFG-001 (unknown key; names the nearest),
  // OVL-CFG-002 (type or value out of range), OVL-CFG-003 (not JSON, or a key twice; names the
  // line).
  [[nodiscard]] Result<void> apply_json(std::string_view text, const std::string& where);
  // "section.key=value", the form of `--set`. Errors as above, OVL-USE-001 (no '=').
  [[nodiscard]] Result<void> apply_assignment(std::string_view key_equals_value);

  // The current value of the field's target.
  [[nodiscard]] static Value present_value(const Field& field);
  // The current values; apply_json restores them exactly from this text.
  [[nodiscard]] std::string to_json() const;
  // The current values with the unit, range, default and meaning of each key as comments.
  [[nodiscard]] std::string to_commented_json() const;
  // A table of all keys for the manual: key, default, allowed values, meaning.
  [[nodiscard]] std::string to_markdown() const;

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  // The known key or section with the smallest edit distance from the user's text.
  [[nodiscard]] std::string nearest_key(std::string_view unknown) const;

 private:
  struct Change {
    const Field* field;
    Value value;
  };
  void add(Field field);
  [[nodiscard]] const Field* find(std::string_view key) const;
  [[nodiscard]] bool is_section(std::string_view key) const;
  [[nodiscard]] Error unknown_key(std::string_view key, const std::string& where) const;
  template <class Json>
  [[nodiscard]] Result<void> collect(const Json& object, const std::string& section,
                                     const std::string& where, std::vector<Change>& changes) const;
  static void assign(const Change& change);

  std::vector<Field> fields_;
  std::vector<std::string> foreign_;
};

}  // namespace overland
