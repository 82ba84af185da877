// The metadata section of an mzTab file: runs, study variables, modifications, scores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chemistry/peptide.h"
#include "exchange/results/line_file.h"
#include "exchange/results/search_results.h"

namespace overland::exchange {

// A text as one field: mzTab has no quotes, so tabs and line breaks become blanks; "null" if empty.
[[nodiscard]] std::string mztab_field(std::string_view text);

// A condition with its runs; a run without a known condition is a separate study variable.
struct StudyVariable {
  std::string name;
  std::vector<std::size_t> runs;
};
[[nodiscard]] std::vector<StudyVariable> study_variables(const SearchResults& results);

// A modification of the reported peptides, at one type of site.
struct UsedModification {
  Modification modification;
  char residue = 'A';     // 'n', 'c': terminus
  bool is_fixed = false;  // every reported residue of this type has it
};
[[nodiscard]] std::vector<UsedModification> used_modifications(
    const std::vector<Peptide>& peptides);

// "[UNIMOD, UNIMOD:35, Oxidation, ]", or "[CHEMMOD, CHEMMOD:+15.99491, , ]".
[[nodiscard]] std::string modification_parameter(const Modification& modification);
// "[, , overland, 0.1.0]"
[[nodiscard]] std::string program_parameter(const std::string& program);

void add_mztab_metadata(const SearchResults& results, const std::vector<Peptide>& peptides,
                        LineFile& lines);

}  // namespace overland::exchange
