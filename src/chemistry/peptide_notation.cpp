// Modified sequences as text: reads all notations, writes the UniMod notation.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "chemistry/modification_table.h"
#include "chemistry/peptide.h"

namespace overland {
namespace {

constexpr double kMassTolerance = 0.01;        // Da, for masses with two decimals or more
constexpr double kMaxModificationMass = 5000;  // Da
constexpr std::size_t kMaxResidues = 1000;
constexpr double kTerminalHydrogen = 1.00782503223;  // Da; "n[43]" includes the H of the terminus
constexpr double kTerminalHydroxyl = 17.00273965180;

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  return std::ranges::equal(text.substr(0, prefix.size()), prefix, [](char a, char b) {
    return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b);
  });
}

Modification of(const KnownModification& known, std::int16_t site) {
  return {site, known.unimod, known.mass()};
}

// The site to which a bracket belongs, as an index and as a letter of the modification table.
struct BracketSite {
  std::int16_t index;
  char letter;  // residue, 'n' or 'c'
};

// Half a unit of the last decimal, but at least 0.01 Da: "[+57]" is 57.02146.
double tolerance_of(std::string_view number) {
  const std::size_t point = number.find('.');
  const std::size_t decimals = point == std::string_view::npos ? 0 : number.size() - point - 1;
  if (decimals == 0) return 0.5;
  return decimals == 1 ? 0.05 : kMassTolerance;
}

double own_mass(char letter) {
  if (letter == 'n') return kTerminalHydrogen;
  return letter == 'c' ? kTerminalHydroxyl : residue_mass(letter);
}

double rounded(double mass) {
  return std::round(mass * 1e5) / 1e5;  // the precision of to_unimod_notation
}

// A number in brackets.
struct MassText {
  double value = 0;      // Da
  double tolerance = 0;  // Da
  bool is_signed = false;
};

std::optional<MassText> mass_in(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (status != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (!std::isfinite(value) || std::abs(value) > kMaxModificationMass) return std::nullopt;
  return MassText{rounded(value), tolerance_of(digits),
                  text.starts_with('+') || text.starts_with('-')};
}

// "+57.02146", "57.0215" or, in the notation of the Trans-Proteomic Pipeline, the sum of residue
// and modification: "160", n[43]. A number with a sign is a mass difference; a whole number without
// a sign is first read as the sum.
Modification from_mass(const MassText& mass, BracketSite site) {
  const KnownModification* known = nullptr;
  const double total = mass.value - own_mass(site.letter);
  const bool is_total_first = !mass.is_signed && mass.tolerance == 0.5;
  if (is_total_first) known = find_modification(site.letter, total, mass.tolerance);
  if (known == nullptr) known = find_modification(site.letter, mass.value, mass.tolerance);
  if (known == nullptr && !mass.is_signed) {
    known = find_modification(site.letter, total, mass.tolerance);
  }
  if (known != nullptr) return of(*known, site.index);
  return Modification{site.index, 0, mass.value};
}

// All that the number can mean at this site, in the order difference, sum: the known modifications
// within its precision or, where there is none, the mass itself.
std::vector<Modification> meanings_of(const MassText& mass, BracketSite site) {
  std::vector<Modification> meanings;
  for (const double difference : {mass.value, rounded(mass.value - own_mass(site.letter))}) {
    const std::size_t before = meanings.size();
    for (const KnownModification& known : known_modifications()) {
      const bool fits = known.sites.find(site.letter) != std::string_view::npos &&
                        std::abs(known.mass() - difference) <= mass.tolerance;
      if (fits) meanings.push_back(of(known, site.index));
    }
    const bool is_other = std::abs(difference) > kMassTolerance;
    if (meanings.size() == before && is_other) meanings.push_back({site.index, 0, difference});
  }
  return meanings;
}

// "Carbamidomethyl", "Carbamidomethyl (C)", "Acetyl (Protein N-term)".
std::optional<Modification> from_name(std::string_view text, BracketSite site) {
  const KnownModification* known = find_modification(text);
  const std::size_t open = text.rfind(" (");
  if (known == nullptr && open != std::string_view::npos && text.ends_with(')')) {
    const std::string_view where = text.substr(open + 2);
    known = find_modification(trim(text.substr(0, open)));
    const bool is_n_terminal = where.find("N-term") != std::string_view::npos;
    if (is_n_terminal && site.index == 0) site.index = kNTerminus;
  }
  if (known == nullptr) return std::nullopt;
  return of(*known, site.index);
}

std::optional<Modification> from_accession(std::string_view digits, BracketSite site) {
  std::int32_t accession = 0;
  const auto [end, status] =
      std::from_chars(digits.data(), digits.data() + digits.size(), accession);
  if (status != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const KnownModification* known = find_modification(accession);
  if (known == nullptr) return std::nullopt;
  return of(*known, site.index);
}

// "DBIA", "DBIA (C)".
std::optional<Modification> from_declared(std::string_view text, BracketSite site,
                                          std::span<const DeclaredModification> declared) {
  const std::size_t open = text.rfind(" (");
  const std::string_view bare =
      text.ends_with(')') && open != std::string_view::npos ? trim(text.substr(0, open)) : text;
  for (const DeclaredModification& own : declared) {
    if (own.name != text && own.name != bare) continue;
    const bool is_allowed =
        own.residues.empty() || own.residues.find(site.letter) != std::string::npos;
    if (is_allowed) return Modification{site.index, own.unimod, own.mass};
  }
  return std::nullopt;
}

// The meanings of a bracket, the usual one first; empty if it is unknown.
std::vector<Modification> from_text(std::string_view text, BracketSite site,
                                    std::span<const DeclaredModification> declared) {
  const auto list = [](std::optional<Modification> found) {
    return found ? std::vector{*found} : std::vector<Modification>();
  };
  text = trim(text);
  if (text.empty()) return {};
  if (const auto own = from_declared(text, site, declared)) return {*own};
  if (starts_ignoring_case(text, "unimod:")) return list(from_accession(text.substr(7), site));
  const auto mass = mass_in(text);
  if (!mass) return list(from_name(text, site));
  std::vector<Modification> meanings{from_mass(*mass, site)};
  for (const Modification& other : meanings_of(*mass, site)) {
    if (std::ranges::find(meanings, other) == meanings.end()) meanings.push_back(other);
  }
  return meanings;
}

class Parser {
 public:
  explicit Parser(std::string_view text, std::span<const DeclaredModification> declared = {})
      : whole_(text), rest_(text), declared_(declared) {}

  // The usual reading.
  Result<Peptide> run() {
    if (auto done = parse(); !done) return std::unexpected(done.error());
    return reading(0);
  }

  Result<std::vector<Peptide>> all_readings() {
    if (auto done = parse(); !done) return std::unexpected(done.error());
    std::size_t count = 1;
    for (const auto& meanings : brackets_) {
      count = std::min(count * meanings.size(), kMaxReadings);
    }
    std::vector<Peptide> readings;
    for (std::size_t i = 0; i < count; ++i) readings.push_back(reading(i));
    return readings;
  }

 private:
  static constexpr std::int16_t kCTerminusPending = 32767;
  static constexpr std::size_t kMaxReadings = 64;

  Result<void> parse() {
    while (rest_.starts_with('_')) rest_.remove_prefix(1);
    while (rest_.ends_with('_')) rest_.remove_suffix(1);
    while (!rest_.empty()) {
      auto done = step();
      if (!done) return std::unexpected(done.error());
    }
    if (residues_.empty()) return broken("there is no residue");
    if (residues_.size() > kMaxResidues) return broken("it is too long");
    return {};
  }

  // Reading `number`, counted with the first bracket as the lowest digit.
  [[nodiscard]] Peptide reading(std::size_t number) const {
    Peptide peptide{residues_, {}};
    for (const auto& meanings : brackets_) {
      Modification modification = meanings[number % meanings.size()];
      number /= meanings.size();
      if (modification.site == kCTerminusPending) {
        modification.site = static_cast<std::int16_t>(residues_.size());
      }
      auto& all = peptide.modifications;  // by site, then in order of the text
      all.insert(std::ranges::upper_bound(all, modification.site, {}, &Modification::site),
                 modification);
    }
    return peptide;
  }

  [[nodiscard]] std::unexpected<Error> broken(const std::string& reason) const {
    return fail("OVL-LIB-010", fmt::format("the modified sequence cannot be read: {}", reason),
                fmt::format("'{}'", whole_.substr(0, 200)),
                "Use residues of the 20 amino acids and UniMod accessions, names or masses in "
                "brackets, e.g. AAC(UniMod:4)K.");
  }

  Result<void> step() {
    const char c = rest_.front();
    if (c == '(' || c == '[') return bracket();
    rest_.remove_prefix(1);
    const bool opens = rest_.starts_with('(') || rest_.starts_with('[');
    const bool at_start = residues_.empty();
    if (opens && at_start && (c == 'n' || c == '.')) return {};
    if (opens && !at_start && (c == 'c' || c == '.' || c == '-')) {
      is_past_end_ = true;
      return {};
    }
    if (c == '-' && at_start && !brackets_.empty()) return {};
    if (residue_mass(c) == 0) return broken(fmt::format("'{}' is not an amino acid", printable(c)));
    if (is_past_end_) return broken("a residue follows the C-terminal modification");
    residues_.push_back(c);
    if (residues_.size() > kMaxResidues) return broken("it is too long");
    return {};
  }

  static char printable(char c) { return c >= ' ' && c <= '~' ? c : '?'; }

  [[nodiscard]] BracketSite site() const {
    if (is_past_end_) return {kCTerminusPending, 'c'};
    if (residues_.empty()) return {kNTerminus, 'n'};
    return {static_cast<std::int16_t>(residues_.size() - 1), residues_.back()};
  }

  // rest_ begins with a bracket; names may contain further brackets: "Label:13C(6)15N(2)".
  Result<void> bracket() {
    std::size_t depth = 0;
    std::size_t end = 0;
    for (; end < rest_.size(); ++end) {
      if (rest_[end] == '(' || rest_[end] == '[') ++depth;
      if ((rest_[end] == ')' || rest_[end] == ']') && --depth == 0) break;
    }
    if (end == rest_.size()) return broken("a bracket is not closed");
    const std::string_view text = rest_.substr(1, end - 1);
    if ((rest_[0] == '(') != (rest_[end] == ')')) return broken("brackets do not match");
    auto meanings = from_text(text, site(), declared_);
    if (meanings.empty()) return broken(fmt::format("'{}' is not a known modification", text));
    brackets_.push_back(std::move(meanings));
    rest_.remove_prefix(end + 1);
    return {};
  }

  std::string_view whole_;
  std::string_view rest_;
  std::span<const DeclaredModification> declared_;
  std::string residues_;
  std::vector<std::vector<Modification>> brackets_;  // their meanings, in the order of the text
  bool is_past_end_ = false;
};

void append(std::string& text, const Modification& modification) {
  if (modification.unimod != 0) {
    fmt::format_to(std::back_inserter(text), "(UniMod:{})", modification.unimod);
  } else {
    fmt::format_to(std::back_inserter(text), "[{:+.5f}]", modification.mass);
  }
}

}  // namespace

Result<Peptide> parse_peptide(std::string_view modified_sequence) {
  return Parser(modified_sequence).run();
}

Result<std::vector<Peptide>> peptide_readings(std::string_view modified_sequence,
                                              std::span<const DeclaredModification> declared) {
  return Parser(modified_sequence, declared).all_readings();
}

std::string to_unimod_notation(const Peptide& peptide) {
  std::string text;
  auto next = peptide.modifications.begin();
  const auto end = peptide.modifications.end();
  for (; next != end && next->site == kNTerminus; ++next) append(text, *next);
  for (std::size_t i = 0; i < peptide.residues.size(); ++i) {
    text.push_back(peptide.residues[i]);
    for (; next != end && next->site == static_cast<std::int16_t>(i); ++next) append(text, *next);
  }
  for (; next != end; ++next) {
    text.push_back('.');
    append(text, *next);
  }
  return text;
}

}  // namespace overland
