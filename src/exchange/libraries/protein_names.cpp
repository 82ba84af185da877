#include "exchange/libraries/protein_names.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "base/protein_marks.h"
#include "exchange/libraries/import_ions.h"
#include "io/text/fasta.h"

namespace overland::exchange {
namespace {

// OpenSWATH prefixes a list by its length: "2/P1/P2".
bool is_counted_list(std::string_view list) {
  const std::size_t digits = std::min(list.find_first_not_of("0123456789"), list.size());
  return digits > 0 && digits < list.size() && list[digits] == '/';
}

// The entries of a list, without blanks around them and without missing ones.
std::vector<std::string_view> entries_of(std::string_view list) {
  const bool is_counted = is_counted_list(list);
  if (is_counted) list.remove_prefix(list.find('/') + 1);
  std::vector<std::string_view> entries;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(is_counted ? "/;" : ";"), list.size());
    std::string_view entry = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (!is_missing(entry)) entries.push_back(entry);
  }
  return entries;
}

bool is_decoy_entry(std::string_view entry) {
  return is_decoy_name(entry) || is_decoy_name(io::accession_of_identifier(entry));
}

std::string accession_of_entry(std::string_view entry) {
  const std::string accession = io::accession_of_identifier(without_decoy_mark(entry));
  return std::string(without_decoy_mark(accession));
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ";") + name;
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

bool are_decoys(std::string_view list) {
  const std::vector<std::string_view> entries = entries_of(list);
  return !entries.empty() && std::ranges::all_of(entries, is_decoy_entry);
}

std::string normal_accessions(std::string_view list) {
  const std::vector<std::string_view> entries = entries_of(list);
  const bool has_targets = !std::ranges::all_of(entries, is_decoy_entry);
  std::set<std::string> accessions;
  for (const std::string_view entry : entries) {
    if (!has_targets || !is_decoy_entry(entry)) accessions.insert(accession_of_entry(entry));
  }
  return joined(accessions);
}

std::string normal_names(std::string_view list) {
  std::set<std::string> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    std::string_view name = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!is_missing(name)) names.emplace(name);
  }
  return joined(names);
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
