#include "exchange/libraries/poin_precursors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_map>

#include "exchange/libraries/listed_modifications.h"
#include "io/table/table.h"

namespace overland::exchange {
namespace {

std::unexpected<Error> lacks(const std::string& column, const std::filesystem::path& file) {
  return fail("OVL-LIB-024", fmt::format("the table of precursors lacks the column '{}'", column),
              file.string(), "Give a .poin folder written by Pioneer's BuildSpecLib.");
}

// Reads a column, whose type in the file is `T`.
template <class T>
Result<const std::vector<T>*> column(const io::Table& table, const std::string& name,
                                     const std::filesystem::path& file) {
  if (!table.has(name)) return lacks(name, file);
  return table.column<T>(name);
}

// A key that is equal for a target and its shuffled decoy; needed because two peptides may share a
// base_pep_id.
std::string shuffle_class(std::string residues, std::string_view modifications) {
  std::ranges::sort(residues);
  std::vector<std::string> entries;
  for (std::size_t at = 0; at < modifications.size();) {
    const std::size_t comma = modifications.find(',', at);
    const std::size_t end = modifications.find(')', at);
    if (comma == std::string_view::npos || end == std::string_view::npos || comma > end) break;
    entries.emplace_back(modifications.substr(comma, end - comma));
    at = end + 1;
  }
  std::ranges::sort(entries);
  for (const std::string& entry : entries) residues += entry;
  return residues;
}

}  // namespace

std::optional<std::string> poin_sequence(std::string_view residues,
                                         std::string_view modifications) {
  std::vector<ListedModification> listed;
  while (!modifications.empty()) {
    const std::size_t end = modifications.find(')');
    if (modifications.front() != '(' || end == std::string_view::npos) return std::nullopt;
    const std::string_view entry = modifications.substr(1, end - 1);
    modifications.remove_prefix(end + 1);
    int position = 0;
    const auto [rest, status] =
        std::from_chars(entry.data(), entry.data() + entry.size(), position);
    const auto digits = static_cast<std::size_t>(rest - entry.data());
    if (status != std::errc{} || entry.size() < digits + 4 || entry[digits] != ',' ||
        entry[digits + 2] != ',') {
      return std::nullopt;
    }
    const char residue = entry[digits + 1];
    const std::string name(entry.substr(digits + 3));
    if (residue == 'n' || residue == 'c') {
      listed.push_back({residue == 'n' ? kBeforeFirst : kAfterLast, name});
      continue;
    }
    const auto place = static_cast<std::size_t>(position);
    if (position < 1 || place > residues.size() || residues[place - 1] != residue) {
      return std::nullopt;
    }
    listed.push_back({position - 1, name});
  }
  return with_modifications(residues, listed);
}

Result<std::vector<PoinPrecursor>> read_poin_precursors(const std::filesystem::path& file) {
  const auto table = io::read_arrow(
      file,
      std::vector<std::string>{"sequence", "structural_mods", "accession_numbers", "prec_charge",
                               "irt", "mz", "is_decoy", "entrapment_group_id", "base_pep_id"});
  if (!table) return std::unexpected(table.error());
  const auto sequence = column<std::string>(*table, "sequence", file);
  const auto modifications = column<std::string>(*table, "structural_mods", file);
  const auto proteins = column<std::string>(*table, "accession_numbers", file);
  const auto charge = column<std::uint8_t>(*table, "prec_charge", file);
  const auto irt = column<float>(*table, "irt", file);
  const auto mz = column<float>(*table, "mz", file);
  const auto is_decoy = column<std::uint8_t>(*table, "is_decoy", file);
  const auto entrapment = column<std::uint8_t>(*table, "entrapment_group_id", file);
  const auto base = column<std::uint32_t>(*table, "base_pep_id", file);
  for (const auto* text : {&sequence, &modifications, &proteins})
    if (!*text) return std::unexpected(text->error());
  for (const auto* byte : {&charge, &is_decoy, &entrapment})
    if (!*byte) return std::unexpected(byte->error());
  for (const auto* number : {&irt, &mz})
    if (!*number) return std::unexpected(number->error());
  if (!base) return std::unexpected(base.error());

  std::vector<PoinPrecursor> precursors(table->row_count());
  // Forms that differ only in the site of a modification are numbered in their order.
  std::unordered_map<std::string, int> seen;
  for (std::size_t i = 0; i < precursors.size(); ++i) {
    PoinPrecursor& p = precursors[i];
    p.sequence = poin_sequence((**sequence)[i], (**modifications)[i]).value_or("");
    p.proteins = (**proteins)[i];
    p.charge = (**charge)[i];
    p.irt = (**irt)[i];
    p.mz = (**mz)[i];
    p.is_decoy = (**is_decoy)[i] != 0;
    p.entrapment = (**entrapment)[i];
    const std::string key =
        fmt::format("{}{} {} {} {}", p.is_decoy ? "DECOY_" : "", (**base)[i], p.entrapment,
                    p.charge, shuffle_class((**sequence)[i], (**modifications)[i]));
    p.pair_name = fmt::format("{} {}", key, seen[key]++);
  }
  return precursors;
}

}  // namespace overland::exchange
