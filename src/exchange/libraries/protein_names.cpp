#include "exchange/libraries/protein_names.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "exchange/libraries/import_ions.h"

namespace overland::exchange {
namespace {

// OpenSWATH prefixes a list by its length: "2/P1/P2".
bool is_counted_list(std::string_view list) {
  const std::size_t digits = std::min(list.find_first_not_of("0123456789"), list.size());
  return digits > 0 && digits < list.size() && list[digits] == '/';
}

std::string_view accession_of(std::string_view entry) {
  for (const std::string_view prefix : {"DECOY_", "decoy_", "rev_"}) {
    if (entry.starts_with(prefix)) entry.remove_prefix(prefix.size());
  }
  const std::size_t first = entry.find('|');
  if (first == std::string_view::npos) return entry;
  const std::size_t second = entry.find('|', first + 1);
  const std::string_view middle = entry.substr(first + 1, second - first - 1);
  return middle.empty() ? entry : middle;
}

template <class Clean>
std::string joined(std::string_view list, char separator, Clean clean) {
  std::set<std::string_view> names;
  while (!list.empty()) {
    const std::size_t end =
        std::min(list.find_first_of(separator == '/' ? "/;" : ";"), list.size());
    std::string_view entry = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    entry = clean(entry);
    if (!is_missing(entry)) names.insert(entry);
  }
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ';';
    text += name;
  }
  return text;
}

std::uint8_t entrapment_group_of_one(std::string_view accession) {
  if (accession.ends_with("_p_target")) return 1;
  constexpr std::string_view kMark = "_ENT";
  const std::size_t at = accession.rfind(kMark);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = accession.substr(at + kMark.size());
  std::uint8_t group = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), group);
  return error == std::errc() && end == digits.data() + digits.size() ? group : 0;
}

}  // namespace

std::string normal_accessions(std::string_view list) {
  const bool is_counted = is_counted_list(list);
  if (is_counted) list.remove_prefix(list.find('/') + 1);
  return joined(list, is_counted ? '/' : ';', accession_of);
}

std::string normal_names(std::string_view list) {
  return joined(list, ';', [](std::string_view entry) { return entry; });
}

std::uint8_t entrapment_group_of(std::string_view accessions) {
  std::uint8_t group = 0;
  for (std::size_t from = 0; from < accessions.size();) {
    const std::size_t end = std::min(accessions.find(';', from), accessions.size());
    const std::uint8_t own = entrapment_group_of_one(accessions.substr(from, end - from));
    if (own == 0 || (from > 0 && own != group)) return 0;
    group = own;
    from = end + 1;
  }
  return group;
}

}  // namespace overland::exchange
