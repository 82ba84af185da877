#include "exchange/libraries/import_ions.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace overland::exchange {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

// Removes a number from the front of the text; 0 if there is none or it is above 255.
int take_number(std::string_view& text) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{}) return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value < 0 || value > 255 ? 0 : value;
}

}  // namespace

std::string_view describe(Drop reason) {
  switch (reason) {
    case Drop::no_sequence:
      return "no peptide sequence";
    case Drop::unreadable_sequence:
      return "unknown residue or modification";
    case Drop::precursor_charge:
      return "precursor charge missing or outside 1-20";
    case Drop::no_retention_time:
      return "no retention time";
    case Drop::no_intensity:
      return "intensity missing or not above 0";
    case Drop::ion_type:
      return "not a b or y ion";
    case Drop::neutral_loss:
      return "neutral loss or isotope";
    case Drop::fragment_charge:
      return "fragment charge missing or outside 1-3";
    case Drop::ordinal:
      return "fragment number missing or outside the peptide";
    case Drop::mz_range:
      return "fragment m/z outside 50-5000";
    case Drop::duplicate:
      return "repeated fragment";
    case Drop::too_few:
      return "fewer than 3 fragments of the precursor";
    case Drop::too_many:
      return "beyond the 24 most intense fragments";
    case Drop::decoy_is_target:
      return "decoy with the sequence of a target";
    case Drop::unexplained:
      return "no b or y ion at the m/z of the peak";
    case Drop::foreign_fragment:
      return "fragment of another precursor";
    case Drop::identifying:
      return "transition that only localises a modification";
    case Drop::other_mz:
      return "precursor m/z contradicts the sequence";
    case Drop::made_decoy:
      return "decoy whose sequence the library does not tell";
  }
  return "";
}

bool is_missing(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kWords{"",  "na",   "nan", "#n/a",
                                                          "-", "null", "none"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return equals_ignoring_case(text, word); });
}

bool is_no_loss(std::string_view text) {
  return is_missing(text) || text == "0" || equals_ignoring_case(text, "noloss");
}

AnnotatedIon parse_annotation(std::string_view text) {
  text = text.substr(0, text.find_first_of("/,; "));
  // Some programs write a parenthesis that was never opened: "y9^2)".
  if (text.ends_with(')') && text.find('(') == std::string_view::npos) text.remove_suffix(1);
  if (text.size() < 2) return {};
  const char letter = text.front();
  const bool is_y = letter == 'y' || letter == 'Y';
  if (!is_y && letter != 'b' && letter != 'B') return {};
  text.remove_prefix(1);
  const int ordinal = take_number(text);
  if (ordinal == 0) return {};
  FragmentIon ion{is_y ? FragmentType::y : FragmentType::b, static_cast<std::uint8_t>(ordinal), 0};
  if (text.starts_with('(') && text.ends_with(')') && text.find('+') != std::string_view::npos) {
    text = text.substr(1, text.size() - 2);  // "(2+)", "(+2)"
    if (text.starts_with('+')) text.remove_prefix(1);
    ion.charge = static_cast<std::uint8_t>(take_number(text));
    if (text == "+") text.remove_prefix(1);
    if (ion.charge == 0) return {std::nullopt, Drop::neutral_loss};
  } else if (text.starts_with('^') ||
             (text.starts_with('+') && text.size() > 1 && text[1] != '+')) {
    text.remove_prefix(1);
    ion.charge = static_cast<std::uint8_t>(take_number(text));
    if (ion.charge == 0) return {std::nullopt, Drop::neutral_loss};  // "+H2O"
  } else {
    const std::size_t pluses = std::min(text.find_first_not_of('+'), text.size());
    ion.charge = static_cast<std::uint8_t>(std::min<std::size_t>(pluses, 255));
    text.remove_prefix(pluses);
  }
  if (!text.empty()) return {std::nullopt, Drop::neutral_loss};
  return {ion, Drop::ion_type};
}

}  // namespace overland::exchange
