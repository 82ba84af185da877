// How a configuration is written: values, allowed ranges and the (commented) JSON file.
#pragma once

#include <string>
#include <vector>

#include "base/config_schema.h"

namespace overland::config_text {

// The value in JSON notation: true, 3, 0.5, "text".
[[nodiscard]] std::string value_text(const ConfigSchema::Value& value);
// "a number from 1 to 200 ppm", "one of 'a', 'b'", "true or false".
[[nodiscard]] std::string allowed(const ConfigSchema::Field& field);
// A JSON file of the current values of all fields, with sections in order of first appearance.
[[nodiscard]] std::string write(const std::vector<ConfigSchema::Field>& fields, bool with_comments);
// A Markdown table with one row per field, with its default.
[[nodiscard]] std::string markdown(const std::vector<ConfigSchema::Field>& fields);

}  // namespace overland::config_text
