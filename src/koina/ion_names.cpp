#include "koina/ion_names.h"

#include <array>
#include <charconv>
#include <vector>

namespace overland::koina {
namespace {

// The 380 ions in the order of the service's dictionary; '-' marks precursor and immonium ions.
// Source: the public model folder Altimeter_2024_filter_splines_index. Ions in replies are checked
// by their m/z.
constexpr std::string_view kAltimeterIons =
    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - y1 b1 y2 b2 y3 y3^2 b3 b3^2 "
    "y4 y4^2 b4 b4^2 y5 y5^2 b5 b5^2 y6 y6^2 b6 b6^2 y7 y7^2 y7^3 b7 b7^2 y8 y8^2 y8^3 b8 "
    "b8^2 b8^3 - - - - - - - - y9 y9^2 y9^3 b9 b9^2 b9^3 y10 y10^2 y10^3 b10 b10^2 b10^3 - "
    "- - - - - - - - - - - - - - - y11 y11^2 y11^3 b11 b11^2 b11^3 y12 y12^2 b12 b12^2 "
    "y10^4 b10^4 - y11^4 b11^4 y12^3 b12^3 y13 y13^2 y13^3 b13 b13^2 b13^3 y14 y14^2 y14^3 "
    "b14 b14^2 b14^3 y15 y15^2 y15^3 b15 b15^2 b15^3 y16 y16^2 y16^3 b16 b16^2 b16^3 y17 "
    "y17^2 y17^3 b17 b17^2 b17^3 y18 y18^2 y18^3 b18 b18^2 b18^3 y19 y19^2 y19^3 b19 b19^2 "
    "b19^3 y20^2 y20^3 b20^2 b20^3 y21^2 y21^3 b21^2 b21^3 y22^2 y22^3 b22^2 b22^3 y23^2 "
    "y23^3 b23^2 b23^3 y24^2 y24^3 b24^2 b24^3 y25^2 y25^3 b25^2 b25^3 y26^2 y26^3 b26^2 "
    "b26^3 y27^2 y27^3 b27^2 b27^3 y12^4 b12^4 y13^4 b13^4 y14^4 b14^4 y15^4 b15^4 y16^4 "
    "b16^4 y17^4 b17^4 y18^4 b18^4 y19^4 b19^4 y20^4 b20^4 y21^4 b21^4 y22^4 b22^4 y23^4 "
    "b23^4 y24^4 b24^4 y25^4 b25^4 y26^4 b26^4 y27^4 b27^4 y28^2 y28^3 y28^4 b28^2 b28^3 "
    "b28^4 y9^5 y10^5 b10^5 b11^5 b12^5 y13^5 y14^5 b14^5 y15^5 b15^5 y16^5 b16^5 y17^5 "
    "b17^5 y18^5 b18^5 y19^5 b19^5 y20^5 b20^5 y21^5 b21^5 y22^5 b22^5 y23^5 b23^5 y24^5 "
    "b24^5 y25^5 b25^5 y26^5 b26^5 y27^5 b27^5 y28^5 b28^5 - y29^2 y29^3 y29^4 b29^2 b29^3 "
    "b29^4 b9^6 b11^6 y12^6 b12^6 b13^6 y14^6 b14^6 y16^6 b16^6 y17^6 b17^6 y18^6 b18^6 "
    "y19^6 b19^6 y20^6 b20^6 y21^6 b21^6 y22^6 b22^6 y23^6 b23^6 y24^6 b24^6 y25^6 b25^6 "
    "y26^6 b26^6 y27^6 b27^6 - y28^6 b28^6 y30^2 y30^3 b30^2 b30^3 y30^4 b30^4 y29^5 b29^5 "
    "y29^6 b29^6 y30^5 b30^5 - y31^2 y31^3 y31^4 b31^2 b31^3 b31^4 y31^5 b31^5 y32^2 y32^3 "
    "y32^4 b32^2 b32^3 b32^4 y33^2 y33^3 y33^4 b33^2 b33^3 b33^4 y32^5 b32^5 y33^5 b33^5 "
    "y34^2 y34^3 y34^4 b34^2 b34^3 b34^4 y35^2 y35^3 y35^4 b35^2 b35^3 b35^4 y36^2 y36^3 "
    "y36^4 b36^2 b36^3 b36^4 y34^5 b34^5 y35^5 b35^5 y35^6 y36^5 b36^5 y37^2 y37^3 y37^4 "
    "b37^2 b37^3 b37^4 y38^3 y38^4 b38^3 b38^4 y37^5 y38^5 y39^3 y39^4 b39^3 b39^4 b38^6 ";
constexpr std::size_t kAltimeterCount = 380;

// Reads a number at the beginning of `text` and removes it.
std::optional<std::uint8_t> take_number(std::string_view& text) {
  std::uint8_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::vector<std::optional<FragmentIon>> read_altimeter_ions() {
  std::vector<std::optional<FragmentIon>> ions;
  ions.reserve(kAltimeterCount);
  for (std::size_t at = 0; at < kAltimeterIons.size();) {
    const std::size_t end = kAltimeterIons.find(' ', at);
    ions.push_back(parse_ion_name(kAltimeterIons.substr(at, end - at)));
    at = end + 1;
  }
  return ions;
}

}  // namespace

std::optional<FragmentIon> parse_ion_name(std::string_view name) {
  if (name.size() < 2 || (name[0] != 'b' && name[0] != 'y')) return std::nullopt;
  FragmentIon ion{.type = name[0] == 'b' ? FragmentType::b : FragmentType::y};
  name.remove_prefix(1);
  const auto ordinal = take_number(name);
  if (!ordinal) return std::nullopt;
  ion.ordinal = *ordinal;
  if (name.empty()) return ion;
  if (name[0] != '+' && name[0] != '^') return std::nullopt;
  name.remove_prefix(1);
  const auto charge = take_number(name);
  if (!charge || !name.empty()) return std::nullopt;
  ion.charge = *charge;
  return ion;
}

std::optional<FragmentIon> altimeter_ion(std::int64_t number) {
  static const std::vector<std::optional<FragmentIon>> kIons = read_altimeter_ions();
  if (number < 0 || number >= static_cast<std::int64_t>(kIons.size())) return std::nullopt;
  return kIons[static_cast<std::size_t>(number)];
}

}  // namespace overland::koina
