#include "io/text/table_numbers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace overland::io {
namespace {

std::optional<double> plain_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ptr != end) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) return std::nan("");
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

// Reads the text with all `removed` characters deleted and with `decimal` replaced by a point.
std::optional<double> converted(std::string_view text, char removed, char decimal) {
  std::string plain;
  for (const char c : text)
    if (c != removed) plain += c == decimal ? '.' : c;
  return plain_number(plain);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Whether three digits follow each comma, as in "1,234" and "12,345,678".
bool can_be_thousands(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t first = text.find(',');
  if (first == 0 || first > 3 || text.front() == '0') return false;
  const std::string_view whole = text.substr(0, text.find('.'));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool is_comma = i >= first && (i - first) % 4 == 0;
    if (is_comma ? whole[i] != ',' : !is_digit(whole[i])) return false;
  }
  return (whole.size() - first) % 4 == 0;
}

}  // namespace

bool is_same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::optional<double> number_in(std::string_view text) {
  if (const auto value = plain_number(text)) return value;
  if (is_same_word(text, "true")) return 1;
  if (is_same_word(text, "false")) return 0;
  const bool has_comma = std::ranges::count(text, ',') == 1 && !text.contains('.');
  return has_comma ? converted(text, '\0', ',') : std::nullopt;
}

bool is_missing_word(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  constexpr std::array<std::string_view, 19> kWords{
      "",        "na",      "nan",     "n/a",     "#n/a",    "#na",    "<na>",
      "null",    "none",    "missing", "-",       "n. def.", "n.def.", "filtered",
      "#value!", "#div/0!", "#num!",   "1.#qnan", "-1.#ind"};
  return std::ranges::any_of(kWords, [&](auto word) { return is_same_word(text, word); });
}

std::optional<CommaMeaning::Reading> CommaMeaning::read(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (const auto value = plain_number(text)) return Reading{*value, {}};
  const auto commas = std::ranges::count(text, ',');
  if (commas == 0) return std::nullopt;
  const std::size_t point = text.find('.');
  const bool point_first = point < text.find(',');
  if (commas == 1 && (point == std::string_view::npos || point_first)) {
    const auto decimal = converted(text, point_first ? '.' : '\0', ',');
    if (!decimal) return std::nullopt;
    const bool is_open = !point_first && can_be_thousands(text);
    std::string& example = is_open ? open_ : decimal_;
    if (example.empty()) example = text;
    if (is_open) return Reading{*decimal, converted(text, ',', '.')};
    return Reading{*decimal, {}};
  }
  const auto value = can_be_thousands(text) ? converted(text, ',', '.') : std::nullopt;
  if (!value) return std::nullopt;
  if (thousands_.empty()) thousands_ = text;
  return Reading{*value, value};
}

CommaMeaning::Verdict CommaMeaning::verdict() const {
  if (!decimal_.empty() && !thousands_.empty()) return Verdict::contradiction;
  if (!thousands_.empty()) return Verdict::thousands;
  if (decimal_.empty() && !open_.empty()) return Verdict::unknown;
  return Verdict::decimal;
}

}  // namespace overland::io
