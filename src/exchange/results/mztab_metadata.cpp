#include "exchange/results/mztab_metadata.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "chemistry/modification_table.h"

namespace overland::exchange {
namespace {

char site_of(const Peptide& peptide, const Modification& m) {
  if (m.site < 0) return 'n';
  const auto site = static_cast<std::size_t>(m.site);
  return site < peptide.residues.size() ? peptide.residues[site] : 'c';
}

std::string location_of(const std::string& file) {
  if (file.empty()) return "null";
  constexpr std::string_view kNotOfAUri = " \"#%<>?[\\]^`{|}";
  std::string url = "file://";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || kNotOfAUri.contains(c))
      url += fmt::format("%{:02X}", byte);
    else
      url += c;
  }
  return url;
}

void add_modifications(const std::vector<UsedModification>& used, LineFile& lines) {
  for (const bool fixed : {true, false}) {
    const std::string kind = fixed ? "fixed_mod" : "variable_mod";
    int number = 0;
    for (const UsedModification& m : used) {
      if (m.is_fixed != fixed) continue;
      const std::string key = fmt::format("MTD\t{}[{}]", kind, ++number);
      lines.add(key + "\t" + modification_parameter(m.modification));
      const bool at_start = m.residue == 'n';
      const bool at_end = m.residue == 'c';
      lines.add(key + "-site\t" +
                (at_start ? "N-term"
                 : at_end ? "C-term"
                          : std::string(1, m.residue)));
      lines.add(key + "-position\t" +
                (at_start ? "Any N-term"
                 : at_end ? "Any C-term"
                          : "Anywhere"));
    }
    if (number > 0) continue;
    lines.add(fmt::format("MTD\t{}[1]\t[MS, {}, No {} modifications searched, ]", kind,
                          fixed ? "MS:1002453" : "MS:1002454", fixed ? "fixed" : "variable"));
  }
}

void add_runs(const SearchResults& results, LineFile& lines) {
  for (std::size_t r = 0; r < results.runs.size(); ++r) {
    lines.add(fmt::format("MTD\tms_run[{}]-location\t{}", r + 1, location_of(results.files[r])));
    lines.add(
        fmt::format("MTD\tassay[{}]-quantification_reagent\t"
                    "[MS, MS:1002038, unlabeled sample, ]",
                    r + 1));
    lines.add(fmt::format("MTD\tassay[{0}]-ms_run_ref\tms_run[{0}]", r + 1));
  }
  const auto variables = study_variables(results);
  for (std::size_t v = 0; v < variables.size(); ++v) {
    std::vector<std::string> assays;
    for (const std::size_t run : variables[v].runs)
      assays.push_back(fmt::format("assay[{}]", run + 1));
    lines.add(
        fmt::format("MTD\tstudy_variable[{}]-assay_refs\t{}", v + 1, fmt::join(assays, ", ")));
    lines.add(fmt::format("MTD\tstudy_variable[{}]-description\t{}", v + 1,
                          mztab_field(variables[v].name)));
  }
}

}  // namespace

std::string mztab_field(std::string_view text) {
  if (text.empty()) return "null";
  std::string field(text);
  for (char& c : field)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return field;
}

std::vector<StudyVariable> study_variables(const SearchResults& results) {
  std::vector<StudyVariable> variables;
  std::map<std::string, std::size_t> place;
  const auto condition = results.condition_of_run();
  for (std::size_t run = 0; run < results.runs.size(); ++run) {
    const auto [found, is_new] = place.try_emplace(condition[run], variables.size());
    if (is_new) variables.push_back({.name = condition[run], .runs = {}});
    variables[found->second].runs.push_back(run);
  }
  return variables;
}

std::vector<UsedModification> used_modifications(const std::vector<Peptide>& peptides) {
  std::map<std::pair<char, std::int64_t>, std::pair<UsedModification, std::size_t>> counts;
  std::map<char, std::size_t> sites;
  for (const Peptide& peptide : peptides) {
    for (const char residue : peptide.residues) ++sites[residue];
    ++sites['n'], ++sites['c'];
    for (const Modification& m : peptide.modifications) {
      const char residue = site_of(peptide, m);
      const std::int64_t name = m.unimod > 0 ? m.unimod : static_cast<std::int64_t>(-1e5 * m.mass);
      auto& [used, count] = counts[{residue, name}];
      used = {.modification = m, .residue = residue};
      ++count;
    }
  }
  std::vector<UsedModification> list;
  for (auto& [key, entry] : counts) {
    entry.first.is_fixed = entry.second == sites[key.first];
    list.push_back(entry.first);
  }
  return list;
}

std::string modification_parameter(const Modification& modification) {
  if (modification.unimod == 0)
    return fmt::format("[CHEMMOD, CHEMMOD:{:+.5f}, , ]", modification.mass);
  const KnownModification* const known = find_modification(modification.unimod);
  return fmt::format("[UNIMOD, UNIMOD:{}, {}, ]", modification.unimod,
                     known != nullptr ? known->name : "");
}

std::string program_parameter(const std::string& program) {
  const auto space = program.find(' ');
  const std::string version = space == std::string::npos ? "" : program.substr(space + 1);
  return fmt::format("[, , {}, {}]", program.substr(0, space), version);
}

void add_mztab_metadata(const SearchResults& results, const std::vector<Peptide>& peptides,
                        LineFile& lines) {
  lines.add("MTD\tmzTab-version\t1.0.0");
  lines.add("MTD\tmzTab-mode\tSummary");
  lines.add("MTD\tmzTab-type\tQuantification");
  lines.add("MTD\tdescription\t" + mztab_field("Quantities of a DIA search; " + results.filter));
  lines.add("MTD\tsoftware[1]\t" + mztab_field(program_parameter(results.program)));
  lines.add(
      "MTD\tprotein_search_engine_score[1]\t"
      "[MS, MS:1002373, protein group-level q-value, ]");
  lines.add(
      "MTD\tpeptide_search_engine_score[1]\t"
      "[MS, MS:1001868, distinct peptide-level q-value, ]");
  add_modifications(used_modifications(peptides), lines);
  lines.add(
      "MTD\tquantification_method\t"
      "[MS, MS:1001834, LC-MS label-free quantitation analysis, ]");
  lines.add("MTD\tprotein-quantification_unit\t[, , MaxLFQ of intensity x minutes, ]");
  lines.add("MTD\tpeptide-quantification_unit\t[, , intensity x minutes between runs, ]");
  add_runs(results, lines);
}

}  // namespace overland::exchange
