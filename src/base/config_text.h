// How a configuration is written: values, allowed ranges and the (commented) JSON file.
#pragma once

#include <string>
#include <vector>

#include "base/config_schema.h"

namespace overland::config_text {

// As JSON: true, 3, 0.5, "text".
[[nodiscard]] std::string value_text(const ConfigSchema::Value& value);
// "a number from 1 to 200 ppm", "one of 'a', 'b'", "true or false".
[[nodiscard]] std::string allowed(const ConfigSchema::Field& field);
// The present values of all fields, sections in order of first appearance.
[[nodiscard]] std::string write(const std::vector<ConfigSchema::Field>& fields, bool with_comments);
// One table row per field, with its default.
[[nodiscard]] std::string markdown(const std::vector<ConfigSchema::Field>& fields);

}  // namespace overland::config_text
