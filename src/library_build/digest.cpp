#include "library_build/digest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_name.h"
#include "chemistry/peptide.h"

namespace overland::library_build {
namespace {

constexpr std::string_view kAminoAcids = "ACDEFGHIKLMNPQRSTVWY";

// Rules as in the tables of Mascot and UniProt's PeptideCutter.
constexpr auto kProteases = std::to_array<NamedProtease>({
    {"trypsin", "after KR not before P"},
    {"trypsin/p", "after KR"},
    {"lys-c", "after K not before P"},
    {"lys-c/p", "after K"},
    {"lys-n", "before K"},
    {"arg-c", "after R not before P"},
    {"glu-c", "after E not before P"},
    {"glu-c-de", "after DE not before P"},
    {"asp-n", "before D"},
    {"chymotrypsin", "after FLWY not before P"},
    {"chymotrypsin-high", "after FWY not before P"},
    {"pepsin-a", "after FL"},
    {"cnbr", "after M"},
    {"none", ""},
});

std::string plain_name(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '-' || c == '_' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return plain;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return words;
    text.remove_prefix(first);
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool are_amino_acids(std::string_view residues) {
  return !residues.empty() && std::ranges::all_of(residues, [](char c) {
    return kAminoAcids.find(c) != std::string_view::npos;
  });
}

// "after KR not before P" or "before D not after P". False if the clause has another form.
bool add_clause(std::string_view clause, CleavageRule& rule) {
  const std::vector<std::string_view> words = words_of(clause);
  if (words.size() != 2 && words.size() != 5) return false;
  const bool is_after = words[0] == "after";
  if (!is_after && words[0] != "before") return false;
  if (!are_amino_acids(words[1])) return false;
  std::string_view unless;
  if (words.size() == 5) {
    const std::string_view other_side = is_after ? "before" : "after";
    if (words[2] != "not" || words[3] != other_side || !are_amino_acids(words[4])) return false;
    unless = words[4];
  }
  for (const char own : words[1]) {
    for (char other = 'A'; other <= 'Z'; ++other) {
      if (unless.find(other) != std::string_view::npos) continue;
      const char before = is_after ? own : other;
      const char after = is_after ? other : own;
      rule.cuts[static_cast<std::size_t>(before - 'A')][static_cast<std::size_t>(after - 'A')] =
          true;
    }
  }
  return true;
}

bool add_clauses(std::string_view text, CleavageRule& rule) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (!add_clause(text.substr(0, end), rule)) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

// Cleavage sites of a protein as cumulative sums, so that the sites of any range are counted in
// constant time.
class Sites {
 public:
  Sites(std::string_view sequence, const DigestRules& rules)
      : length_(static_cast<std::uint32_t>(sequence.size())),
        loses_met_(rules.loses_initial_met && sequence.starts_with('M')),
        is_cut_(sequence.size() + 1, false),
        cuts_before_(sequence.size() + 2, 0),
        strangers_before_(sequence.size() + 1, 0) {
    is_cut_[0] = true;
    is_cut_[length_] = true;
    for (std::uint32_t i = 1; i < length_; ++i) {
      is_cut_[i] = rules.cleavage.between(sequence[i - 1], sequence[i]);
    }
    for (std::uint32_t i = 0; i <= length_; ++i) {
      cuts_before_[i + 1] = cuts_before_[i] + (is_cut_[i] ? 1 : 0);
    }
    for (std::uint32_t i = 0; i < length_; ++i) {
      strangers_before_[i + 1] = strangers_before_[i] + (residue_mass(sequence[i]) == 0 ? 1 : 0);
    }
  }
  [[nodiscard]] bool is_first(std::uint32_t begin) const {
    return begin == 0 || (begin == 1 && loses_met_);
  }
  [[nodiscard]] bool is_start(std::uint32_t begin) const {
    return is_cut_[begin] || is_first(begin);
  }
  [[nodiscard]] bool is_end(std::uint32_t end) const { return is_cut_[end]; }
  // Number of cleavage sites inside [begin, end).
  [[nodiscard]] std::uint32_t cuts(std::uint32_t begin, std::uint32_t end) const {
    return cuts_before_[end] - cuts_before_[begin + 1];
  }
  [[nodiscard]] bool has_stranger(std::uint32_t begin, std::uint32_t end) const {
    return strangers_before_[end] != strangers_before_[begin];
  }

 private:
  std::uint32_t length_;
  bool loses_met_;
  std::vector<bool> is_cut_;
  std::vector<std::uint32_t> cuts_before_, strangers_before_;
};

bool allows(Specificity specificity, bool is_start, bool is_end) {
  switch (specificity) {
    case Specificity::full:
      return is_start && is_end;
    case Specificity::semi:
      return is_start || is_end;
    case Specificity::semi_n:
      return is_end;
    case Specificity::semi_c:
      return is_start;
    case Specificity::none:
      return true;
  }
  return false;
}

}  // namespace

std::span<const NamedProtease> known_proteases() {
  return kProteases;
}

Result<CleavageRule> cleavage_rule(std::string_view text) {
  CleavageRule rule;
  const std::string name = plain_name(text);
  for (const NamedProtease& protease : kProteases) {
    if (plain_name(protease.name) != name) continue;
    (void)add_clauses(protease.rule, rule);
    return rule;
  }
  if (!words_of(text).empty() && add_clauses(text, rule)) return rule;
  std::vector<std::string> names;
  for (const NamedProtease& protease : kProteases) names.emplace_back(protease.name);
  return fail("OVL-CFG-111", fmt::format("there is no protease '{}'", text), "digestion.protease",
              fmt::format("Did you mean '{}'? Or give a rule such as 'after KR not before P; "
                          "before D'.",
                          nearest_name(std::string(text), names)));
}

void digest_protein(std::string_view sequence, const DigestRules& rules,
                    const std::function<void(const DigestedPeptide&)>& take) {
  const auto length = static_cast<std::uint32_t>(sequence.size());
  const auto shortest = static_cast<std::uint32_t>(rules.min_length);
  const auto longest = static_cast<std::uint32_t>(rules.max_length);
  const auto most_cuts = static_cast<std::uint32_t>(rules.missed_cleavages);
  const bool is_free = rules.specificity == Specificity::none;
  const bool needs_start =
      rules.specificity == Specificity::full || rules.specificity == Specificity::semi_c;
  const Sites sites(sequence, rules);
  for (std::uint32_t begin = 0; begin + shortest <= length; ++begin) {
    const bool is_start = sites.is_start(begin);
    if (needs_start && !is_start) continue;
    const std::uint32_t last = std::min(length, begin + longest);
    for (std::uint32_t end = begin + shortest; end <= last; ++end) {
      if (!is_free && sites.cuts(begin, end) > most_cuts) break;
      if (sites.has_stranger(begin, end)) break;
      if (!allows(rules.specificity, is_start, sites.is_end(end))) continue;
      take({begin, end - begin, sites.is_first(begin), end == length});
    }
  }
}

}  // namespace overland::library_build
