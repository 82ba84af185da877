// Enumerations with a text form, for configuration files, tables and messages. The names of an
// enumeration are written once, beside its declaration:
//
//   template <>
//   struct EnumNames<kernel::Loss> {
//     static constexpr std::array kNames{std::pair{kernel::Loss::huber, "huber"}, ...};
//   };
//
// to_text(value) gives the name, from_text<Loss>("huber") the value.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overland {

template <class Enum>
struct EnumNames;

template <class Enum>
concept NamedEnum = requires { EnumNames<Enum>::kNames.size(); };

// Precondition: the value is one of the named ones.
template <NamedEnum Enum>
[[nodiscard]] std::string to_text(Enum value) {
  for (const auto& [known, name] : EnumNames<Enum>::kNames)
    if (known == value) return name;
  return {};
}

// Empty if the text names no value.
template <NamedEnum Enum>
[[nodiscard]] std::optional<Enum> from_text(std::string_view text) {
  for (const auto& [known, name] : EnumNames<Enum>::kNames)
    if (text == name) return known;
  return std::nullopt;
}

// All names, in the order of the declaration.
template <NamedEnum Enum>
[[nodiscard]] std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& entry : EnumNames<Enum>::kNames) names.emplace_back(entry.second);
  return names;
}

}  // namespace overland
