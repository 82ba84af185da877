#include "base/protein_marks.h"

#include <algorithm>
#include <array>

namespace overland {
namespace {

// In lower case. FragPipe, Sage: rev_; MaxQuant: REV__; MS-GF+: XXX_; Mascot: ###REV###; PEAKS:
// #DECOY#; OpenMS, Comet: DECOY_; SearchGUI: _REVERSED; X!Tandem: :reversed.
constexpr std::array<std::string_view, 11> kDecoyPrefixes{
    "decoy_",    "reversed_", "reverse_", "rev_", "xxx_",   "###rev###",
    "###rnd###", "#decoy#",   "##",       "rev|", "decoy|",
};
constexpr std::array<std::string_view, 3> kDecoySuffixes{"_reversed", "_decoy", ":reversed"};
// FragPipe: contam_; MaxQuant: CON__; cRAP of the GPM; Universal Contaminants: Cont_; FGCZ: zz|.
constexpr std::array<std::string_view, 10> kContaminantPrefixes{
    "contaminant_", "contam_", "contam|", "cont_", "cont|",
    "con__",        "crap_",   "crap-",   "crap|", "zz|",
};

constexpr char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_same(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, lower_letter);
}

bool begins_with(std::string_view name, std::string_view lower) {
  return name.size() > lower.size() && is_same(name.substr(0, lower.size()), lower);
}

bool ends_in(std::string_view name, std::string_view lower) {
  return name.size() > lower.size() && is_same(name.substr(name.size() - lower.size()), lower);
}

// "REV_HV1H2": the protein Rev of a virus; its second part is the species, of up to five letters.
bool is_viral_entry_name(std::string_view name) {
  if (!name.starts_with("REV_") || name.size() < 7 || name.size() > 9) return false;
  return std::ranges::all_of(
      name.substr(4), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string_view without_decoy_mark(std::string_view name) {
  if (is_viral_entry_name(name)) return name;
  for (const std::string_view prefix : kDecoyPrefixes) {
    if (!begins_with(name, prefix)) continue;
    std::string_view rest = name.substr(prefix.size());
    while (rest.size() > 1 && rest.front() == '_') rest.remove_prefix(1);
    return rest;
  }
  for (const std::string_view suffix : kDecoySuffixes) {
    if (ends_in(name, suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

bool is_decoy_name(std::string_view name) {
  return without_decoy_mark(name).size() != name.size();
}

std::string_view without_contaminant_mark(std::string_view name) {
  for (const std::string_view prefix : kContaminantPrefixes) {
    if (!begins_with(name, prefix)) continue;
    std::string_view rest = name.substr(prefix.size());
    // cRAP numbers its entries: "cRAP-001|P00330".
    const std::size_t digits = rest.find_first_not_of("0123456789");
    const bool is_numbered =
        prefix == "crap-" && digits > 0 && digits + 1 < rest.size() && rest[digits] == '|';
    if (is_numbered) rest.remove_prefix(digits + 1);
    return rest;
  }
  return name;
}

bool is_contaminant_name(std::string_view name) {
  return without_contaminant_mark(name).size() != name.size();
}

}  // namespace overland
