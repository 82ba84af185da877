#include "exchange/libraries/listed_modifications.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "chemistry/modification_table.h"

namespace overland::exchange {
namespace {

// Names used in spectral libraries only.
std::string_view standard_name(std::string_view name, char letter) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSpellings{{
      {"Pyro-cmC", "Pyro-carbamidomethyl"},
      {"Pyro_cmC", "Pyro-carbamidomethyl"},
      {"Amide", "Amidated"},
      {"Methylated", "Methyl"},
      {"Phosphoryl", "Phospho"},
      {"Propionamide:13C(0)", "Propionamide"},
  }};
  if (name == "Pyro_glu" || name == "Pyro-glu" || name == "pyroGlu") {
    return letter == 'E' ? "Glu->pyro-Glu" : "Gln->pyro-Glu";
  }
  for (const auto& [spelling, standard] : kSpellings) {
    if (name == spelling) return standard;
  }
  return name;
}

bool is_terminal_only(std::string_view name, char letter) {
  const KnownModification* known = find_modification(name);
  return known != nullptr && known->sites.find('n') != std::string_view::npos &&
         known->sites.find(letter) == std::string_view::npos;
}

// "6,C,CAM", where the first residue has the number `first`.
std::optional<ListedModification> parse_entry(std::string_view entry, std::string_view residues,
                                              int first) {
  int position = 0;
  const auto [end, status] = std::from_chars(entry.data(), entry.data() + entry.size(), position);
  if (status != std::errc{}) return std::nullopt;
  entry.remove_prefix(static_cast<std::size_t>(end - entry.data()));
  if (entry.size() < 4 || entry[0] != ',' || entry[2] != ',') return std::nullopt;
  const char letter = entry[1];
  const std::string name(standard_name(entry.substr(3), letter));
  if (position == kBeforeFirst || position == kAfterLast) return ListedModification{position, name};
  position -= first;
  const auto place = static_cast<std::size_t>(position);
  if (position < 0 || place >= residues.size() || residues[place] != letter) return std::nullopt;
  if (position == 0 && is_terminal_only(name, letter)) position = kBeforeFirst;
  return ListedModification{position, name};
}

// Removes the next entry from the list: the text up to '/' or between outer parentheses.
std::string_view take_entry(std::string_view& list) {
  if (!list.starts_with('(')) {
    list.remove_prefix(1);  // '/'
    const std::size_t end = std::min(list.find('/'), list.size());
    const std::string_view entry = list.substr(0, end);
    list.remove_prefix(end);
    return entry;
  }
  std::size_t depth = 0;
  std::size_t end = 0;
  for (; end < list.size(); ++end) {
    if (list[end] == '(') ++depth;
    if (list[end] == ')' && --depth == 0) break;
  }
  const bool is_closed = end < list.size();
  const std::string_view entry = is_closed ? list.substr(1, end - 1) : std::string_view();
  list.remove_prefix(is_closed ? end + 1 : end);
  return entry;
}

}  // namespace

std::optional<std::string> with_modifications(
    std::string_view residues, const std::vector<ListedModification>& modifications) {
  std::vector<std::string> after(residues.size() + 1);  // [0]: before the first residue
  std::string at_end;
  for (const auto& [position, text] : modifications) {
    if (position == kAfterLast) {
      at_end += ".[" + text + "]";
    } else if (position == kBeforeFirst) {
      after[0] += "[" + text + "]";
    } else if (position >= 0 && static_cast<std::size_t>(position) < residues.size()) {
      after[static_cast<std::size_t>(position) + 1] += "[" + text + "]";
    } else {
      return std::nullopt;
    }
  }
  std::string sequence = after[0];
  for (std::size_t i = 0; i < residues.size(); ++i) {
    sequence += residues[i];
    sequence += after[i + 1];
  }
  return sequence + at_end;
}

namespace {

std::optional<std::vector<ListedModification>> parse_numbered_from(int first, std::string_view list,
                                                                   std::string_view residues) {
  std::vector<ListedModification> modifications;
  std::size_t count = 0;
  const auto [end, status] = std::from_chars(list.data(), list.data() + list.size(), count);
  const bool is_counted = status == std::errc{};
  if (is_counted) list.remove_prefix(static_cast<std::size_t>(end - list.data()));
  while (!list.empty()) {
    if (!list.starts_with('/') && !list.starts_with('(')) return std::nullopt;
    auto entry = parse_entry(take_entry(list), residues, first);
    if (!entry) return std::nullopt;
    modifications.push_back(std::move(*entry));
  }
  if (is_counted && count != modifications.size()) return std::nullopt;
  return modifications;
}

std::string_view take_item(std::string_view& list) {
  const std::size_t end = std::min(list.find(';'), list.size());
  std::string_view item = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  while (item.starts_with(' ')) item.remove_prefix(1);
  while (item.ends_with(' ')) item.remove_suffix(1);
  return item;
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::vector<ListedModification>> parse_msp_modifications(std::string_view list,
                                                                       std::string_view residues) {
  auto modifications = parse_numbered_from(0, list, residues);
  return modifications ? modifications : parse_numbered_from(1, list, residues);
}

std::optional<std::vector<ListedModification>> parse_mod_string(std::string_view text,
                                                                std::string_view residues) {
  const std::size_t slashes = text.find("//");
  if (slashes == std::string_view::npos) return std::nullopt;
  std::string_view list = text.substr(slashes + 2);
  list = list.substr(0, list.rfind('/'));  // the charge
  std::vector<ListedModification> modifications;
  while (!list.empty()) {
    const std::string_view item = take_item(list);
    const std::size_t at = item.rfind('@');
    if (at == std::string_view::npos || at + 2 >= item.size()) return std::nullopt;
    const auto position = whole_number(item.substr(at + 2));
    const bool fits = position && *position >= 1 &&
                      static_cast<std::size_t>(*position) <= residues.size() &&
                      residues[static_cast<std::size_t>(*position) - 1] == item[at + 1];
    if (!fits) return std::nullopt;
    const std::string_view name = standard_name(item.substr(0, at), item[at + 1]);
    const bool is_terminal = *position == 1 && is_terminal_only(name, item[at + 1]);
    modifications.push_back({is_terminal ? kBeforeFirst : *position - 1, std::string(name)});
  }
  return modifications;
}

std::optional<std::vector<ListedModification>> parse_site_lists(std::string_view names,
                                                                std::string_view sites) {
  std::vector<ListedModification> modifications;
  while (!names.empty() || !sites.empty()) {
    const std::string_view name = take_item(names);
    const auto site = whole_number(take_item(sites));
    if (name.empty() || !site || *site < -1) return std::nullopt;
    const int position = *site == 0 ? kBeforeFirst : *site == -1 ? kAfterLast : *site - 1;
    modifications.push_back({position, std::string(name.substr(0, name.find('@')))});
  }
  return modifications;
}

}  // namespace overland::exchange
