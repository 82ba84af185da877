#include "library_build/modification_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "chemistry/modification_table.h"

namespace overland::library_build {
namespace {

constexpr double kMaxMass = 5000;  // Da

struct NamedLabels {
  std::string_view name, channels;
};
constexpr auto kLabelSets = std::to_array<NamedLabels>({
    {"silac", "light: | heavy: Label:13C(6)15N(2)@K; Label:13C(6)15N(4)@R"},
    {"silac-3",
     "light: | medium: Label:2H(4)@K; Label:13C(6)@R | heavy: Label:13C(6)15N(2)@K; "
     "Label:13C(6)15N(4)@R"},
    {"dimethyl",
     "light: Dimethyl@K; Dimethyl@n | medium: Dimethyl:2H(4)@K; Dimethyl:2H(4)@n | heavy: "
     "Dimethyl:2H(6)13C(2)@K; Dimethyl:2H(6)13C(2)@n"},
    {"mtraq",
     "0: mTRAQ@K; mTRAQ@n | 4: mTRAQ:13C(3)15N(1)@K; mTRAQ:13C(3)15N(1)@n | 8: "
     "mTRAQ:13C(6)15N(2)@K; mTRAQ:13C(6)15N(2)@n"},
});

struct NamedPlace {
  std::string_view name;
  ModificationPlace place;
};
constexpr auto kPlaces = std::to_array<NamedPlace>({
    {"n", ModificationPlace::peptide_n},
    {"c", ModificationPlace::peptide_c},
    {"protein-n", ModificationPlace::protein_n},
    {"protein-c", ModificationPlace::protein_c},
});

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> bad_rule(std::string_view rule, const std::string& why,
                                const std::string& where) {
  return fail("OVL-CFG-112", fmt::format("'{}': {}", rule, why), where,
              "Write NAME@RESIDUES, e.g. Carbamidomethyl@C, Acetyl@protein-n, Phospho@STY, "
              "UniMod:28@n:Q, Mine=+123.4567@K; several are joined by ';'.");
}

// "STY", "protein-n", "n:Q".
std::string read_site(std::string_view text, ModificationRule& rule) {
  std::string_view residues = text;
  const std::size_t colon = text.find(':');
  const std::string_view head = text.substr(0, colon);
  const auto* named = std::ranges::find(kPlaces, head, &NamedPlace::name);
  if (named != kPlaces.end()) {
    rule.place = named->place;
    residues = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (colon == std::string_view::npos) return {};
  }
  if (residues.empty()) return "it lacks a residue";
  for (const char c : residues) {
    if (residue_mass(c) == 0) return fmt::format("'{}' is not an amino acid", c);
  }
  rule.residues = residues;
  return {};
}

// "Mine=+12.5".
std::string read_mass(std::string_view text, ModificationRule& rule) {
  const std::size_t equals = text.find('=');
  rule.name = trim(text.substr(0, equals));
  std::string_view number = trim(text.substr(equals + 1));
  if (number.starts_with('+')) number.remove_prefix(1);
  double mass = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), mass);
  const bool is_number = status == std::errc{} && end == number.data() + number.size();
  if (!is_number || !std::isfinite(mass)) return "the mass is not a number";
  if (std::abs(mass) > kMaxMass) return "the mass is above 5000 Da";
  rule.mass = std::round(mass * 1e5) / 1e5;  // the precision of sequences
  return {};
}

std::string read_name(std::string_view text, ModificationRule& rule) {
  const KnownModification* known = nullptr;
  constexpr std::string_view kPrefix = "unimod:";
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (lower.starts_with(kPrefix)) {
    const std::string_view digits = text.substr(kPrefix.size());
    std::int32_t accession = 0;
    const auto [end, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), accession);
    if (status == std::errc{} && end == digits.data() + digits.size()) {
      known = find_modification(accession);
    }
  } else {
    known = find_modification(text);
  }
  if (known == nullptr) return "the modification is unknown; give its mass";
  rule.name = known->name;
  rule.unimod = known->unimod;
  rule.mass = known->mass();
  rule.is_isotope = known->name.starts_with("Label:");
  return {};
}

}  // namespace

Result<std::vector<ModificationRule>> parse_modification_rules(std::string_view text,
                                                               const std::string& where) {
  std::vector<ModificationRule> rules;
  while (!trim(text).empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view written = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t at = written.rfind('@');
    if (at == std::string_view::npos) return bad_rule(written, "it lacks an '@'", where);
    ModificationRule rule;
    const std::string_view what = trim(written.substr(0, at));
    std::string problem =
        what.find('=') == std::string_view::npos ? read_name(what, rule) : read_mass(what, rule);
    if (problem.empty()) problem = read_site(trim(written.substr(at + 1)), rule);
    if (!problem.empty()) return bad_rule(written, problem, where);
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<std::vector<LabelChannel>> parse_label_channels(std::string_view text,
                                                       const std::string& where) {
  text = trim(text);
  if (const auto* set = std::ranges::find(kLabelSets, text, &NamedLabels::name);
      set != kLabelSets.end()) {
    text = set->channels;
  }
  std::vector<LabelChannel> channels;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('|'), text.size());
    const std::string_view written = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = written.find(':');
    if (colon == std::string_view::npos) {
      return fail("OVL-CFG-113", fmt::format("there is no set of labels '{}'", trim(written)),
                  where,
                  "Give silac, silac-3, dimethyl, mtraq or channels such as "
                  "'light: | heavy: Label:13C(6)15N(2)@K'.");
    }
    auto rules = parse_modification_rules(written.substr(colon + 1), where);
    if (!rules) return std::unexpected(rules.error());
    channels.push_back({std::string(trim(written.substr(0, colon))), std::move(*rules)});
  }
  return channels;
}

}  // namespace overland::library_build
