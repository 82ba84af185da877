#include <fmt/format.h>

#include "base/progress.h"
#include "exchange/libraries/import_groups.h"

namespace overland::exchange {
namespace {

constexpr std::size_t kNamedCases = 5;
constexpr std::size_t kShownName = 60;  // bytes

}  // namespace

void add_case(NamedCases& cases, std::string_view name) {
  ++cases.distinct;
  if (cases.first.size() >= kNamedCases) return;
  std::string shown;
  for (const char c : name.substr(0, kShownName)) shown += c >= ' ' && c <= '~' ? c : '?';
  cases.first.push_back(shown + (name.size() > kShownName ? "..." : ""));
}

std::string names_of(const NamedCases& cases) {
  if (cases.first.empty()) return {};
  std::string text;
  for (const std::string& name : cases.first) text += (text.empty() ? "" : "; ") + name;
  const std::uint64_t more = cases.distinct - cases.first.size();
  if (more > 0) text += fmt::format("; and {} more", grouped(more));
  return fmt::format(" ({})", text);
}

std::vector<std::string> import_warnings(const ImportReport& report) {
  std::vector<std::string> warnings;
  for (const auto& [reason, rows] : report.rows_dropped) {
    const auto named = report.dropped.find(reason);
    const bool can_declare = reason == describe(Drop::unreadable_sequence);
    warnings.push_back(
        fmt::format("{} rows left out: {}{}{}", grouped(rows), reason,
                    named == report.dropped.end() ? std::string() : names_of(named->second),
                    can_declare ? "; --modification 'NAME=MASS@RESIDUES' declares one" : ""));
  }
  if (report.fragments_recomputed + report.precursors_recomputed > 0) {
    warnings.push_back(fmt::format(
        "m/z of {} fragments and {} precursors did not fit their sequences and were computed "
        "anew{}",
        grouped(report.fragments_recomputed), grouped(report.precursors_recomputed),
        names_of(report.recomputed)));
  }
  return warnings;
}

}  // namespace overland::exchange
